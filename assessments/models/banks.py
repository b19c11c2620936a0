"""Banks, questions, their immutable versions, and quizzes."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase, Tag
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from assessments.blocks import QUESTION_BLOCKS
from cms.fields import BlocksField


class QuestionBank(models.Model):  # type: ignore[django-manager-missing]  # Question's bases are untyped
    """Questions that belong together and are drawn from together."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="banks")
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField()

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="one_bank_per_organisation_and_slug")
        ]

    def __str__(self) -> str:
        return self.name


class TaggedQuestion(ItemBase):
    """A tag on a question: its course, module, topic or difficulty."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_questions")
    content_object = ParentalKey("assessments.Question", on_delete=models.CASCADE, related_name="tagged_items")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="one_tag_once_per_question")
        ]


class Question(PreviewableMixin, TranslatableMixin, DraftStateMixin, RevisionMixin, ClusterableModel):
    """One question of a bank in one language. Its key in every language is `translation_key`.

    What is not published is not asked. Tags stand on the question in the source language.
    """

    bank = models.ForeignKey(QuestionBank, verbose_name=_("bank"), on_delete=models.PROTECT, related_name="questions")
    content = BlocksField(QUESTION_BLOCKS, verbose_name=_("question"), min_num=1, max_num=1)
    tags = ClusterTaggableManager(
        through=TaggedQuestion,
        blank=True,
        verbose_name=_("tags"),
        help_text=_("Course, module, topic, difficulty: an evaluation can draw by them."),
    )
    position = models.PositiveIntegerField(_("place in the bank"), default=0)
    review_key = models.UUIDField(
        _("lesson to read again"), null=True, blank=True, help_text=_("Key of the lesson that teaches this.")
    )
    retired = models.BooleanField(_("no longer asked"), default=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

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

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        """Return the template that shows a trainer her question as a learner meets it."""
        return "assessments/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """Add the question as it is asked, and its solution."""
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        return context | self.block.block.get_context(self.block.value)


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
        PRACTICE = "practice", _("practice: it counts for nothing")

    class Counts(models.TextChoices):
        BEST = "best", _("her best try")
        LAST = "last", _("her last try")

    class Reasons(models.TextChoices):
        NEVER = "never", _("never: only the points and what to read again")
        PASSED = "passed", _("when she has passed")
        SENT = "sent", _("as soon as she has sent her answers")

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
    counts = models.CharField(_("which try is shown as her result"), max_length=4, choices=Counts, default=Counts.BEST)
    minutes = models.PositiveSmallIntegerField(
        _("minutes to answer (0 = no limit)"),
        default=0,
        help_text=_("Who takes longer is not refused: it is marked. Extra time can be given to a person."),
    )
    reasons = models.CharField(
        _("when she sees the reasons of her answers"), max_length=6, choices=Reasons, default=Reasons.NEVER
    )
    offline = models.BooleanField(
        _("may be answered without signal"),
        default=True,
        help_text=_("The questions wait on her telephone, without their key; the result comes with signal."),
    )
    shuffle = models.BooleanField(_("mix the order of questions and answers"), default=True)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    override_translatable_fields: ClassVar = [SynchronizedField("slug"), SynchronizedField("organisation")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return self.title


class QuizDraw(Orderable):
    """One line of a quiz: a chosen question, or so many drawn from a bank (0: all), of those with every tag named."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    section = models.CharField(
        _("title of the part that starts here"), max_length=120, blank=True, help_text=_("Empty: no new part.")
    )
    bank = models.ForeignKey(QuestionBank, verbose_name=_("bank"), on_delete=models.PROTECT, related_name="+")
    tags = models.CharField(
        _("only with these tags"), max_length=200, blank=True, help_text=_("Separated by commas; a question needs all.")
    )
    count = models.PositiveSmallIntegerField(_("how many (0 = all)"), default=0)
    question = models.ForeignKey(
        Question,
        verbose_name=_("or this one question of the bank"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    def __str__(self) -> str:
        return f"{self.count} · {self.bank}"

    @property
    def tag_names(self) -> list[str]:
        """The tags a question must carry, without spaces around them."""
        return [name for name in (part.strip() for part in self.tags.split(",")) if name]
