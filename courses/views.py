"""The learner's own pages: her courses, her road, practice and evaluations by ordinary forms."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks

from assessments.public import (
    Attempt,
    AttemptRefused,
    ExtraTime,
    Quiz,
    Sent,
    answer_from,
    asked,
    clean_answer,
    comments_on,
    content_of,
    counted_result,
    explained,
    grade,
    news_for,
    question_key,
    quiz_titles,
    refuse_if_too_soon,
    report_unclear,
    save_answers,
    sent_with,
    submit,
    tell,
    to_review,
)
from cms.languages import SOURCE_LANGUAGE
from cms.same_origin import same_origin_post
from courses.completing import enrol
from courses.learning import find_course, live_courses, path_of
from courses.models import CoursePage, Edition, LessonPage
from courses.quizzing import place_of, quiz_of, start_quiz
from courses.syncing import take
from people.models import Volunteer
from people.public import KEPT_DEEDS, the_learner

MOST_KEPT = 200


def language() -> str:
    """Return the language the page is read in."""
    return get_language() or SOURCE_LANGUAGE


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """The learner's own page: go on, her courses, what other floors offer."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    paths = [path_of(course, learner, request) for course in live_courses(language())]
    panels = [panel for offer in hooks.get_hooks("learner_panels") for panel in offer(request, learner)]
    page = {
        "learner": learner,
        "paths": paths,
        "panels": panels,
        "kept_deeds": len(request.session.get(KEPT_DEEDS, [])),
        "news": news_for(learner),
    }
    return render(request, "courses/me.html", page)


@never_cache
@require_safe
def my_path(request: HttpRequest, course: str) -> HttpResponse:
    """The road through one course."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    page = _course(course)
    return render(request, "courses/my_path.html", {"path": path_of(page, learner, request), "course": page})


@same_origin_post
@never_cache
@require_POST
def finish_lesson(request: HttpRequest, lesson: uuid.UUID) -> HttpResponse:
    """«I have finished» without script: takes the event, then leads to the next lesson."""
    page = _lesson(lesson)
    learner = the_learner(request)
    if learner:
        take(learner, [_event("lesson_completed", page, {})])
        enrol(learner, _course_of(page).translation_key)
        return redirect("my_path", course=_course_of(page).slug)
    _keep(request, "lesson_completed", page, {})
    following = _next_lesson(page)
    context = {"lesson": page, "next_lesson": following, "next_url": following.get_url(request) if following else None}
    return render(request, "courses/finished_signed_out.html", context)


@same_origin_post
@never_cache
@require_POST
def practise(request: HttpRequest, lesson: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """A practice question answered without script: feedback, then back to the lesson."""
    page = _lesson(lesson)
    bound = page.practice_question(str(block))
    if bound is None:
        raise Http404
    content = content_of(bound.value)
    chosen = clean_answer(content, answer_from(request.POST, "answer"))
    points = grade(content, chosen)
    learner = the_learner(request)
    if chosen:
        data = {"block": str(block), "chosen": _ids_only(content, chosen), "points": points}
        if learner:
            take(learner, [_event("practice_answered", page, data)])
        else:
            _keep(request, "practice_answered", page, data)
    context = {
        "lesson": page,
        "question": content,
        "chosen": chosen,
        "back": f"{page.get_url(request)}#b-{block}",
    }
    return render(request, "courses/practised.html", context, status=200 if chosen else 422)


@never_cache
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """«Did you do these?»: takes over, or lets go, what was done signed out in this browser session."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    kept = request.session.pop(KEPT_DEEDS, [])
    if request.POST.get("answer") == "yes":
        take(learner, kept)
        messages.success(request, _("They are now on your road."))
    return redirect("me")


