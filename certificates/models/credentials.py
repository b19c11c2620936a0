"""Field credentials: the small signed card of a role, as it was issued."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.fields import EncryptedTextField


class FieldCredential(models.Model):
    """One issued card. What is signed is frozen in its token; whether it holds today follows from its grant.

    The name stands encrypted, for printing the same card again; the token carries only a salted commitment to it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    grant = models.ForeignKey("certificates.Grant", on_delete=models.PROTECT, related_name="credentials")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(_("name on the card"), blank=True, default="")
    role_name = models.CharField(max_length=80)
    language = models.CharField(max_length=16)
    shows_place = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField()
    index = models.PositiveIntegerField(help_text="position in the organisation's revocation list")
    key_id = models.CharField(max_length=32)
    token = EncryptedTextField(help_text="the signed facts, base64url")
    issued_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="replaced or lost")

    class Meta:
        ordering: ClassVar = ["issued_at"]
        verbose_name = _("field credential")
        verbose_name_plural = _("field credentials")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "index"], name="one_credential_per_list_position"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="credential_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.spaced_code

    @property
    def spaced_code(self) -> str:
        """The code in two groups, to read aloud."""
        return f"{self.code[:5]} {self.code[5:]}"
