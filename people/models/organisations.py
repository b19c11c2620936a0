"""Organisations, territories and who is responsible for what."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.orthography import search_key


class Organisation(models.Model):  # type: ignore[django-manager-missing]  # pages and quizzes stand on upper floors
    """Who owns courses, cohorts, people and certificates."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    is_default = models.BooleanField(_("people who join without an invitation belong here"), default=False)
    languages = models.JSONField(
        _("active languages"), default=list, blank=True, help_text=_("Codes; empty means every language of the school.")
    )
    emergency_contact = models.TextField(
        _("whom to call in danger"),
        blank=True,
        help_text=_("Name and number, confirmed by the organisation. Shown in lessons; empty until it is set."),
    )
    facilitator_contact = models.CharField(_("whom a volunteer may ask"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_organisation"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """A place in a tree of any depth; for Guatemala department → municipality with INE codes."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    alternative_name = models.CharField(_("other name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=32)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    search_text = models.CharField(max_length=300, editable=False, db_index=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("territory")
        verbose_name_plural = _("territories")

    def __str__(self) -> str:
        return f"{self.name} ({self.parent.name})" if self.parent else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search text in step with the names."""
        self.search_text = search_key(f"{self.name} {self.alternative_name}")
        super().save(*args, **kwargs)

    def is_within(self, other: "Territory") -> bool:
        """Return whether this place is the other or part of it."""
        place: Territory | None = self
        while place is not None:
            if place.pk == other.pk:
                return True
            place = place.parent
        return False


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    """Questions about responsibilities."""

    def held_on(self, day: date) -> "ResponsibilityQuerySet":
        """Those in force on a day, both ends included."""
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Responsibility(models.Model):
    """What a person answers for: (person, kind, organisation, territory, from, to)."""

    class Kind(models.TextChoices):
        FACILITATOR = "facilitator", _("facilitator")
        TRAINER = "trainer", _("trainer")
        TRANSLATOR = "translator", _("translator")
        REVIEWER = "reviewer", _("reviewer")
        COORDINATOR = "coordinator", _("coordinator")
        PARTNER = "partner", _("partner administrator")
        ADMINISTRATOR = "administrator", _("administrator")

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE, related_name="responsibilities")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="responsibilities")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects: ClassVar = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="responsibility_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.organisation}"
