"""Item analysis of an evaluation with a million answers, on PostgreSQL: seconds, and memory beside that of a tenth."""

import resource
import time
import uuid
from collections.abc import Iterator
from typing import Any

import django

from bench import clustered
from bench.figure import Figure

ATTEMPTS = 50_000
QUESTIONS = 20
OPTIONS = 4

PEOPLE = """
    INSERT INTO people_volunteer (uuid, organisation_id, language, joined_at)
    SELECT gen_random_uuid(), %(organisation)s, 'es', now() FROM generate_series(1, %(attempts)s)"""
SENT = """
    INSERT INTO assessments_attempt (uuid, volunteer_id, quiz_key, purpose, drawn, pass_mark, minutes, reasons,
        may_be_offline, edition, manifest_hash, language, started_at, saved, submitted_at, was_offline, seconds_over)
    SELECT gen_random_uuid(), id, %(quiz)s, 'final', '[]', 70, 0, 'never', false, 1, '',
        CASE WHEN mod(id, 10) < 3 THEN 'kek' ELSE 'es' END, now(), '{}', now() - id * interval '1 second', false, 0
    FROM people_volunteer WHERE organisation_id = %(organisation)s"""
# who knows more is right more often; who is wrong chooses any other option; each question has a difficulty of its own
ANSWERS = """
    INSERT INTO assessments_answer (attempt_id, version_id, language, chosen, points, most_points, seconds)
    SELECT uuid, version, language,
        jsonb_build_array(options -> (CASE WHEN is_right THEN 0 ELSE any_wrong END) -> 'id'),
        CASE WHEN is_right THEN 1 ELSE 0 END, 1, seconds
    FROM (
        SELECT attempt.uuid, attempt.language, version.id AS version, version.content -> 'options' AS options,
            random() < 0.25 + 0.6 * attempt.knows * (1 - 0.02 * mod(version.id, 20)) AS is_right,
            1 + floor(3 * random())::int AS any_wrong, 5 + floor(80 * random())::int AS seconds
        FROM (SELECT uuid, language, random() AS knows FROM assessments_attempt WHERE quiz_key = %(quiz)s) attempt
        CROSS JOIN assessments_questionversion version
    ) answered"""


def figures(_school: Any) -> Iterator[Figure]:
    """Run this module on a PostgreSQL school of its own."""
    yield from clustered.figures_of("bench.analysing")


def measure() -> Iterator[Figure]:
    """Analyse a tenth of the answers, then all: the time, and how far the process's peak memory grows."""
    ask_questions()
    start = peak_megabytes()
    analyse_quiz(ATTEMPTS // 10)
    tenth = peak_megabytes() - start
    seconds = analyse_quiz(ATTEMPTS)
    yield Figure("item_analysis.million_seconds", round(seconds, 2), "s", "<= 5")
    yield Figure("item_analysis.million_mb", round(peak_megabytes() - start, 1), "MB", None, round(tenth, 1))


def ask_questions() -> None:
    """Make the versions of twenty questions with one right answer, the first."""
    from assessments.models import QuestionVersion

    for number in range(QUESTIONS):
        options = [{"id": str(uuid.uuid4()), "text": f"{place}", "correct": place == 0} for place in range(OPTIONS)]
        content = {"type": "single_choice", "prompt": f"Pregunta {number}", "options": options}
        QuestionVersion.objects.create(key=uuid.uuid4(), language="es", content_hash=str(number), content=content)


def analyse_quiz(attempts: int) -> float:
    """Fill a quiz with attempts, by a statement each for people, attempts, answers; return the analysis' seconds."""
    from django.db import connection

    from assessments.analysis.counting import Scope
    from assessments.analysis.questions import analyse
    from people.models import Organisation

    quiz = uuid.uuid4()
    organisation = Organisation.objects.create(name="Medida", slug=f"medida-{attempts}")
    values = {"quiz": quiz, "organisation": organisation.pk, "attempts": attempts}
    with connection.cursor() as cursor:
        for statement in (PEOPLE, SENT, ANSWERS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
    started = time.perf_counter()
    questions = analyse(Scope(quiz_key=quiz))
    seconds = time.perf_counter() - started
    assert sum(question.whole.answers for question in questions) == attempts * QUESTIONS
    return seconds


def peak_megabytes() -> float:
    """Return the most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    django.setup()
    for figure in measure():
        print(figure.as_json(), flush=True)
