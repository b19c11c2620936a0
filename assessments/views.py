"""Practicals and open answers: the desk of observers and markers, and the learner's own page of a practical."""

import base64
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.answering import VOICE_TYPES
from assessments.forms import CorrectionForm, MarkForm, NewObservationForm, PersonForm, initial_scores, score_choices
from assessments.marking import Given, MarkRefused, mark, marked_by, may_mark, waiting_for
from assessments.models import Answer, Observation, Practical
from assessments.observing import (
    ObservationRefused,
    correct,
    find_practical,
    in_words_of_reader,
    observations_of,
    observe,
    practical_state,
    practicals_for,
    why_not_observer,
)
from cms.languages import SOURCE_LANGUAGE
from people.models import User, Volunteer
from people.public import may, organisations_where, the_learner

MOST_SHOWN = 60
OWN_MARKS_SHOWN = 10


def language() -> str:
    """Return the language the page is read in."""
    return get_language() or SOURCE_LANGUAGE


def _staff(request: HttpRequest, deed: str, refusal: str) -> tuple[User, Volunteer]:
    """Return the member of staff who may do a deed somewhere, and the person she is; or refuse."""
    user = request.user
    if not isinstance(user, User) or user.volunteer is None or not organisations_where(user, deed):
        raise PermissionDenied(refusal)
    return user, user.volunteer


def _observer(request: HttpRequest) -> tuple[User, Volunteer]:
    return _staff(request, "observe", _("This page is for who observes practicals."))


def _marker(request: HttpRequest) -> tuple[User, Volunteer]:
    return _staff(request, "mark", _("This page is for who marks answers."))


def _practical(key: uuid.UUID) -> tuple[Practical, dict[str, Any]]:
    found = find_practical(key, language())
    if found is None:
        raise Http404
    return found


# --- observing -----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def practicals(request: HttpRequest) -> HttpResponse:
    """Choose which practical to observe."""
    user, _person = _observer(request)
    return render(request, "assessments/desk/practicals.html", {"practicals": practicals_for(user, language())})