@never_cache
def quiz(request: HttpRequest, course: str, quiz: str) -> HttpResponse:
    """Before an evaluation: what it is, may it start; POST starts it."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    page = _course(course)
    found = quiz_of(page, quiz)
    if found is None:
        raise Http404
    path = path_of(page, learner, request)
    step = next(step for step in path.steps if step.key == found.translation_key)
    problem: AttemptRefused | None = None
    if step.state == "locked":
        problem = AttemptRefused(_("This opens when you have passed: %s") % step.opens_after)
    else:
        try:
            if request.method == "POST":
                return redirect("attempt", attempt=start_quiz(learner, found, page, language()).uuid)
            refuse_if_too_soon(learner, found)
        except AttemptRefused as refused:
            problem = refused
    attempts = Attempt.objects.of(learner, found.translation_key)
    context = {
        "course": page,
        "quiz": found,
        "step": step,
        "problem": problem,
        "open_attempt": attempts.filter(submitted_at=None).first(),
        "sent": list(attempts.submitted().order_by("-submitted_at")),
        "minutes": ExtraTime.minutes_for(learner, found.minutes),
        "counted": counted_result(found, attempts.graded()),
    }
    return render(request, "courses/quiz.html", context, status=409 if problem and request.method == "POST" else 200)


@never_cache
def attempt(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """The questions of an attempt; POST sends the answers, once, and leads to the result; or keeps them for later.

    A script that asks for a part (`X-Part`) gets the result's `<main>` in the same answer: no second page to load.
    """
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    if request.method == "POST":
        sent = sent_with(request.POST, request.FILES)
        try:
            if "save" in request.POST:
                return _save(request, attempt, learner, sent)
            graded = submit(attempt, learner, sent, language())
        except Attempt.DoesNotExist as not_hers:
            raise Http404 from not_hers
        if "X-Part" in request.headers:
            return _result_page(request, graded, layout="cms/part.html")
        return redirect("result", attempt=attempt)
    found = Attempt.objects.filter(pk=attempt, volunteer=learner).first()
    if found is None:
        raise Http404
    if found.submitted_at:
        return redirect("result", attempt=found.pk)
    context = {"attempt": found, "questions": asked(found, language()), "quiz": _quiz_by_key(found.quiz_key)}
    return render(request, "courses/attempt.html", context)


@never_cache
@require_POST
def attempt_save(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """Keeps answers on the way, asked by a script: 204, or 409 when the attempt was sent meanwhile."""
    learner = the_learner(request)
    if learner is None:
        return HttpResponse(status=401)
    try:
        is_open = save_answers(attempt, learner, sent_with(request.POST, {}).answers)
    except Attempt.DoesNotExist as not_hers:
        raise Http404 from not_hers
    return HttpResponse(status=204 if is_open else 409)


@never_cache
@require_POST
def unclear(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """«I do not understand this question» of an attempt; what she has answered so far is kept with it."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    version = request.POST.get("unclear", "")
    found = Attempt.objects.filter(pk=attempt, volunteer=learner).first()
    key = question_key(found, version) if found else None
    if key is None:
        raise Http404
    report_unclear(learner, key, language())
    save_answers(attempt, learner, sent_with(request.POST, {}).answers)
    if "X-Part" in request.headers:
        return HttpResponse(status=204)
    messages.success(request, _("Thank you. We will tell whoever writes the course."))
    return redirect(f"{reverse('attempt', args=[attempt])}#q{version}")


