"""Roles given to people: proposals, grants with their periods, appeals, reminders, and the spans the register asks."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.roles import Role
from cms.fields import EncryptedTextField
from people.models import Territory

FOR_EVER = date(9999, 12, 31)


class Grant(models.Model):
    """That a role was given to a person for a place (None: wherever the organisation works). Its periods say when."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "role", "territory"], name="one_grant_per_person_role_place"),
            models.UniqueConstraint(
                fields=["volunteer", "role"],
                condition=Q(territory=None),
                name="one_grant_everywhere_per_person_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.volunteer}"

    @property
    def organisation(self) -> Any:
        """The organisation whose role it is."""
        return self.role.organisation


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Questions about proposals."""

    def open(self) -> "ProposalQuerySet":
        """Those that nobody has decided."""
        return self.filter(state=Proposal.State.OPEN)


class Proposal(models.Model):
    """What the school proposes for a person and a coordinator decides: to give, renew or suspend a role."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("give the role")
        RENEWAL = "renewal", _("renew the role")
        SUSPENSION = "suspension", _("suspend the role")

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="proposals")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="proposals")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.GRANT)
    evidence = models.JSONField(default=list, help_text="what the requirements were met with (or what lapsed)")
    proposed_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0, help_text="how often it rose for want of a decision")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["proposed_at", "pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer", "role"], condition=Q(state="open"), name="one_open_proposal_per_person_and_role"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_proposal_has_an_author",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="declined_proposal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.role} · {self.volunteer}"


class Period(models.Model):
    """One dated act on a grant. Rows stay as they were written; what follows from them is told by `eligibility`.

    Granted, renewed and extended open the days from `starts_on` to `ends_on`. Suspended and paused stop it from
    `starts_on` until it is resumed; revoked and left end it from `starts_on` until it is granted anew.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted", _("granted")
        RENEWED = "renewed", _("renewed")
        EXTENDED = "extended", _("extended")
        SUSPENDED = "suspended", _("suspended")
        PAUSED = "paused", _("paused by herself")
        RESUMED = "resumed", _("resumed")
        REVOKED = "revoked", _("revoked")
        LEFT = "left", _("left by herself")

    OPENING: ClassVar = [Kind.GRANTED, Kind.RENEWED, Kind.EXTENDED]
    STOPPING: ClassVar = [Kind.SUSPENDED, Kind.PAUSED]
    ENDING: ClassVar = [Kind.REVOKED, Kind.LEFT]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    cycle = models.ForeignKey(
        "certificates.MonitoringCycle", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=list, help_text="frozen: what the requirements were met with")
    proposal = models.OneToOneField(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="period")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["grant", "number"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grant", "number"], name="one_period_per_grant_and_number"),
            models.CheckConstraint(
                condition=Q(kind__in=["granted", "renewed", "extended"], ends_on__gte=F("starts_on"))
                | Q(
                    kind__in=["suspended", "paused", "resumed", "revoked", "left"],
                    ends_on__isnull=True,
                ),
                name="only_an_opening_period_has_an_end_after_its_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["suspended", "revoked"]) | ~Q(reason=""),
                name="suspended_or_revoked_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"


class Appeal(models.Model):
    """That a person asks another office to look again at a refusal, a suspension or a revocation."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="appeals")
    proposal = models.OneToOneField(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="appeal")
    period = models.OneToOneField(Period, null=True, blank=True, on_delete=models.PROTECT, related_name="appeal")
    words = EncryptedTextField(_("what she says"), blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    upheld = models.BooleanField(null=True, blank=True, help_text="whether the first decision stays")
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(proposal__isnull=False, period__isnull=True)
                | Q(proposal__isnull=True, period__isnull=False),
                name="appeal_is_about_one_decision",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | (~Q(answer="") & Q(decided_by__isnull=False)),
                name="decided_appeal_has_author_and_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.uuid}"


class Reminder(models.Model):
    """That a person was reminded of an end so many days before it: once each, however often the job runs."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="reminders")
    ends_on = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grant", "ends_on", "days_before"], name="one_reminder_per_end_and_days")
        ]

    def __str__(self) -> str:
        return f"{self.days_before} days before {self.ends_on}"


class SpanQuerySet(models.QuerySet["Span"]):
    """Questions about spans."""

    def on(self, day: date) -> "SpanQuerySet":
        """Those that hold on a day, both ends included."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def covering(self, place: Territory | None) -> "SpanQuerySet":
        """Those that hold for a whole place: for itself, for what it is part of, or everywhere."""
        around = [place.pk for place in ancestry(place)]
        return self.filter(Q(territory__in=around) | Q(territory=None))


class Span(models.Model):
    """Days on which a person stands in one way with a role in a place. Rebuilt from facts (`certificates.spanning`).

    For each person, role and place the spans do not overlap. Ended spans say `over` from the day after; `ends_on`
    is `FOR_EVER` where no end is known.
    """

    class Kind(models.TextChoices):
        ACTIVE = "active", _("certified")
        PAUSED = "paused", _("paused")
        OVER = "over", _("not valid")
        TRAINING = "training", _("in training")

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.CASCADE, related_name="spans")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="spans")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, null=True, blank=True, on_delete=models.CASCADE, related_name="spans")
    kind = models.CharField(max_length=8, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(default=FOR_EVER)

    objects: ClassVar = SpanQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="span_ends_after_it_starts")
        ]
        indexes: ClassVar = [
            models.Index(fields=["role", "territory", "kind", "ends_on", "starts_on"], name="span_by_question"),
            models.Index(
                fields=["role", "organisation", "kind", "ends_on", "volunteer", "starts_on"], name="span_by_standing"
            ),
            models.Index(fields=["volunteer", "role"], name="span_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on} – {self.ends_on}"


def ancestry(place: Territory | None) -> list[Territory]:
    """Return a place and everything it is part of, from the smallest to the largest."""
    found = []
    while place is not None:
        found.append(place)
        place = place.parent
    return found
