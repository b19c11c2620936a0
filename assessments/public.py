"""What the floors above may ask of assessments."""

from assessments.answering import OwnWords, Sent, answer_from, sent_with
from assessments.attempting import (
    Asked,
    AttemptRefused,
    asked,
    refuse_if_too_soon,
    save_answers,
    start,
    submit,
    to_review,
)
from assessments.blocks import PRACTICE_BLOCKS, QUESTION_BLOCKS, QUESTION_TYPES
from assessments.contents import content_of
from assessments.grading import clean_answer, grade
from assessments.models import Attempt, Practical, Question, QuestionBank, Quiz, QuizDraw, Result
from assessments.questions import freeze
from assessments.results import news_for, tell
from assessments.signals import attempt_graded

__all__ = [
    "PRACTICE_BLOCKS",
    "QUESTION_BLOCKS",
    "QUESTION_TYPES",
    "Asked",
    "Attempt",
    "AttemptRefused",
    "OwnWords",
    "Practical",
    "Question",
    "QuestionBank",
    "Quiz",
    "QuizDraw",
    "Result",
    "Sent",
    "answer_from",
    "asked",
    "attempt_graded",
    "clean_answer",
    "content_of",
    "freeze",
    "grade",
    "news_for",
    "refuse_if_too_soon",
    "save_answers",
    "sent_with",
    "start",
    "submit",
    "tell",
    "to_review",
]