@same_origin_post
@never_cache
@require_POST
def unclear_practice(request: HttpRequest, lesson: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """«I do not understand this question» of a practice question, without script."""
    page = _lesson(lesson)
    if page.practice_question(str(block)) is None:
        raise Http404
    learner = the_learner(request)
    data = {"block": str(block)}
    if learner:
        take(learner, [_event("question_unclear", page, data)])
    else:
        _keep(request, "question_unclear", page, data)
    messages.success(request, _("Thank you. We will tell whoever writes the course."))
    context = {"lesson": page, "back": f"{page.get_url(request)}#b-{block}"}
    return render(request, "courses/unclear.html", context)


@never_cache
@require_safe
def my_results(request: HttpRequest) -> HttpResponse:
    """Every attempt she has sent, newest first."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    sent = Attempt.objects.submitted().filter(volunteer=learner).order_by("-submitted_at")
    attempts = list(sent)
    titles = quiz_titles({found.quiz_key for found in attempts}, language())
    return render(
        request,
        "courses/my_results.html",
        {"attempts": [{"attempt": found, "title": titles.get(found.quiz_key, "")} for found in attempts]},
    )


@never_cache
@require_safe
def result(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """What went well, what to read again, when she may try again, what comes next."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = Attempt.objects.submitted().filter(pk=attempt, volunteer=learner).first()
    if found is None:
        raise Http404
    return _result_page(request, found)


def _save(request: HttpRequest, attempt: uuid.UUID, learner: Volunteer, sent: Sent) -> HttpResponse:
    if not save_answers(attempt, learner, sent.answers):
        return redirect("result", attempt=attempt)
    messages.success(request, _("Your answers are kept. You can go on later, on another telephone too."))
    return redirect("me")


def _result_page(request: HttpRequest, found: Attempt, layout: str = "cms/personal.html") -> HttpResponse:
    is_marked = found.points is not None
    lessons = _lessons_to_read(to_review(found)) if is_marked and found.percent < 100 else []
    later_results = tell(found)
    shows_reasons = found.reasons == Quiz.Reasons.SENT or (found.reasons == Quiz.Reasons.PASSED and found.passed)
    context = {
        "layout": layout,
        "attempt": found,
        "place": place_of(found.quiz_key),
        "lessons": lessons,
        "comments": comments_on(found) if later_results else [],
        "later_results": later_results,
        "explained": explained(found, language()) if shows_reasons and is_marked else [],
    }
    return render(request, "courses/result.html", context)


# --- finding things ------------------------------------------------------------------------------------------------


def _course(slug: str) -> CoursePage:
    found = find_course(slug, language())
    if found is None:
        raise Http404
    return found


def _lesson(key: uuid.UUID) -> LessonPage:
    pages = LessonPage.objects.live().filter(translation_key=key).select_related("locale")
    found = {page.locale.language_code: page for page in pages}
    page = found.get(language()) or found.get(SOURCE_LANGUAGE)
    if page is None:
        raise Http404
    return page


def _course_of(lesson: LessonPage) -> CoursePage:
    course: CoursePage = CoursePage.objects.ancestor_of(lesson).get()
    return course


def _next_lesson(lesson: LessonPage) -> LessonPage | None:
    course = _course_of(lesson)
    found: LessonPage | None = (
        LessonPage.objects.live().descendant_of(course).filter(path__gt=lesson.path).order_by("path").first()
    )
    return found


def _quiz_by_key(key: uuid.UUID) -> Quiz | None:
    return Quiz.objects.filter(translation_key=key, locale__language_code=SOURCE_LANGUAGE).first()


def _ids_only(content: dict[str, Any], answer: list[str]) -> list[str]:
    """Return an answer without what was typed: events hold ids only, for they outlive their person."""
    if content["type"] == "number":
        return []
    return [text.partition("=")[0] for text in answer] if content.get("typed") else answer


def _lessons_to_read(keys: list[uuid.UUID]) -> list[dict[str, Any]]:
    pages = LessonPage.objects.live().in_language(language()).filter(translation_key__in=keys).select_related("picture")
    found = {page.translation_key: page for page in pages.defer("body")}
    return [{"page": found[key], "url": found[key].url} for key in keys if key in found][:5]


def _event(kind: str, lesson: LessonPage, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "kind": kind,
        "activity": str(lesson.translation_key),
        "edition": Edition.objects.latest_number(_course_of(lesson).translation_key),
        "language": language(),
        "at": timezone.now().isoformat(),
        "data": data,
    }


def _keep(request: HttpRequest, kind: str, lesson: LessonPage, data: dict[str, Any]) -> None:
    """Keep a deed of somebody signed out in this browser session, until she signs in and is asked."""
    kept = request.session.get(KEPT_DEEDS, [])
    request.session[KEPT_DEEDS] = [*kept, _event(kind, lesson, data)][-MOST_KEPT:]
