"""What the floors above may ask of assessments."""

from assessments.attempting import Asked, AttemptRefused, asked, refuse_if_too_soon, start, submit, to_review
from assessments.blocks import QUESTION_BLOCKS, QUESTION_TYPES
from assessments.contents import content_of
from assessments.grading import grade
from assessments.models import Attempt, Question, QuestionBank, Quiz, QuizDraw
from assessments.questions import freeze
from assessments.signals import attempt_graded

__all__ = [
    "QUESTION_BLOCKS",
    "QUESTION_TYPES",
    "Asked",
    "Attempt",
    "AttemptRefused",
    "Question",
    "QuestionBank",
    "Quiz",
    "QuizDraw",
    "asked",
    "attempt_graded",
    "content_of",
    "freeze",
    "grade",
    "refuse_if_too_soon",
    "start",
    "submit",
    "to_review",
]
