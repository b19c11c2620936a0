"""Attempts at a quiz, frozen as they were taken."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from people.models import Volunteer


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Questions about attempts."""

    def of(self, volunteer: "Volunteer", quiz_key: uuid.UUID) -> "AttemptQuerySet":
        """One person's attempts at one quiz, in any language."""
        return self.filter(volunteer=volunteer, quiz_key=quiz_key)

    def graded(self) -> "AttemptQuerySet":
        """Attempts that were sent and graded."""
        return self.filter(submitted_at__isnull=False)


class Attempt(models.Model):
    """One try. `drawn` freezes questions and order; pass mark and edition are kept as plain values."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="attempts")
    quiz_key = models.UUIDField()
    purpose = models.CharField(max_length=8)
    drawn = models.JSONField(help_text='[{"version": id, "options": [option ids in the order shown]}]')
    pass_mark = models.PositiveSmallIntegerField()
    edition = models.PositiveIntegerField(default=0)
    manifest_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    points = models.FloatField(null=True, blank=True)
    most_points = models.FloatField(null=True, blank=True)
    passed = models.BooleanField(null=True)

    objects: ClassVar = AttemptQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["started_at"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer", "quiz_key"],
                condition=Q(submitted_at__isnull=True),
                name="one_open_attempt_per_person_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | (Q(points__gte=0) & Q(points__lte=F("most_points")) & Q(passed__isnull=False)),
                name="graded_attempt_has_points_within_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_key} {self.uuid}"

    @property
    def percent(self) -> int:
        """Result in whole percent, rounded down, so that 69.9 never reads as a passed 70."""
        return int(100 * self.points / self.most_points) if self.points is not None and self.most_points else 0


class Answer(models.Model):
    """The answer to one question of an attempt."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    version = models.ForeignKey("assessments.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=16)
    chosen = models.JSONField(default=list)
    points = models.FloatField()
    most_points = models.FloatField()
    seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "version"], name="one_answer_per_attempt_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.points}/{self.most_points}"
