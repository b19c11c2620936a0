"""Models of assessments."""

from assessments.models.attempts import Answer, Attempt
from assessments.models.banks import Question, QuestionBank, QuestionVersion, Quiz, QuizDraw

__all__ = ["Answer", "Attempt", "Question", "QuestionBank", "QuestionVersion", "Quiz", "QuizDraw"]
