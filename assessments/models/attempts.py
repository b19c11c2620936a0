"""Attempts at a quiz, frozen as they were taken, and everything that was later said about them."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.fields import EncryptedTextField

if TYPE_CHECKING:
    from people.models import Volunteer


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Questions about attempts."""

    def of(self, volunteer: "Volunteer", quiz_key: uuid.UUID) -> "AttemptQuerySet":
        """One person's attempts at one quiz, in any language."""
        return self.filter(volunteer=volunteer, quiz_key=quiz_key)

    def submitted(self) -> "AttemptQuerySet":
        """Attempts that were sent; some may wait for a person to mark an answer."""
        return self.filter(submitted_at__isnull=False)

    def graded(self) -> "AttemptQuerySet":
        """Attempts that have their points."""
        return self.filter(points__isnull=False)


class Attempt(models.Model):
    """One try. `drawn` freezes questions and order; pass mark, time, edition are kept as plain values.

    `points`, `most_points` and `passed` are those of the newest `Result` that counts; every result stays as a row.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="attempts")
    quiz_key = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=8)
    drawn = models.JSONField(
        help_text='[{"version": id, "options": [ids in the order shown], "matches": [ids], "section": title}]'
    )
    pass_mark = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(default=0, help_text="time allowed, with her extra time; 0: no limit")
    reasons = models.CharField(max_length=6, default="never")
    may_be_offline = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=0)
    manifest_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16)
    device = models.UUIDField(null=True, blank=True, help_text="the telephone it was issued to beforehand")
    started_at = models.DateTimeField()
    saved = models.JSONField(default=dict, blank=True, help_text='answers not yet sent: {version id: ["…"]}')
    submitted_at = models.DateTimeField(null=True, blank=True)
    was_offline = models.BooleanField(default=False)
    seconds_over = models.PositiveIntegerField(default=0)
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
                condition=Q(points__isnull=True, most_points__isnull=True, passed__isnull=True)
                | (
                    Q(submitted_at__isnull=False, passed__isnull=False)
                    & Q(points__gte=0)
                    & Q(points__lte=F("most_points"))
                ),
                name="graded_attempt_was_sent_and_has_points_within_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_key} {self.uuid}"

    @property
    def awaits_marks(self) -> bool:
        """Whether it was sent and a person has still to mark an answer."""
        return self.submitted_at is not None and self.points is None

    @property
    def minutes_over(self) -> int:
        """Begun minutes over the time given."""
        return -(-self.seconds_over // 60)

    @property
    def percent(self) -> int:
        """Result in whole percent, rounded down, so that 69.9 never reads as a passed 70."""
        return percent_of(self.points, self.most_points)


def percent_of(points: float | None, most_points: float | None) -> int:
    """Return points of the most possible in whole percent, rounded down; 0 where there are none."""
    return int(100 * points / most_points + 1e-9) if points is not None and most_points else 0


class Answer(models.Model):
    """The answer to one question of an attempt. `points` is null while a person has still to mark it."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    version = models.ForeignKey("assessments.QuestionVersion", on_delete=models.PROTECT, related_name="answers")
    language = models.CharField(max_length=16, help_text="the language the question was seen in")
    chosen = models.JSONField(default=list)
    points = models.FloatField(null=True, blank=True)
    most_points = models.FloatField()
    seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "version"], name="one_answer_per_attempt_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.points}/{self.most_points}"


class OpenAnswer(models.Model):
    """Words or voice of an open answer, kept apart and only until some days after marking; never in packages."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="own_words")
    text = EncryptedTextField(blank=True)
    voice = EncryptedTextField(blank=True, help_text="a recording in base64: here it is encrypted, and wiped too")
    voice_type = models.CharField(max_length=40, blank=True)
    wiped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.answer_id)


class Mark(models.Model):
    """What one person gave an open answer. The newest counts; a correction says why, and the old one stays."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="marks")
    marker = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(help_text="{criterion id: points given}")
    points = models.FloatField()
    comment = EncryptedTextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.points}"


class Result(models.Model):
    """One result of an attempt, never changed: a later one stands beside it, with author and reason."""

    class Cause(models.TextChoices):
        SENT = "sent", _("sent")
        MARKED = "marked", _("an answer was marked")
        CORRECTED = "corrected", _("a mark was corrected")
        EXCLUDED = "excluded", _("a question was taken out")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="results")
    cause = models.CharField(max_length=9, choices=Cause)
    points = models.FloatField()
    most_points = models.FloatField()
    passed = models.BooleanField()
    counts = models.BooleanField(default=True, help_text="false: it would have been worse for her, the former stands")
    reason = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="when she opened it; null: she is yet to be told")

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.points}/{self.most_points}"

    @property
    def percent(self) -> int:
        """Result in whole percent, rounded down."""
        return percent_of(self.points, self.most_points)


class Exclusion(models.Model):
    """A version of a question found wrong: it earns and costs nothing, in attempts already graded too."""

    version = models.OneToOneField("assessments.QuestionVersion", on_delete=models.PROTECT, related_name="exclusion")
    reason = models.CharField(max_length=300)
    author = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class Unclear(models.Model):
    """«I do not understand this question», said once per person and question."""

    volunteer = models.ForeignKey("people.Volunteer", on_delete=models.PROTECT, related_name="+")
    question_key = models.UUIDField(db_index=True, help_text="of a bank's question, or the block of a practice one")
    language = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["volunteer", "question_key"], name="one_unclear_per_person_and_question")
        ]

    def __str__(self) -> str:
        return str(self.question_key)


class ExtraTime(models.Model):
    """More time for one person, in every quiz that has a limit. Why is nobody's business and is not asked."""

    volunteer = models.OneToOneField("people.Volunteer", on_delete=models.CASCADE, related_name="extra_time")
    percent = models.PositiveSmallIntegerField(
        _("how much more (%)"), choices=[(25, "25 %"), (50, "50 %"), (100, "100 %"), (200, "200 %")], default=50
    )

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("extra time")

    def __str__(self) -> str:
        return f"{self.percent} %"

    @staticmethod
    def minutes_for(volunteer: "Volunteer", minutes: int) -> int:
        """Return the minutes a person has where others have so many (1 query where there is a limit)."""
        if not minutes:
            return 0
        more = ExtraTime.objects.filter(volunteer=volunteer).values_list("percent", flat=True).first() or 0
        return minutes + -(-minutes * more // 100)
