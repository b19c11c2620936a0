"""Many at once, on PostgreSQL: attempts sent a second, 200 learners in the same moment, a draw from 5,000 questions."""

import http.client
import os
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django

from bench import clustered
from bench.figure import Figure
from bench.school import APPLICATION, served

CROWD = 200
SENDERS = 8
FOR_RATE = 400
BANK = 5_000
DRAWN = 20
ROUNDS = 15


@dataclass(frozen=True)
class Ready:
    """An open attempt with full answers, ready to be sent by its learner's browser."""

    address: str
    body: str
    cookie: str


def figures(_school: Any) -> Iterator[Figure]:
    """Run this module on a PostgreSQL school of its own."""
    yield from clustered.figures_of("bench.crowding")


def measure() -> Iterator[Figure]:
    """Draw, then send one by one for the rate, then 200 at the same moment, each twice."""
    from courses.opening import open_school

    open_school()
    yield Figure("crowd.draw_from_5000", draw_milliseconds(), "ms", "<= 30")
    with served(APPLICATION, int(os.environ["PORT"])):
        waiting = prepared(FOR_RATE)
        with ThreadPoolExecutor(SENDERS) as pool:
            began = time.monotonic()
            statuses = list(pool.map(send, waiting))
            seconds = time.monotonic() - began
        assert set(statuses) == {200}, statuses
        yield Figure("crowd.attempts_a_second", round(FOR_RATE / seconds, 1), "attempts/s", ">= 60")
        attempts, answers, results = at_once(prepared(CROWD))
    yield Figure("crowd.lost_of_200_at_once", CROWD - attempts, "attempts", "= 0")
    yield Figure("crowd.doubled_of_200_at_once", answers - attempts * DRAWN + results - attempts, "rows", "= 0")


def draw_milliseconds() -> float:
    """Return the median time of drawing 20 of a bank of 5,000 by a tag, and freezing their order."""
    from assessments.drawing import draw
    from assessments.models import Quiz

    quiz = Quiz.objects.get(pk=large_quiz("draw", BANK, tags="fácil").pk)
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        assert len(draw(quiz)) == DRAWN
        times.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(times), 1)


def large_quiz(name: str, size: int, tags: str = "") -> Any:
    """Make a quiz that draws 20 of a bank of so many questions; half of them carry the tag."""
    from taggit.models import Tag
    from wagtail.models import Locale

    from assessments.models import Question, QuestionBank, Quiz, QuizDraw, TaggedQuestion
    from people.models import Organisation
    from tests.quizzes import single_choice

    organisation, locale = Organisation.objects.get(is_default=True), Locale.objects.get(language_code="es")
    bank = QuestionBank.objects.create(organisation=organisation, name=name, slug=name)
    stream = Question._meta.get_field("content").stream_block
    rows = [
        Question(bank=bank, locale=locale, position=number, content=stream.to_python([single_choice(f"P {number}")]))
        for number in range(size)
    ]
    Question.objects.bulk_create(rows, batch_size=500)
    if tags:
        tag, _created = Tag.objects.get_or_create(name=tags, defaults={"slug": name})
        links = [TaggedQuestion(tag=tag, content_object=row) for row in rows[::2]]
        TaggedQuestion.objects.bulk_create(links, batch_size=1000)
    quiz = Quiz(organisation=organisation, title=name, slug=name, locale=locale)
    quiz.draws = [QuizDraw(bank=bank, count=DRAWN, tags=tags)]
    quiz.save()
    return quiz


def prepared(count: int) -> list[Ready]:
    """Give so many new learners an open attempt at the course's first check, drawing 20 of 60 questions."""
    from assessments.attempting import start
    from courses.models import CoursePage, ModulePage
    from people.models import Organisation, SignIn, Volunteer
    from tests.right_answers import right_form

    quiz = large_quiz(f"crowd-{count}", 60)
    course = CoursePage.objects.source().get()
    module = ModulePage.objects.child_of(course).order_by("path")[0]
    ModulePage.objects.filter(pk=module.pk).update(check_quiz=quiz)
    organisation = Organisation.objects.get(is_default=True)
    ready = []
    for _person in range(count):
        learner = Volunteer.objects.create(organisation=organisation)
        SignIn.objects.create(volunteer=learner, code=f"{uuid.uuid4().int % 10**8:08}", kind="pin", secret_hash="-")
        attempt = start(learner, quiz, edition=1, manifest_hash="", language="es")
        form = {**right_form(attempt), "csrfmiddlewaretoken": "c" * 32}
        body = urlencode(form, doseq=True)
        ready.append(Ready(f"/es/me/attempt/{attempt.pk}/", body, f"{session_of(learner)}; csrftoken={'c' * 32}"))
    return ready


def session_of(learner: Any) -> str:
    """Return the cookie of a session in which a learner is signed in."""
    from importlib import import_module

    from django.conf import settings

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["learner"] = [str(learner.uuid), learner.sign_in.version]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def send(ready: Ready) -> int:
    """Send an attempt as the script does; return the answer's status."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=120)
    headers = {"Cookie": ready.cookie, "X-Part": "main", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", ready.address, ready.body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def at_once(waiting: list[Ready]) -> tuple[int, int, int]:
    """Send every attempt twice, all in the same moment; return attempts graded, and rows of answers and results."""
    from assessments.models import Answer, Attempt, Result

    gate = threading.Barrier(2 * len(waiting))

    def go(ready: Ready) -> None:
        gate.wait()
        send(ready)

    threads = [threading.Thread(target=go, args=[ready]) for ready in waiting for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [ready.address.split("/")[4] for ready in waiting]
    graded = Attempt.objects.graded().filter(pk__in=keys).count()
    answers = Answer.objects.filter(attempt__in=keys).count()
    return graded, answers, Result.objects.filter(attempt__in=keys).count()


if __name__ == "__main__":
    django.setup()
    for figure in measure():
        print(figure.as_json(), flush=True)
