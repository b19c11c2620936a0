"""Course certificates, the copies printed of them, and who signs them."""

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

from cms.fields import EncryptedTextField


class IssuerProfile(ClusterableModel):
    """How an organisation's name and signatures stand on certificates; nothing real is printed until confirmed."""

    organisation = models.OneToOneField(
        "people.Organisation", verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="issuer"
    )
    display_name = models.CharField(_("name as printed"), max_length=200)
    wording = models.CharField(
        _("sentence under the course's name"), max_length=300, blank=True, help_text=_("Optional, short.")
    )
    confirmed = models.BooleanField(
        _("the organisation confirms its name and signatories"),
        default=False,
        help_text=_("Until then every certificate says MUESTRA and names no organisation."),
    )

    panels: ClassVar = [
        FieldPanel("organisation"),
        FieldPanel("display_name"),
        FieldPanel("wording_es", heading=_("sentence under the course's name (Spanish)")),
        FieldPanel("wording_kek", heading=_("sentence under the course's name (Qʼeqchiʼ)")),
        FieldPanel("confirmed"),
        InlinePanel("signatories", label=_("who signs")),
    ]

    class Meta:
        verbose_name = _("issuer of certificates")
        verbose_name_plural = _("issuers of certificates")

    def __str__(self) -> str:
        return self.display_name


class Signatory(Orderable):
    """A person who signs an organisation's certificates."""

    issuer = ParentalKey(IssuerProfile, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(_("name"), max_length=120)
    position = models.CharField(_("position"), max_length=120)

    panels: ClassVar = [FieldPanel("name"), FieldPanel("position")]

    def __str__(self) -> str:
        return self.name


class CourseCertificate(models.Model):
    """The fact of having completed a course's edition. Never expires; can be revoked with a reason."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    course_key = models.UUIDField()
    course_title = models.CharField(max_length=255)
    edition = models.PositiveIntegerField()
    manifest_hash = models.CharField(max_length=64, blank=True)
    hours = models.PositiveSmallIntegerField()
    completed_on = models.DateField()
    issued_at = models.DateTimeField(auto_now_add=True)
    name_is_public = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("course certificate")
        verbose_name_plural = _("course certificates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer", "course_key"], name="one_certificate_per_volunteer_and_course"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""), name="revoked_certificate_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.spaced_code

    @property
    def spaced_code(self) -> str:
        """The code in two groups, to read aloud."""
        return f"{self.code[:5]} {self.code[5:]}"

    @property
    def latest_copy(self) -> "CertificateCopy":
        """The copy that counts: the one with the name she chose last."""
        return self.copies.order_by("-number")[0]

    def copy_in(self, language: str) -> "CertificateCopy | None":
        """Return the newest copy in a language that carries the name she chose last, or None."""
        name = self.latest_copy.name  # encrypted: it cannot be asked of the database
        return next(
            (copy for copy in self.copies.filter(language=language).order_by("-number") if copy.name == name), None
        )

    def is_valid(self, on: date | None = None) -> bool:
        """Return whether it was issued and not revoked on a day (today when none is given)."""
        day = on or timezone.localdate()
        return self.completed_on <= day and (
            self.revoked_at is None or timezone.localtime(self.revoked_at).date() > day
        )


class CertificateCopy(models.Model):
    """A certificate as made out to a name in a language; a corrected name makes a new copy and keeps the old one."""

    certificate = models.ForeignKey(CourseCertificate, on_delete=models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField()
    name = EncryptedTextField(_("name on the certificate"), blank=True)
    language = models.CharField(max_length=16)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["certificate", "number"], name="one_copy_per_certificate_and_number")
        ]

    def __str__(self) -> str:
        return f"{self.certificate} · {self.number}"
