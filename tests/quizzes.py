"""Quizzes made of as many questions as a test asks for."""

import uuid

import pytest

from tests.right_answers import right_form, right_sent


def single_choice(prompt, options=("Sí", "No", "Tal vez"), right=0):
    """Return a question with one right answer as a bank keeps it."""
    return {
        "type": "single_choice",
        "id": str(uuid.uuid4()),
        "value": {
            "prompt": prompt,
            "options": [
                {
                    "type": "item",
                    "id": str(uuid.uuid4()),
                    "value": {"text": text, "correct": place == right, "feedback": f"Consejo de {prompt}, {text}"},
                }
                for place, text in enumerate(options)
            ],
            "explanation": f"Razón de {prompt}",
        },
    }


@pytest.fixture
def make_quiz(organisation):
    """Return a function that makes a quiz of so many questions in Spanish."""
    from wagtail.models import Locale

    from assessments.models import Question, QuestionBank, Quiz, QuizDraw

    definition = Question._meta.get_field("content").stream_block

    def make(count=5, **rules):
        slug = f"prueba-{uuid.uuid4().hex[:8]}"
        locale = Locale.objects.get(language_code="es")
        bank = QuestionBank.objects.create(organisation=organisation, name=slug, slug=slug)
        for number in range(count):
            Question.objects.create(
                bank=bank,
                locale=locale,
                position=number,
                content=definition.to_python([single_choice(f"Pregunta {number}")]),
            )
        quiz = Quiz(organisation=organisation, title="Prueba", slug=slug, locale=locale, **rules)
        quiz.draws = [QuizDraw(bank=bank, count=0)]
        quiz.save()
        return quiz

    return make


@pytest.fixture
def begin():
    """Return a function that starts an attempt."""
    from assessments.attempting import start

    def go(person, quiz, language="es"):
        return start(person, quiz, edition=1, manifest_hash="", language=language)

    return go


@pytest.fixture
def right_answers():
    """Return a function that gives the right answers of an attempt, by question version."""
    return right_sent


@pytest.fixture
def right_fields():
    """Return a function that gives the right answers of an attempt as its form sends them."""
    return right_form


@pytest.fixture
def stand_on_the_course(course):
    """Return a function that makes a quiz the check of the course's first module, and gives its address."""
    from courses.models import ModulePage

    def stand(quiz):
        module = ModulePage.objects.child_of(course).order_by("path").first()
        module.check_quiz = quiz
        module.save_revision().publish()
        return f"/es/me/{course.slug}/quiz/{quiz.slug}/"

    return stand
