"""Facts about learning: taken once, never overwritten."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Enrolment(models.Model):
    """That a person takes a course, in whatever languages."""

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="enrolments")
    course_key = models.UUIDField(db_index=True)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "course_key"], name="one_enrolment_per_volunteer_and_course")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} takes {self.course_key}"


class Event(models.Model):
    """One immutable fact from a device, a sheet or a workshop.

    `device_at` is what the device's clock said, `received_at` the server's, `at` the first held within what is
    possible (never after `received_at`).
    """

    class Source(models.TextChoices):
        WEB = "web", _("web")
        DEVICE = "device", _("telephone")
        PAPER = "paper", _("paper")
        WORKSHOP = "workshop", _("workshop")

    uuid = models.UUIDField(primary_key=True, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32)
    activity = models.UUIDField()
    edition = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=16)
    data = models.JSONField(default=dict)
    device = models.UUIDField(null=True, blank=True)
    device_at = models.DateTimeField()
    received_at = models.DateTimeField()
    at = models.DateTimeField()
    clock_was_wrong = models.BooleanField(default=False)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.WEB)
    handed_in_by = models.ForeignKey(
        "people.Volunteer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    sent: dict[str, Any] | None = None
    """What the device sent, while the event is being taken in: `data` keeps the part that may stay."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["volunteer", "activity"], name="event_by_person_and_activity"),
            models.Index(fields=["volunteer", "kind", "at"], name="event_by_person_and_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.activity}"


REASONS = {
    "wrong shape": _("It is not written as a deed is."),
    "unknown kind": _("It is a kind of deed that this school does not know."),
    "too much data": _("It is too large."),
    "wrong data": _("Something in it is not as it should be."),
    "unknown activity": _("It belongs to a lesson or evaluation that is not here."),
    "unknown attempt": _("It answers an evaluation that was never started here."),
    "attempt of another person": _("It answers the evaluation of another person."),
    "not allowed without signal": _("This evaluation may only be answered with signal."),
    "already sent": _("This evaluation was sent before; the first answers count."),
    "question not drawn": _("It answers questions that this evaluation did not ask."),
}
"""Why an event is kept in quarantine, for people."""


class QuarantinedEvent(models.Model):
    """An event that could not be taken: kept whole, with the reason, until a coordinator resolves it."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=32)
    content = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.reason} {self.uuid}"

    @property
    def reason_in_words(self) -> str:
        """The reason as people read it."""
        return str(REASONS.get(self.reason, self.reason))


class Completion(models.Model):
    """That a person completed an activity (lesson, quiz or course): the first time counts and stays."""

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="completions")
    activity = models.UUIDField()
    completed_at = models.DateTimeField()
    edition = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "activity"], name="one_completion_per_volunteer_and_activity")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} completed {self.activity}"