@never_cache
def practical_person(request: HttpRequest, practical: uuid.UUID) -> HttpResponse:
    """Say whom to observe, by her code."""
    user, _person = _observer(request)
    _found, content = _practical(practical)
    form = PersonForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("observe", practical=practical, person=form.cleaned_data["person"].uuid)
    page = {"practical": practical, "content": content, "form": form}
    return render(request, "assessments/desk/person.html", page, status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
def practical_paper(request: HttpRequest, practical: uuid.UUID) -> HttpResponse:
    """The checklist to print and fill in by hand."""
    _observer(request)
    _found, content = _practical(practical)
    lines = [{**line, "choices": score_choices(line["points"])} for line in content["rubric"]]
    page = {"practical": practical, "content": {**content, "rubric": lines}}
    return render(request, "assessments/desk/paper.html", page)


@never_cache
def observe_person(request: HttpRequest, practical: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """The checklist of a practical for one person; POST keeps it. Below it stands what was kept before."""
    user, observer = _observer(request)
    found, content = _practical(practical)
    volunteer = get_object_or_404(Volunteer.objects.select_related("organisation"), uuid=person, erased_at=None)
    if not may(user, "observe", volunteer):
        raise PermissionDenied(_("This person is not in your care."))
    form = NewObservationForm(content, request.POST or None, initial={"day": timezone.localdate()})
    first = None
    if request.method == "POST" and form.is_valid():
        by = form.cleaned_data["observer"] or observer
        try:
            kept = observe(found, volunteer, form.seen, observer=by, recorded_by=observer)
        except ObservationRefused as refused:
            form.add_error(None, str(refused))
            first = refused.first
        else:
            messages.success(request, _kept_message(kept))
            return redirect("observe", practical=practical, person=person)
    page = {
        "practical": practical,
        "content": content,
        "person": volunteer,
        "form": form,
        "first": first,
        "state": practical_state(volunteer, practical),
        "observations": observations_of(volunteer, practical),
        "why_not": why_not_observer(found, volunteer, observer),
    }
    return render(request, "assessments/desk/observe.html", page, status=422 if request.method == "POST" else 200)


def _kept_message(kept: Observation) -> str:
    state = practical_state(kept.volunteer, kept.practical_key)
    return {
        "second": _("It is kept. A second person has still to observe her."),
        "third": _("It is kept. The two do not agree: a third person decides."),
    }.get(state.waits_for, _("It is kept. She can see the outcome on her page."))


@never_cache
def correct_observation(request: HttpRequest, observation: uuid.UUID) -> HttpResponse:
    """Replace an observation by a corrected one, with the reason; the old one stays to be read."""
    user, person = _observer(request)
    rows = Observation.objects.select_related("volunteer__organisation", "territory", "observer__identity")
    found = get_object_or_404(rows, pk=observation, volunteer__erased_at=None)
    if not may(user, "observe", found.volunteer) or found.volunteer == person:
        raise PermissionDenied(_("This person is not in your care."))
    content = in_words_of_reader(found, language())
    form = CorrectionForm(found, content["rubric"], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = correct(found, form.seen, by=person, reason=form.cleaned_data["reason"])
        except ObservationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _kept_message(kept))
            return redirect("observe", practical=found.practical_key, person=found.volunteer.uuid)
    page = {"observation": found, "content": content, "form": form}
    return render(request, "assessments/desk/correct.html", page, status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
def my_practical(request: HttpRequest, practical: uuid.UUID) -> HttpResponse:
    """The learner's own page of a practical: the checklist to prepare herself, and what was seen of her."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    _found, content = _practical(practical)
    seen = [row for row in observations_of(learner, practical) if not hasattr(row, "replaced_by")]
    page = {
        "content": content,
        "state": practical_state(learner, practical),
        "observations": [{"observation": row, "lines": _lines(row)} for row in reversed(seen)],
    }
    return render(request, "assessments/my_practical.html", page)


def _lines(observation: Observation) -> list[dict[str, Any]]:
    content = in_words_of_reader(observation, language())
    return [{**line, "given": observation.scores[line["id"]]} for line in content["rubric"]]


# --- marking -------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def marking(request: HttpRequest) -> HttpResponse:
    """The open answers that wait for a mark, the oldest first, without names; and one's own last marks."""
    user, _person = _marker(request)
    waiting = waiting_for(user)
    page = {
        "waiting": waiting[:MOST_SHOWN],
        "count": len(waiting),
        "marks": marked_by(user, OWN_MARKS_SHOWN),
    }
    return render(request, "assessments/desk/marking.html", page)


def _answer(request: HttpRequest, pk: int) -> Answer:
    """Return an open answer this member of staff may mark, or refuse."""
    user, _person = _marker(request)
    rows = Answer.objects.filter(own_words__isnull=False)
    found = get_object_or_404(rows.select_related("version", "own_words", "attempt__volunteer__organisation"), pk=pk)
    if not may_mark(user, found):
        raise PermissionDenied(_("This answer is not for you to mark."))
    return found


@never_cache
def mark_answer(request: HttpRequest, answer: int) -> HttpResponse:
    """Mark one open answer, or correct its mark with a reason."""
    found = _answer(request, answer)
    _user, marker = _marker(request)
    marks = list(found.marks.all())
    newest = marks[-1] if marks else None
    initial = {"after": len(marks), **(initial_scores(newest.scores) | {"comment": newest.comment} if newest else {})}
    corrects = newest is not None and request.POST.get("after", "") != "0"
    form = MarkForm(found.version.content["rubric"], request.POST or None, initial=initial, corrects=corrects)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        given = Given(form.scores, form.cleaned_data["comment"])
        try:
            mark(found, given, by=marker, after=form.cleaned_data["after"], reason=form.cleaned_data.get("reason", ""))
        except MarkRefused as refused:
            form.add_error(None, str(refused))
            newest, status = refused.newest, 409
        else:
            messages.success(request, _("Your mark is kept. She sees it on her page."))
            return redirect("marking")
    page = {"answer": found, "content": found.version.content, "form": form, "newest": newest}
    return render(request, "assessments/desk/mark.html", page, status=status)


@never_cache
@require_safe
def answer_voice(request: HttpRequest, answer: int) -> HttpResponse:
    """The voice of an open answer, for who may mark it; never kept in a cache."""
    words = _answer(request, answer).own_words
    if not words.voice:
        raise Http404
    kind = words.voice_type if words.voice_type in VOICE_TYPES else "application/octet-stream"
    return HttpResponse(base64.b64decode(words.voice), content_type=kind)
