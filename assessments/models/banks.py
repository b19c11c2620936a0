"""Banks, questions, their immutable versions, and quizzes."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from assessments.blocks import QUESTION_BLOCKS
from cms.fields import BlocksField


class QuestionBank(models.Model):
    """Questions that belong together and are drawn from together."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="banks")
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField()

    panels: ClassVar = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("organisation")]

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="one_bank_per_organisation_and_slug")
        ]

    def __str__(self) -> str:
        return self.name


class Question(TranslatableMixin, models.Model):
    """One question of a bank in one language. Its key in every language is `translation_key`."""

    bank = models.ForeignKey(QuestionBank, verbose_name=_("bank"), on_delete=models.PROTECT, related_name="questions")
    content = BlocksField(QUESTION_BLOCKS, verbose_name=_("question"), min_num=1, max_num=1)
    position = models.PositiveIntegerField(_("place in the bank"), default=0)
    review_key = models.UUIDField(
        _("lesson to read again"), null=True, blank=True, help_text=_("Key of the lesson that teaches this.")
    )
    retired = models.BooleanField(_("no longer asked"), default=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    panels: ClassVar = [FieldPanel("bank"), FieldPanel("content"), FieldPanel("position"), FieldPanel("retired")]
    override_translatable_fields: ClassVar = [SynchronizedField("bank")]

    class Meta(TranslatableMixin.Meta):
        ordering: ClassVar = ["bank_id", "position", "id"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return Truncator(self.block.value["prompt"] if self.content else "").chars(80)

    @property
    def block(self) -> Any:
        """The one block that is this question."""
        return self.content[0]


class QuestionVersion(models.Model):
    """A question's content as it once stood in one language. Written once; attempts point here."""

    key = models.UUIDField(db_index=True)
    language = models.CharField(max_length=16)
    content_hash = models.CharField(max_length=64)
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "language", "content_hash"], name="one_version_per_question_language_and_content"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.content_hash[:8]}"


class Quiz(TranslatableMixin, ClusterableModel):
    """A set of questions with its rules. Rules are read from the source language; translations give words."""

    class Purpose(models.TextChoices):
        CHECK = "check", _("check of a module")
        FINAL = "final", _("final evaluation")

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="quizzes")
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("what to say before it starts"), blank=True)
    slug = models.SlugField()
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices, default=Purpose.CHECK)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (%)"), default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    most_tries = models.PositiveSmallIntegerField(_("tries (0 = as many as she likes)"), default=0)
    wait_minutes = models.PositiveIntegerField(_("minutes to wait between tries"), default=0)
    shuffle = models.BooleanField(_("mix the order of questions and answers"), default=True)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    panels: ClassVar = [
        FieldPanel("title"),
        FieldPanel("introduction"),
        FieldPanel("slug"),
        FieldPanel("organisation"),
        FieldPanel("purpose"),
        FieldPanel("pass_mark"),
        FieldPanel("most_tries"),
        FieldPanel("wait_minutes"),
        FieldPanel("shuffle"),
        InlinePanel("draws", label=_("questions to draw")),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("slug"), SynchronizedField("organisation")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return self.title


class QuizDraw(Orderable):
    """How many questions a quiz draws from one bank; 0 asks them all."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    bank = models.ForeignKey(QuestionBank, verbose_name=_("bank"), on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(_("how many (0 = all)"), default=0)

    def __str__(self) -> str:
        return f"{self.count} · {self.bank}"
