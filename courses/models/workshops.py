"""Workshops: what they are about, when and where they were, and who was there."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname
from wagtail.admin.panels import FieldPanel

MOST_HOURS = 80


class WorkshopTopic(models.Model):  # type: ignore[django-manager-missing]  # modeltranslation brings its manager
    """What workshops are about. Roles ask for it by its row; retired, it is not offered any more and still counts."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "people.Organisation",
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="workshop_topics",
    )
    name = models.CharField(_("name"), max_length=120)
    retired = models.BooleanField(_("not offered any more"), default=False)

    panels: ClassVar = [
        FieldPanel("name_es", heading=_("name (Spanish)")),
        FieldPanel("name_kek", heading=_("name (Qʼeqchiʼ)")),
        FieldPanel("organisation", heading=_("Organisation")),
        FieldPanel("retired"),
    ]

    class Meta:
        verbose_name = _("topic of workshops")
        verbose_name_plural = _("topics of workshops")

    def __str__(self) -> str:
        return self.name

    @property
    def name_language(self) -> str:
        """The language its name is shown in: the reader's where it is written, else the source language."""
        spoken = get_language() or settings.LANGUAGE_CODE
        return spoken if getattr(self, build_localized_fieldname("name", spoken), "") else settings.LANGUAGE_CODE


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    """Questions about workshops."""

    def counted(self) -> "WorkshopQuerySet":
        """Each with `people`: how many stand on its list."""
        return self.annotate(people=Count("attendances", filter=Q(attendances__removed_at=None)))

    def of(self, person: "models.Model") -> "WorkshopQuerySet":
        """Those a person facilitated or wrote down."""
        return self.filter(Q(facilitator=person) | Q(created_by=person))

    def newest_first(self) -> "WorkshopQuerySet":
        """In the order of their days, the newest first."""
        return self.order_by("-day", "-pk")


class Workshop(models.Model):
    """A meeting on one day. Open, its list is written; closed, it counts, and the list is only corrected."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="workshops")
    topic = models.ForeignKey(WorkshopTopic, on_delete=models.PROTECT, related_name="workshops")
    day = models.DateField()
    territory = models.ForeignKey("people.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    facilitator = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="facilitated_workshops")
    language = models.CharField(max_length=16)
    hours = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)])
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = WorkshopQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closed_workshop_says_who_closed_it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.day:%Y-%m-%d}"

    @property
    def is_closed(self) -> bool:
        """Whether it counts."""
        return self.closed_at is not None


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Questions about attendance."""

    def standing(self) -> "AttendanceQuerySet":
        """Those that were not taken back."""
        return self.filter(removed_at=None)

    def counting(self) -> "AttendanceQuerySet":
        """Those that stand, of workshops that are closed."""
        return self.standing().filter(workshop__closed_at__isnull=False)

    def corrected(self, workshop: Workshop) -> "AttendanceQuerySet":
        """Those of a workshop that were added or taken back with a reason, the newest first."""
        return self.filter(workshop=workshop).exclude(recorded_because="", removed_because="").order_by("-pk")


class Attendance(models.Model):
    """That a person was at a workshop. Taken back with `removed_at`, never wiped; told anew it is a new row."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="attendances")
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="attendances")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    recorded_because = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_because = models.CharField(max_length=300, blank=True)

    objects: ClassVar = AttendanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "volunteer"],
                condition=Q(removed_at__isnull=True),
                name="one_standing_attendance_per_workshop_and_person",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="removed_attendance_says_who_removed_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} at {self.workshop_id}"
