"""Ways in: code and PIN for learners, user and second factor for staff, invitations, devices."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FREE_TRIES = 4
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)


class User(AbstractUser):
    """A member of staff who signs in with password and second factor. The time of sign-in is not kept."""

    last_login = None
    volunteer = models.OneToOneField(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="user"
    )


class SignIn(models.Model):
    """A learner's way in: a short code that can be read aloud, and a PIN or a row of five pictures."""

    class Kind(models.TextChoices):
        PIN = "pin", _("six digits")
        PICTURES = "pictures", _("five pictures")

    volunteer = models.OneToOneField("people.Volunteer", on_delete=models.CASCADE, related_name="sign_in")
    code = models.CharField(max_length=8, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    secret_hash = models.CharField(max_length=128)
    version = models.PositiveIntegerField(default=1)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code

    def set_secret(self, kind: str, secret: str) -> None:
        """Change the PIN or pictures; every session opened with the old one ends."""
        self.kind, self.secret_hash = kind, make_password(secret)
        self.version, self.failures, self.wait_until = (self.version or 0) + 1, 0, None

    def opens_with(self, secret: str) -> bool:
        """Return whether this is the secret."""
        return check_password(secret, self.secret_hash)

    def count_failure(self, now: datetime) -> None:
        """Slow down whoever tries: free tries first, then a wait that doubles up to a quarter of an hour."""
        SignIn.objects.filter(pk=self.pk).update(failures=F("failures") + 1)
        self.refresh_from_db(fields=["failures"])
        if self.failures >= FREE_TRIES:
            wait = min(FIRST_WAIT * 2 ** min(self.failures - FREE_TRIES, 10), LONGEST_WAIT)
            self.wait_until = now + wait
            self.save(update_fields=["wait_until"])


class Cohort(models.Model):
    """People learning together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("name"), max_length=120)
    territory = models.ForeignKey("people.Territory", null=True, blank=True, on_delete=models.SET_NULL)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    members: models.ManyToManyField = models.ManyToManyField(  # type: ignore[type-arg]
        "people.Volunteer", through="people.CohortMembership", related_name="cohorts"
    )

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")

    def __str__(self) -> str:
        return self.name


class CohortMembership(models.Model):
    """That a person belongs to a cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "volunteer"], name="one_membership_per_person_and_cohort")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} in {self.cohort}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def open(self) -> "InvitationQuerySet":
        """Those that can still be used now."""
        return self.filter(expires_at__gt=timezone.now(), uses__lt=F("most_uses"))


class Invitation(models.Model):
    """A code that lets people join an organisation: a card for one person, or one code for a room.

    A card may be for a person the school knows already: then who joins with it is that person.
    """

    code = models.CharField(max_length=8, unique=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="invitations")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.SET_NULL)
    volunteer = models.ForeignKey(
        "people.Volunteer",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="invitations",
        help_text=_("Who joins with it, when the school knows her already; empty for a new person."),
    )
    made_by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    sheet = models.UUIDField(default=uuid.uuid4, db_index=True)
    expires_at = models.DateTimeField()
    most_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(uses__lte=F("most_uses")), name="invitation_used_at_most_as_often"),
            models.CheckConstraint(
                condition=Q(volunteer=None) | Q(most_uses=1), name="invitation_for_a_person_is_a_card"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_card(self) -> bool:
        """Whether it is a printed card for one person, whose code becomes her sign-in code."""
        return self.most_uses == 1


class DeviceCredential(models.Model):
    """Lets one device hand in one learner's deeds without a session. Can only add; can be revoked."""

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE, related_name="devices")
    device = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.device)[:8]
