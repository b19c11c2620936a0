"""Models of assessments."""

from assessments.models.attempts import (
    Answer,
    Attempt,
    Exclusion,
    ExtraTime,
    Mark,
    OpenAnswer,
    Result,
    Unclear,
    percent_of,
)
from assessments.models.banks import Question, QuestionBank, QuestionVersion, Quiz, QuizDraw, TaggedQuestion
from assessments.models.practicals import Observation, Practical, PracticalResult

__all__ = [
    "Answer",
    "Attempt",
    "Exclusion",
    "ExtraTime",
    "Mark",
    "Observation",
    "OpenAnswer",
    "Practical",
    "PracticalResult",
    "Question",
    "QuestionBank",
    "QuestionVersion",
    "Quiz",
    "QuizDraw",
    "Result",
    "TaggedQuestion",
    "Unclear",
    "percent_of",
]
