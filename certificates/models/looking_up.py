"""Who looked whom up in the register, what was taken out of it, and who was told when it was too much."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LookUp(models.Model):
    """That a member of staff opened a person in the register or took her out of it. The person sees it, by office."""

    class What(models.TextChoices):
        PERSON = "person", _("her page in the register")
        EXPORT = "export", _("a file she stands in")

    by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE, related_name="looked_up")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["by", "at"], name="look_up_by_actor"),
            models.Index(fields=["volunteer", "at"], name="look_up_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"


class Alert(models.Model):
    """That one account looked up unusually many people in a day; another coordinator reads it."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    read_by = models.ForeignKey("people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "about", "day"], name="one_alert_per_account_and_day"),
            models.CheckConstraint(
                condition=Q(read_by__isnull=True) | ~Q(read_by=models.F("about")), name="nobody_reads_her_own_alert"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"


class SensitiveExport(models.Model):
    """A file with legal names or telephones: asked for with a reason, approved by another, encrypted, fetched once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        FETCHED = "fetched", _("fetched")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    question = models.JSONField(default=dict, help_text="the question to the register, as its form has it")
    columns = models.JSONField(default=list, help_text="legal_name, phone")
    reason = models.CharField(_("what it is for"), max_length=300)
    asked_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    people_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="sensitive_export_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="nobody_approves_her_own_export",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.asked_at:%Y-%m-%d}"
