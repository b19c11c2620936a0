"""Visits on the coordinator's screen, her answer on the asked person's, and what a letter's code tells anyone."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from certificates.models import Visit, VisitPerson
from certificates.printing import PrintingUnavailable, issuer_of
from certificates.register.asking import Question, scope_of
from certificates.register.looking_up import note_person, note_question
from certificates.spanning import today
from certificates.visits.asking import (
    Answer,
    answer,
    ask,
    asked_by,
    asked_of,
    find_person,
    message_for,
    note_answer,
    take_off,
)
from certificates.visits.candidates import candidates_for, described
from certificates.visits.closing import call_off, reason_for, take_up_again, took_place
from certificates.visits.forms import OutcomeForm, PersonForm, VisitForm
from certificates.visits.letters import check_letter, letter_pdf
from certificates.visits.month import Row, month_in, month_of
from certificates.visits.planning import (
    DEED,
    VisitRefused,
    change_visit,
    find_visit,
    forgotten_on,
    is_forgotten,
    plan_visit,
)
from certificates.visits.team import name_of, team_of
from cms.models.throttle import tried_too_often
from people.models import User, Volunteer
from people.public import organisations_where, the_learner

ON_A_PAGE = 12
MOST_CHECKS = 30
WITHIN = timedelta(hours=1)
ANSWERS = {Answer.CAN: True, Answer.CANNOT: False}


def _coordinator(request: HttpRequest) -> User:
    """Return the member of staff who may plan visits somewhere, or refuse."""
    user = request.user
    if not isinstance(user, User) or user.volunteer is None or not organisations_where(user, DEED):
        raise PermissionDenied(_("This page is for coordinators."))
    return user


def _visit(user: User, key: uuid.UUID) -> Visit:
    found = find_visit(user, key)
    if found is None:
        raise Http404
    return found


# --- the month -----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """The month: a sentence, then its visits."""
    month = month_of(_coordinator(request), month_in(request.GET.get("month", "")))
    return render(request, "certificates/visits/month.html", {"month": month})


@never_cache
@require_safe
def visits_sheet(request: HttpRequest) -> HttpResponse:
    """The month on one sheet to print, people by their initials."""
    month = month_of(_coordinator(request), month_in(request.GET.get("month", "")))
    return render(request, "certificates/visits/sheet.html", {"month": month})


# --- one visit -----------------------------------------------------------------------------------------------------


@never_cache
def new_visit(request: HttpRequest) -> HttpResponse:
    """Plan a visit."""
    user = _coordinator(request)
    form = VisitForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_visit(form.plan, user)
        except VisitRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("visit", visit=planned.uuid)
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/visits/plan.html", {"form": form}, status=status)


@never_cache
def change(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Change what was planned. Another day or place asks everybody again."""
    user = _coordinator(request)
    found = _visit(user, visit)
    if found.state != Visit.State.PLANNED or is_forgotten(found):
        return redirect("visit", visit=visit)
    form = VisitForm(user, request.POST if request.method == "POST" else None, visit=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_visit(found, form.plan, user)
        except VisitRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The change is kept."))
            return redirect("visit", visit=visit)
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/visits/plan.html", {"form": form, "visit": found}, status=status)


@never_cache
@require_safe
def visit(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """One visit: how many it needs and has, who was asked, and what comes next."""
    return _shown(request, _visit(_coordinator(request), visit))


def _shown(request: HttpRequest, visit: Visit, problem: str = "", status: int = 200) -> HttpResponse:
    row = Row(visit, team_of(visit))
    page = {
        "visit": visit,
        "row": row,
        "asked": [{"asked": asked, "message": message_for(asked.row) if row.is_ahead else None} for asked in row.team],
        "forgotten_on": forgotten_on(visit),
        "correctable": not is_forgotten(visit),
        "reason": reason_for(visit),
        "problem": problem,
    }
    return render(request, "certificates/visits/visit.html", page, status=status)


@never_cache
def people(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Who could be asked. POST asks a person of the list, or one by her code."""
    user = _coordinator(request)
    found = _visit(user, visit)
    if is_forgotten(found) or found.state == Visit.State.CANCELLED:
        return redirect("visit", visit=visit)
    form = PersonForm(request.POST if "code" in request.POST else None)
    problem = ""
    if request.method == "POST":
        person = _person_to_ask(request, user, form)
        try:
            asked = ask(found, person, user) if person else None
        except VisitRefused as refused:
            problem = str(refused)
        else:
            if asked and person:
                messages.success(
                    request, _("%(name)s is on the list. Send her the message.") % {"name": name_of(person)}
                )
                return redirect("visit", visit=visit)
    row = Row(found, team_of(found))
    everybody = candidates_for(found)
    listed = Paginator(everybody, ON_A_PAGE).get_page(request.GET.get("page"))
    candidates = described(found, list(listed))
    note_question(user, Question(found.role, found.day, found.territory), len(candidates))
    page = {
        "visit": found,
        "row": row,
        "may_go": sum(not one.problem for one in everybody),
        "listed": listed,
        "candidates": [one for one in candidates if not one.problem],
        "ending": [one for one in candidates if one.problem],
        "form": form,
        "problem": problem,
    }
    return render(request, "certificates/visits/people.html", page, status=422 if request.method == "POST" else 200)


def _person_to_ask(request: HttpRequest, user: User, form: PersonForm) -> Volunteer | None:
    """Return the person chosen on the list, or by her code; None where the form says what is wrong."""
    if not form.is_bound:
        key = request.POST.get("person", "")
        rows = Volunteer.objects.select_related("identity", "territory__parent__parent", "organisation")
        chosen = rows.filter(uuid=key, erased_at=None).first() if _is_uuid(key) else None
        return chosen if chosen and scope_of(user).sees(chosen) else None
    if not form.is_valid():
        return None
    found = find_person(user, form.cleaned_data["code"])
    if found:
        note_person(user, found, found.organisation)
    else:
        form.add_error("code", _("Nobody in your care has this code. Look at her card again."))
    return found


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@never_cache
@require_POST
def person(request: HttpRequest, visit: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Write what a person told by voice, or take her off."""
    user = _coordinator(request)
    found = _visit(user, visit)
    row = get_object_or_404(VisitPerson.objects.select_related("visit"), visit=found, volunteer__uuid=person)
    said = request.POST.get("answer", "")
    try:
        if said == "off":
            take_off(row, user)
        elif said in ANSWERS:
            note_answer(row, user, ANSWERS[Answer(said)], "travel" in request.POST)
    except VisitRefused as refused:
        return _shown(request, found, str(refused), 422)
    return redirect("visit", visit=visit)


@never_cache
def close(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Say what came of a visit, or call it off before; until 30 days after it, correct what was said."""
    user = _coordinator(request)
    found = _visit(user, visit)
    form = OutcomeForm(found, team_of(found), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            if "take_up" in request.POST:
                take_up_again(found, user)
                return redirect("visit", visit=visit)
            if form.is_valid():
                _close(found, form, user)
                messages.success(request, _("It is kept. It can be corrected until names and places are deleted."))
                return redirect("visit", visit=visit)
        except VisitRefused as refused:
            return _shown(request, found, str(refused), 422)
    if is_forgotten(found):
        return redirect("visit", visit=visit)
    page = {"visit": found, "form": form, "is_ahead": today() < found.day, "forgotten_on": forgotten_on(found)}
    return render(request, "certificates/visits/close.html", page, status=422 if request.method == "POST" else 200)


def _close(visit: Visit, form: OutcomeForm, user: User) -> None:
    if form.cleaned_data["outcome"] == Visit.State.TOOK_PLACE:
        took_place(visit, form.those_who_went, user)
    else:
        call_off(visit, form.cleaned_data["reason"], user)


@never_cache
@require_safe
def letter(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """The visit letter as PDF, with those who agreed and may go."""
    user = _coordinator(request)
    found = _visit(user, visit)
    try:
        content = letter_pdf(found, user)
    except VisitRefused as refused:
        return _shown(request, found, str(refused), 409)
    except PrintingUnavailable:
        return _shown(request, found, _("This school cannot make PDF files yet. Ask who runs it to add Pango."), 503)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_("visit-letter")}-{found.day:%Y-%m-%d}.pdf"'
    return response


# --- the asked person ----------------------------------------------------------------------------------------------


@never_cache
def visit_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by a link, without signing in. The page names nobody and no role."""
    row = asked_by(token)
    if row is None:
        return render(request, "certificates/visits/no_answer.html", status=404)
    if request.method == "POST":
        said = request.POST.get("answer", "")
        if said in ANSWERS and answer(row, ANSWERS[Answer(said)], "travel" in request.POST):
            messages.success(request, _("Your answer is kept. You can change it until that day."))
            return redirect("visit_answer", token=token)
    page = {"row": row, "is_off": row.visit.state != Visit.State.PLANNED}
    return render(request, "certificates/visits/answer.html", page, status=422 if request.method == "POST" else 200)


@never_cache
@require_POST
def my_visit(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Answer on one's own page."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    row = next((row for row in asked_of(learner) if row.visit.uuid == visit), None)
    if row is None:
        raise Http404
    said = request.POST.get("answer", "")
    if said in ANSWERS and answer(row, ANSWERS[Answer(said)], "travel" in request.POST):
        messages.success(request, _("Your answer is kept. You can change it until that day."))
    return redirect("me")


# --- anyone --------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def visit_letter_check(request: HttpRequest, token: str) -> HttpResponse:
    """Tell anyone whether a visit letter is valid today; it names nobody."""
    if tried_too_often("visit_letter", request.META.get("REMOTE_ADDR", ""), most=MOST_CHECKS, within=WITHIN):
        return render(request, "certificates/visits/letter_check.html", {"too_often": True}, status=429)
    found = check_letter(token)
    page: dict[str, Any] = {"answer": found, "issuer": issuer_of(found.visit) if found.visit else None}
    return render(request, "certificates/visits/letter_check.html", page, status=200 if found.visit else 404)
