"""What the floors above may ask of assessments."""

from assessments.answering import Sent, answer_from, sent_with
from assessments.attempting import (
    Asked,
    AttemptRefused,
    asked,
    refuse_if_too_soon,
    save_answers,
    start,
    submit,
    to_review,
    why_not_taken,
)
from assessments.blocks import PRACTICE_BLOCKS, QUESTION_TYPES
from assessments.contents import content_of
from assessments.explaining import comments_on, counted_result, explained, question_key, quiz_titles
from assessments.grading import clean_answer, grade
from assessments.models import (
    Attempt,
    ExtraTime,
    Practical,
    PracticalResult,
    Question,
    QuestionBank,
    Quiz,
    QuizDraw,
    Result,
)
from assessments.observing import PracticalState, find_practical, practical_state
from assessments.questions import tags_of
from assessments.reporting import report_unclear
from assessments.results import news_for, tell
from assessments.signals import attempt_graded, practical_graded

__all__ = [
    "PRACTICE_BLOCKS",
    "QUESTION_TYPES",
    "Asked",
    "Attempt",
    "AttemptRefused",
    "ExtraTime",
    "Practical",
    "PracticalResult",
    "PracticalState",
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
    "comments_on",
    "content_of",
    "counted_result",
    "explained",
    "find_practical",
    "grade",
    "news_for",
    "practical_graded",
    "practical_state",
    "question_key",
    "quiz_titles",
    "refuse_if_too_soon",
    "report_unclear",
    "save_answers",
    "sent_with",
    "start",
    "submit",
    "tags_of",
    "tell",
    "to_review",
    "why_not_taken",
]
