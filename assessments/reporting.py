"""«I do not understand this question»: what learners tell whoever wrote it."""

import uuid

from django.utils import timezone

from assessments.models import Unclear
from people.models import Volunteer


def report_unclear(volunteer: Volunteer, question_key: uuid.UUID, language: str) -> None:
    """Note that a person does not understand a question (of a bank, or a practice block); twice is once."""
    said = Unclear(volunteer=volunteer, question_key=question_key, language=language, at=timezone.now())
    Unclear.objects.bulk_create([said], ignore_conflicts=True)
