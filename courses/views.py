"""The learner's own pages: her courses, her road, practice and evaluations by ordinary forms."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks

from assessments.public import (
    Attempt,
    AttemptRefused,
    Quiz,
    answer_from,
    asked,
    clean_answer,
    content_of,
    grade,
    news_for,
    refuse_if_too_soon,
    save_answers,
    sent_with,
    start,
    submit,
    tell,
    to_review,
)
from cms.languages import SOURCE_LANGUAGE
from cms.same_origin import same_origin_post
from courses.completing import courses_with_quiz, enrol
from courses.learning import find_course, live_courses, path_of, quiz_step
from courses.models import CoursePage, Edition, LessonPage, ModulePage
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
        "picked": [option for option in content["options"] if option["id"] in chosen],
        "is_right": points == 1,
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
    found = _quiz_of(page, quiz)
    path = path_of(page, learner, request)
    step = next(step for step in path.steps if step.key == found.translation_key)
    problem: AttemptRefused | None = None
    if step.state == "locked":
        problem = AttemptRefused(_("This opens when you have passed: %s") % step.opens_after)
    else:
        try:
            if request.method == "POST":
                return redirect("attempt", attempt=_start(learner, found, page).uuid)
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
        "graded": list(attempts.graded().order_by("-submitted_at")),
    }
    return render(request, "courses/quiz.html", context, status=409 if problem and request.method == "POST" else 200)


@never_cache
def attempt(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """The questions of an attempt; POST sends the answers, once, and leads to the result.

    A script that asks for a part (`X-Part`) gets the result's `<main>` in the same answer: no second page to load.
    """
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = Attempt.objects.filter(pk=attempt, volunteer=learner).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        sent = sent_with(request.POST, request.FILES)
        if "save" in request.POST:
            is_open = save_answers(found.pk, learner, sent.answers)
            return redirect("quiz_saved", attempt=attempt) if is_open else redirect("result", attempt=attempt)
        graded = submit(found.pk, learner, sent, language())
        if "X-Part" in request.headers:
            return _result_page(request, graded, layout="cms/part.html")
        return redirect("result", attempt=attempt)
    if found.submitted_at:
        return redirect("result", attempt=found.pk)
    context = {"attempt": found, "questions": asked(found, language()), "quiz": _quiz_by_key(found.quiz_key)}
    return render(request, "courses/attempt.html", context)


@never_cache
@require_safe
def result(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """What went well, what to read again, when she may try again, what comes next."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = Attempt.objects.graded().filter(pk=attempt, volunteer=learner).first()
    if found is None:
        raise Http404
    return _result_page(request, found)


def _result_page(request: HttpRequest, found: Attempt, layout: str = "cms/personal.html") -> HttpResponse:
    course = next(iter(courses_with_quiz(found.quiz_key)), None)
    final = course.final if course else None
    is_final = final is not None and final.translation_key == found.quiz_key
    quiz = final if is_final else _quiz_by_key(found.quiz_key)
    lessons = _lessons_to_read(to_review(found)) if not found.passed or found.percent < 100 else []
    context = {
        "layout": layout,
        "attempt": found,
        "quiz": quiz,
        "course": course,
        "again_url": quiz_step(course, quiz).url if course and quiz else "",
        "lessons": lessons,
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


def _quiz_of(course: CoursePage, slug: str) -> Quiz:
    if course.final and course.final.slug == slug:
        return course.final
    module = (
        ModulePage.objects.live().child_of(course).filter(check_quiz__slug=slug).select_related("check_quiz").first()
    )
    if module is None or module.check_quiz is None:
        raise Http404
    quiz: Quiz = module.check_quiz
    return quiz


def _quiz_by_key(key: uuid.UUID) -> Quiz | None:
    return Quiz.objects.filter(translation_key=key, locale__language_code=SOURCE_LANGUAGE).first()


def _start(learner: Volunteer, quiz: Quiz, course: CoursePage) -> Attempt:
    edition = Edition.objects.latest(course.translation_key)
    enrol(learner, course.translation_key)
    return start(
        learner,
        quiz,
        edition=edition.number if edition else 0,
        manifest_hash=edition.manifest_hash if edition else "",
        language=language(),
    )


def _ids_only(content: dict[str, Any], answer: list[str]) -> list[str]:
    """Return an answer without what was typed: events hold ids and numbers only, for they outlive their person."""
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
