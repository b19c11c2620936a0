"""JSON for the learner's scripts: deeds in, the merged truth out."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any, TypeVar

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from pydantic import BaseModel, ConfigDict, ValidationError
from wagtail import hooks

from assessments.public import Asked, Attempt, AttemptRefused, Quiz, asked
from cms.languages import SOURCE_LANGUAGE, languages
from cms.models.throttle import tried_too_often
from cms.same_origin import is_same_origin
from courses.completing import done_by
from courses.learning import Path, live_courses, path_of
from courses.models import Event
from courses.quizzing import issue_quiz
from courses.syncing import MOST_EVENTS, take
from people.models import DeviceCredential, Volunteer
from people.public import the_learner

MOST_BYTES = 512 * 1024
BATCHES_AN_HOUR = 1_200

Shape = TypeVar("Shape", bound=BaseModel)


class Batch(BaseModel):
    """The body of `POST /api/sync/`."""

    model_config = ConfigDict(extra="ignore")

    device: uuid.UUID
    learner: uuid.UUID
    events: list[Any]


@csrf_exempt
@never_cache
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take a batch of one learner's events; the same batch twice changes nothing.

    401 asks for the PIN, 403 is a foreign page or another learner, 413 asks for half the batch, 429 to wait.
    """
    batch = _read(request, Batch)
    if isinstance(batch, JsonResponse):
        return batch
    learner = _authorised(request)
    if learner is None:
        return _problem(401, "sign in")
    if learner.uuid != batch.learner:
        return _problem(403, "another learner")
    if len(batch.events) > MOST_EVENTS:
        return _problem(413, "too many events")
    if tried_too_often("sync", str(batch.device), most=BATCHES_AN_HOUR, within=timedelta(hours=1)):
        return _problem(429, "wait")
    taken = take(learner, batch.events, device=batch.device, source=Event.Source.DEVICE)
    return JsonResponse({"accepted": taken.accepted, "duplicate": taken.duplicate, "quarantined": taken.quarantined})


class DrawWish(BaseModel):
    """The body of `POST /api/draws/`."""

    model_config = ConfigDict(extra="ignore")

    quiz: uuid.UUID
    device: uuid.UUID
    language: str = SOURCE_LANGUAGE


@csrf_exempt
@never_cache
@require_POST
def issue_draw(request: HttpRequest) -> JsonResponse:
    """Issue a quiz's questions to a telephone beforehand, without keys; asked again, the same open attempt.

    The answers come back as an `attempt_answered` event. 404: no such quiz; 409: not now, with the reason and, where
    she only has to wait, until when.
    """
    wish = _read(request, DrawWish)
    if isinstance(wish, JsonResponse):
        return wish
    learner = _authorised(request)
    if learner is None:
        return _problem(401, "sign in")
    language = wish.language if wish.language in languages() else SOURCE_LANGUAGE
    quiz = Quiz.objects.filter(translation_key=wish.quiz, locale__language_code=SOURCE_LANGUAGE).first()
    if quiz is None:
        return _problem(404, "unknown quiz")
    try:
        attempt = issue_quiz(learner, quiz, language, wish.device)
    except AttemptRefused as refused:
        until = refused.until.isoformat() if refused.until else None
        return JsonResponse({"problem": "refused", "reason": str(refused), "until": until}, status=409)
    return JsonResponse(
        {
            "attempt": str(attempt.pk),
            "quiz": str(quiz.translation_key),
            "title": quiz.title,
            "edition": attempt.edition,
            "minutes": attempt.minutes,
            "pass_mark": attempt.pass_mark,
            "questions": [_asked_truth(question) for question in asked(attempt, language)],
        }
    )


@never_cache
@require_safe
def me(request: HttpRequest) -> JsonResponse:
    """Return the merged truth: who learns, what is done, what other floors add."""
    learner = _authorised(request)
    if learner is None:
        return _problem(401, "sign in")
    answer: dict[str, Any] = {
        "learner": str(learner.uuid),
        "done": sorted(str(key) for key in done_by(learner)),
        "courses": [_course_truth(path_of(course, learner, request)) for course in live_courses(learner.language)],
        "results": [_result_truth(attempt) for attempt in Attempt.objects.filter(volunteer=learner).submitted()],
    }
    for offer in hooks.get_hooks("learner_truth"):
        answer |= offer(learner)
    return JsonResponse(answer)


def _course_truth(path: Path) -> dict[str, Any]:
    """Return how far a person is on one road, and the next step."""
    following = path.next_step
    return {
        "course": str(path.course.translation_key),
        "steps": len(path.steps),
        "done": path.done_count,
        "completed": path.is_completed,
        "next": {"activity": str(following.key), "title": following.title, "url": following.url} if following else None,
    }


def _result_truth(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempt": str(attempt.pk),
        "quiz": str(attempt.quiz_key),
        "percent": attempt.percent,
        "passed": attempt.passed,
        "awaits_marks": attempt.awaits_marks,
        "at": attempt.submitted_at.isoformat() if attempt.submitted_at else None,
    }


def _read(request: HttpRequest, shape: type[Shape]) -> Shape | JsonResponse:
    """Return the body in its shape, or the answer that refuses it."""
    if not is_same_origin(request):
        return _problem(403, "other origin")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _problem(413, "too large")
    if request.content_type != "application/json":
        return _problem(415, "json only")
    try:
        return shape.model_validate_json(request.body)
    except ValidationError:
        return _problem(400, "wrong shape")


def _asked_truth(question: Asked) -> dict[str, Any]:
    return {
        "version": question.version_id,
        "section": question.section,
        "language": question.language,
        "question": question.content,
        "saved": question.saved,
    }


def _authorised(request: HttpRequest) -> Volunteer | None:
    """Return the learner of the session, or of a device's own credential."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind == "Device":
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = DeviceCredential.objects.select_related("volunteer").filter(token_hash=digest, revoked_at=None).first()
        return found.volunteer if found and not found.volunteer.erased_at else None
    return the_learner(request)


def _problem(status: int, problem: str) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status)
