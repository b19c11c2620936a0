"""Monitoring visits: where, when, who was asked and who went."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.fields import EncryptedTextField


class Visit(models.Model):
    """A dated visit to a facility. Its place and names are wiped 30 days after it; counts and evidence stay."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        TOOK_PLACE = "took_place", _("took place")
        CANCELLED = "cancelled", _("did not take place")

    class Facility(models.TextChoices):
        COMMUNITY = "community", _("community centre")
        POST = "post", _("health post")
        CENTRE = "centre", _("health centre")
        CAP = "cap", "CAP"
        CAIMI = "caimi", "CAIMI"
        MATERNITY = "maternity", _("maternity")
        HOSPITAL = "hospital", _("hospital")
        OTHER = "other", _("other")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="visits")
    cycle = models.ForeignKey(
        "certificates.MonitoringCycle", null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    day = models.DateField(_("day"))
    territory = models.ForeignKey("people.Territory", on_delete=models.PROTECT, related_name="+")
    place = EncryptedTextField(_("community or place"), blank=True, default="")
    facility = EncryptedTextField(_("name of the facility"), blank=True, default="")
    facility_kind = models.CharField(_("kind of facility"), max_length=12, choices=Facility)
    role = models.ForeignKey("certificates.Role", on_delete=models.PROTECT, related_name="+")
    people_needed = models.PositiveSmallIntegerField(_("people needed"))
    purpose = EncryptedTextField(_("purpose"), blank=True, default="")
    contact = EncryptedTextField(_("whom to call"), blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    made_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    went_count = models.PositiveSmallIntegerField(default=0)
    wiped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes: ClassVar = [models.Index(fields=["organisation", "day"], name="visit_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_facility_kind_display()}"


class VisitPerson(models.Model):
    """A person asked for a visit, what she answered, and whether she went. Deleted when the visit is wiped."""

    class Answer(models.TextChoices):
        ASKED = "asked", _("no answer yet")
        CAN = "can", _("can go")
        CANNOT = "cannot", _("cannot go")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="people")
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE, related_name="visits")
    answer = models.CharField(max_length=6, choices=Answer, default=Answer.ASKED)
    needs_travel_help = models.BooleanField(_("needs help with the journey"), default=False)
    token = models.CharField(max_length=32, unique=True)
    went = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "volunteer"], name="one_asking_per_visit_and_person"),
            models.CheckConstraint(condition=~Q(token=""), name="asking_has_a_token"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.answer}"
