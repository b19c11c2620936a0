"""What a person has done or what others say of her: the ledger that the requirements of roles are held against."""

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.roles import Requirement
from cms.fields import EncryptedTextField

Kind = Requirement.Kind


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Questions about evidence."""

    def standing(self, day: date) -> "EvidenceQuerySet":
        """Those that had happened by a day, had not been revoked by then, and had not run out."""
        return self.filter(
            Q(day__lte=day), Q(revoked_on=None) | Q(revoked_on__gt=day), Q(until=None) | Q(until__gte=day)
        )


class Evidence(models.Model):
    """One fact that a role may ask for. Never changed; it may be revoked, with author and reason.

    `subject` says what it is about (as `Requirement.subject`); `source` names the row it was written for, so that
    the same fact is written once and can be rebuilt. Facts that others attest have no source.
    """

    class Medium(models.TextChoices):
        SYSTEM = "system", _("recorded by the school")
        SCREEN = "screen", _("on the screen")
        PAPER = "paper", _("on paper")
        IMPORT = "import", _("taken over from a list")

    class Body(models.TextChoices):
        ASSEMBLY = "assembly", _("community assembly")
        COCODE = "cocode", "COCODE"
        OTHER = "other", _("another body of the community")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=12, choices=[row for row in Kind.choices if row[0] != Kind.ROLE])
    subject = models.CharField(max_length=64, blank=True)
    level = models.PositiveIntegerField(default=1, help_text="the edition of a course")
    day = models.DateField(_("day"))
    until = models.DateField(_("until"), null=True, blank=True)
    territory = models.ForeignKey("people.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(_("who named her"), max_length=12, choices=Body, blank=True)
    attested_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attester = EncryptedTextField(_("who attests it"), blank=True, default="")
    recorded_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    medium = models.CharField(max_length=8, choices=Medium, default=Medium.SYSTEM)
    source = models.CharField(max_length=96, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="one_evidence_per_source"),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | ~Q(revoked_reason=""), name="revoked_evidence_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["volunteer", "subject"],
                condition=Q(kind="conduct", revoked_on=None),
                name="one_standing_signature_per_person_and_code",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["volunteer", "kind"], name="evidence_by_person"),
            models.Index(
                fields=["kind", "subject", "volunteer", "day", "revoked_on", "until"], name="evidence_by_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

    def stands(self, day: date) -> bool:
        """Return whether it had happened by a day, had not been revoked by then, and had not run out."""
        return (
            self.day <= day
            and (self.revoked_on is None or self.revoked_on > day)
            and (self.until is None or self.until >= day)
        )
