"""The person, apart from her name and apart from any sign-in."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.fields import EncryptedTextField


class Volunteer(models.Model):
    """A person. Facts point here; `uuid` is the random person key that remains when she is erased.

    Holds nothing that says who she is: that stands in `Identity`, which erasing destroys.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="volunteers")
    territory = models.ForeignKey("people.Territory", null=True, blank=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=16, default="es")
    joined_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")

    def __str__(self) -> str:
        return str(self.uuid)[:8]

    @property
    def safe_name(self) -> str:
        """The name she wants to be called, or a dash when she has been erased."""
        identity = Identity.objects.filter(volunteer=self).first() if self.pk else None
        return identity.safe_name if identity else "—"


class Identity(models.Model):
    """Who a person is, in one row that erasing destroys. Legal name and phone are encrypted."""

    volunteer = models.OneToOneField(Volunteer, on_delete=models.CASCADE, related_name="identity")
    safe_name = EncryptedTextField(_("name to be called by"))
    legal_name = EncryptedTextField(_("legal name"), blank=True, default="")
    phone = EncryptedTextField(_("telephone"), blank=True, default="")

    class Meta:
        verbose_name = _("identity")

    def __str__(self) -> str:
        return f"identity of {self.volunteer}"


class Consent(models.Model):
    """That a person agreed to a version of the words she read or heard; for a minor, that an adult did."""

    class How(models.TextChoices):
        READ = "read", _("read it")
        HEARD = "heard", _("heard it")

    class Adult(models.TextChoices):
        SELF = "self", _("I am 18 or older")
        PARENT = "parent", _("mother or father")
        GUARDIAN = "guardian", _("another adult who answers for her")

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="consents")
    text_version = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    how = models.CharField(max_length=8, choices=How.choices)
    adult = models.CharField(max_length=8, choices=Adult.choices)
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["given_at"]

    def __str__(self) -> str:
        return f"{self.text_version} {self.how}"
