"""The final evaluation sent: passed with every fifth answer wrong, so that review, completion and certificate count."""

from collections.abc import Iterator
from typing import Any

from bench.figure import Figure
from bench.phone import Phone, phone
from bench.querying import counted_queries, signed_in
from bench.school import School

QUIZ = "/es/me/curso-basico/quiz/evaluacion-final/"
READ_BEFORE = "addresses => Promise.all(addresses.map(address => fetch(address).then(answer => answer.blob())))"
SEND = """answers => {
  const form = document.querySelector("[data-quiz]");
  for (const field of form.querySelectorAll("fieldset input, fieldset select")) {
    const given = answers[field.name] ?? [];
    if (["radio", "checkbox"].includes(field.type)) field.checked = given.includes(field.value);
    else [field.value] = given.length ? [given].flat() : [""];
  }
  form.requestSubmit();
}"""


def figures(school: School) -> Iterator[Figure]:
    """Queries of the ordinary way, then requests and bytes both ways with script, with 20 and with 60 questions."""
    from django.db import transaction

    for count in (20, 60):
        with transaction.atomic():
            draw(count)
            yield Figure(f"evaluation.queries_{count}", queries(school), "queries", "<= 25")
            transaction.set_rollback(True)
    with school.served(), phone() as learner:
        for count in (20, 60):
            draw(count)
            requests, size = on_the_wire(school, learner)
            yield Figure(f"evaluation.requests_{count}", requests, "requests", "<= 2")
            yield Figure(f"evaluation.kb_{count}", size / 1000, "kB", "<= 4" if count == 20 else None)
    draw(20)


def draw(count: int) -> None:
    """Let the final evaluation draw this many questions, as evenly from its banks as they allow."""
    from assessments.models import Question, QuizDraw

    draws = list(QuizDraw.objects.filter(quiz__purpose="final", quiz__locale__language_code="es"))
    have = {
        row: Question.objects.filter(bank=row.bank, locale__language_code="es", retired=False).count() for row in draws
    }
    for row in draws:
        row.count = 0
    while count > sum(row.count for row in draws):
        row = max(draws, key=lambda row: have[row] - row.count)
        row.count += 1
    QuizDraw.objects.bulk_update(draws, ["count"])


def queries(school: School) -> int:
    """Return the SQL queries of sending the answers without script and of the page with the result."""
    sign_in = ready_for_final(school)
    client = signed_in(sign_in)
    attempt = client.post(QUIZ)["Location"]
    answers = mostly_right(sign_in.volunteer)
    with counted_queries() as counted:
        result = client.get(client.post(attempt, answers)["Location"])
    assert result.status_code == 200, result
    assert sign_in.volunteer.attempts.get().passed
    return len(counted)


def on_the_wire(school: School, learner: Phone) -> tuple[int, int]:
    """Return the requests, and the bytes up and down, from the touch that sends the answers to the result shown.

    The pictures of the lessons are on her phone: she has read them.
    """
    from courses.models import LessonPage

    sign_in = ready_for_final(school)
    learner.window.context.clear_cookies()
    learner.sign_in(school.address, sign_in)
    learner.window.goto(school.address + QUIZ)
    learner.window.click("main form button")
    learner.window.wait_for_selector("[data-quiz]")
    learner.window.wait_for_load_state("networkidle")
    pictures = [page.picture.file.url for page in LessonPage.objects.source().select_related("picture")]
    learner.window.evaluate(READ_BEFORE, pictures)
    answers = mostly_right(sign_in.volunteer)
    learner.ledger.begin()
    learner.window.evaluate(SEND, answers)
    learner.window.wait_for_selector(".result")
    learner.window.wait_for_load_state("networkidle")
    exchanges = learner.ledger.over_the_wire()
    return len(exchanges), sum(exchange.up + exchange.down for exchange in exchanges)


def ready_for_final(school: School) -> Any:
    """Return the sign-in of a learner who has done everything but the final evaluation."""
    from django.utils import timezone

    from courses.completing import enrol, requirement_of
    from courses.models import Completion, CoursePage

    sign_in = school.join()
    course = CoursePage.objects.source().get()
    required = requirement_of(course)
    now = timezone.now()
    Completion.objects.bulk_create(
        Completion(volunteer=sign_in.volunteer, activity=key, completed_at=now, edition=1)
        for key in required.lessons | required.checks
    )
    enrol(sign_in.volunteer, course.translation_key)
    return sign_in


def mostly_right(volunteer: Any) -> dict[str, Any]:
    """Return the answers to her open attempt as the form sends them: every fifth is missing."""
    from assessments.attempting import versions_of
    from assessments.models import Attempt
    from tests.right_answers import right_fields

    attempt = Attempt.objects.get(volunteer=volunteer, submitted_at=None)
    versions = versions_of(attempt)
    fields: dict[str, Any] = {}
    for place, row in enumerate(attempt.drawn):
        if place % 5:
            fields |= right_fields(row, versions[row["version"]])
    return fields
