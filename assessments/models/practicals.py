"""Practicals: something done under the eyes of others, with a checklist; and what the observers saw."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from assessments.blocks import CriterionBlock
from cms.fields import BlocksField, EncryptedTextField


class Practical(TranslatableMixin, models.Model):
    """An observed visit or role play. Rules are read from the source language; translations give words."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="practicals")
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField()
    introduction = models.TextField(_("what it is and how it goes"), blank=True)
    rubric = BlocksField([("criterion", CriterionBlock())], verbose_name=_("checklist"), min_num=1, max_num=30)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (%)"), default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    observers = models.PositiveSmallIntegerField(
        _("how many observers"), choices=[(1, _("one")), (2, _("two; where they differ, a third decides"))], default=1
    )
    no_relatives = models.BooleanField(_("a relative may not observe"), default=True)
    no_granter = models.BooleanField(_("who will grant the role may not observe"), default=True)
    retired = models.BooleanField(_("no longer used"), default=False)
    origin_key = models.UUIDField(null=True, blank=True, editable=False)

    override_translatable_fields: ClassVar = [SynchronizedField("slug"), SynchronizedField("organisation")]

    class Meta(TranslatableMixin.Meta):
        ordering: ClassVar = ["title", "pk"]
        verbose_name = _("practical")
        verbose_name_plural = _("practicals")

    def __str__(self) -> str:
        return self.title


class Observation(models.Model):
    """What one observer saw, never changed. A correction is a new one that replaces it, with author and reason."""

    class Source(models.TextChoices):
        SCREEN = "screen", _("marked on the spot")
        PAPER = "paper", _("typed in from paper")

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practical_key = models.UUIDField(db_index=True)
    content = models.JSONField(help_text="the practical as it stood: title, rubric, pass mark, observers")
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="observations")
    observer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=6, choices=Source, default=Source.SCREEN)
    day = models.DateField(_("day"))
    territory = models.ForeignKey("people.Territory", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(_("place"), max_length=200, blank=True)
    is_no_relative = models.BooleanField(default=False, help_text="the observer declared not to be a relative")
    scores = models.JSONField(help_text="{criterion id: points given}")
    points = models.FloatField()
    most_points = models.FloatField()
    passed = models.BooleanField()
    comment = EncryptedTextField(_("comment"), blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(points__gte=0) & models.Q(points__lte=models.F("most_points")),
                name="observation_has_points_within_range",
            ),
            models.CheckConstraint(condition=~models.Q(observer=models.F("volunteer")), name="nobody_observes_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.practical_key} {self.uuid}"


class PracticalResult(models.Model):
    """What a person's observations of one practical come to; a later result stands beside the former."""

    practical_key = models.UUIDField(db_index=True)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="practical_results")
    passed = models.BooleanField()
    observations = models.JSONField(help_text="uuids of the observations it rests on")
    content_hash = models.CharField(max_length=64)
    day = models.DateField(help_text="of the latest observation it rests on")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.practical_key} {self.passed}"
