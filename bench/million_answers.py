"""Fills a database of its own with answers and times their analysis; prints what it cost. Run by `bench.analysing`."""

import json
import resource
import sys
import time
import uuid
from typing import Any

QUESTIONS = 20
OPTIONS = 4

PEOPLE = """
    INSERT INTO people_volunteer (uuid, organisation_id, language, joined_at)
    SELECT gen_random_uuid(), %(organisation)s, 'es', now() FROM generate_series(1, %(attempts)s)"""
ATTEMPTS = """
    INSERT INTO assessments_attempt (uuid, volunteer_id, quiz_key, purpose, drawn, pass_mark, minutes, reasons,
        may_be_offline, edition, manifest_hash, language, started_at, saved, submitted_at, was_offline, seconds_over)
    SELECT gen_random_uuid(), id, %(quiz)s, 'final', '[]', 70, 0, 'never', false, 1, '',
        CASE WHEN id %% 10 < 3 THEN 'kek' ELSE 'es' END, now(), '{}', now() - id * interval '1 second', false, 0
    FROM people_volunteer"""
# who knows more is right more often; who is wrong chooses any other option; each question has a difficulty of its own
ANSWERS = """
    INSERT INTO assessments_answer (attempt_id, version_id, language, chosen, points, most_points, seconds)
    SELECT uuid, version, language, jsonb_build_array(options ->> CASE WHEN is_right THEN 0 ELSE any_wrong END),
        CASE WHEN is_right THEN 1 ELSE 0 END, 1, seconds
    FROM (
        SELECT attempt.uuid, attempt.language, version.id AS version, version.content -> 'ids' AS options,
            random() < 0.25 + 0.6 * attempt.knows * (1 - 0.02 * mod(version.id, 20)) AS is_right,
            1 + floor(3 * random())::int AS any_wrong, 5 + floor(80 * random())::int AS seconds
        FROM (SELECT uuid, language, random() AS knows FROM assessments_attempt) attempt
        CROSS JOIN assessments_questionversion version
    ) drawn"""


def fill(attempts: int) -> uuid.UUID:
    """Make so many attempts of 20 answers each at one quiz; return the quiz's key."""
    from django.db import connection

    from assessments.models import QuestionVersion
    from people.models import Organisation

    quiz = uuid.uuid4()
    organisation = Organisation.objects.create(name="Banco de medida", slug="banco-de-medida")
    QuestionVersion.objects.bulk_create(version(number) for number in range(QUESTIONS))
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"attempts": attempts, "organisation": organisation.pk})
        cursor.execute(ATTEMPTS, {"quiz": quiz, "attempts": attempts})
        cursor.execute(ANSWERS)
        cursor.execute("VACUUM ANALYZE")
    return quiz


def version(number: int) -> Any:
    """Return a question with one right answer, the first."""
    from assessments.models import QuestionVersion

    options = [{"id": str(uuid.uuid4()), "text": f"{place}", "correct": place == 0} for place in range(OPTIONS)]
    content = {
        "type": "single_choice",
        "prompt": f"Pregunta {number}",
        "options": options,
        "ids": [option["id"] for option in options],
    }
    return QuestionVersion(key=uuid.uuid4(), language="es", content_hash=str(number), content=content)


def main(attempts: int) -> None:
    """Fill, analyse, print seconds and the growth of the process's peak memory in megabytes."""
    import django

    django.setup()
    from assessments.analysis.counting import Scope
    from assessments.analysis.questions import analyse

    scope = Scope(quiz_key=fill(attempts))
    before, started = _peak_megabytes(), time.perf_counter()
    questions = analyse(scope)
    seconds = time.perf_counter() - started
    assert sum(question.whole.answers for question in questions) == attempts * QUESTIONS
    print(json.dumps({"seconds": seconds, "megabytes": _peak_megabytes() - before}))


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
