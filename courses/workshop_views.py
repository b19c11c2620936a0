"""Workshops at the facilitator's desk: writing one down with who was there, closing it, correcting its list."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.holding import (
    DEED,
    Answer,
    WorkshopRefused,
    by_name,
    change,
    close,
    cohorts_for,
    correct,
    mark_there,
    members_she_sees,
    open_workshop,
    people_there,
    take_off,
    workshops_for,
    write_down,
)
from courses.models import Attendance, Workshop
from courses.workshop_forms import CodesForm, CorrectionForm, WorkshopForm
from people.models import Cohort, User, Volunteer
from people.public import organisations_where, those_she_may

ON_A_PAGE = 20
BLANK_LINES = 24


def _holder(request: HttpRequest) -> tuple[User, Volunteer]:
    """Return the member of staff who may hold workshops somewhere, and the person she is; or refuse."""
    user = request.user
    if not isinstance(user, User) or user.volunteer is None or not organisations_where(user, DEED):
        raise PermissionDenied(_("This page is for who holds workshops."))
    return user, user.volunteer


def _workshop(user: User, key: uuid.UUID) -> Workshop:
    rows = workshops_for(user).select_related("topic__organisation", "territory__parent", "facilitator__identity")
    return get_object_or_404(rows, uuid=key)


def _cohort(user: User, request: HttpRequest) -> Cohort | None:
    """Return the cohort chosen in the address, of those of the user's organisations."""
    return next((row for row in cohorts_for(user) if str(row.uuid) == request.GET.get("cohort")), None)


@never_cache
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """Her workshops, or with `?all` those of her organisations, the newest first."""
    user, person = _holder(request)
    found = workshops_for(user) if "all" in request.GET else workshops_for(user).of(person)
    rows = found.counted().newest_first().select_related("topic", "territory", "facilitator__identity")
    page = {
        "listed": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "of_all": "all" in request.GET,
        "has_desk": bool(organisations_where(user, "invite")),
    }
    return render(request, "courses/workshops/workshops.html", page)


@never_cache
def new_workshop(request: HttpRequest) -> HttpResponse:
    """Write down what, when and where a workshop was."""
    user, _person = _holder(request)
    form = WorkshopForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workshop = open_workshop(form.plan, user)
        except WorkshopRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("workshop", workshop=workshop.uuid)
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/workshops/tell.html", {"form": form}, status=status)


@never_cache
def change_workshop(request: HttpRequest, workshop: uuid.UUID) -> HttpResponse:
    """Write anew what was told of a workshop that is still open."""
    user, _person = _holder(request)
    found = _workshop(user, workshop)
    if found.is_closed:
        return redirect("workshop", workshop=workshop)
    form = WorkshopForm(user, request.POST if request.method == "POST" else None, workshop=found)
    if request.method == "POST" and form.is_valid():
        try:
            change(found, form.plan, user)
        except WorkshopRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The change is kept."))
            return redirect("workshop", workshop=workshop)
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/workshops/tell.html", {"form": form, "workshop": found}, status=status)


@never_cache
def workshop(request: HttpRequest, workshop: uuid.UUID) -> HttpResponse:
    """One workshop with who was there. POST puts people on the list of an open one: typed codes, or ticked names."""
    user, _person = _holder(request)
    found = _workshop(user, workshop)
    ticking = "tick" in request.POST
    form = CodesForm(request.POST if request.method == "POST" and not ticking else None)
    answers: list[Answer] = []
    problem = ""
    if request.method == "POST":
        try:
            if ticking:
                messages.success(request, _taken(len(mark_there(found, _ticked(request, user), user))))
                return redirect(request.get_full_path())
            answers = write_down(found, form.cleaned_data["codes"], user) if form.is_valid() else []
        except WorkshopRefused as refused:
            problem = str(refused)
        if answers and not any(answer.problem for answer in answers):
            messages.success(request, _taken(sum(answer.is_new for answer in answers), len(answers)))
            return redirect(request.get_full_path())
    left = "\n".join(answer.typed for answer in answers if answer.problem)
    page = {
        "form": CodesForm(initial={"codes": left}) if left else form,
        "answers": answers,
        "problem": problem,
        **_shown(found, user, request),
    }
    return render(request, "courses/workshops/workshop.html", page, status=422 if request.method == "POST" else 200)


def _ticked(request: HttpRequest, user: User) -> list[Volunteer]:
    """Return the ticked people of the chosen cohort."""
    cohort = _cohort(user, request)
    keys = set(request.POST.getlist("person"))
    return [person for person in (members_she_sees(user, cohort) if cohort else []) if str(person.uuid) in keys]


def _taken(new: int, all_of_them: int = 0) -> str:
    """Return how many people were taken, and how many stood on the list before."""
    before = all_of_them - new
    sentences = [
        ngettext("%(n)s person was put on the list.", "%(n)s people were put on the list.", new) % {"n": new}
        if new
        else "",
        ngettext("%(n)s stood on it already.", "%(n)s stood on it already.", before) % {"n": before}
        if before > 0
        else "",
    ]
    return " ".join(filter(None, sentences)) or _("Nobody new was put on the list.")


def _shown(workshop: Workshop, user: User, request: HttpRequest) -> dict[str, Any]:
    """Return what the page of a workshop shows: the people whose names she may see, and how many others."""
    people = people_there(workshop)
    seen = by_name(those_she_may(user, "see_person", [person for person in people if hasattr(person, "identity")]))
    cohort = None if workshop.is_closed else _cohort(user, request)
    there = {person.pk for person in people}
    return {
        "workshop": workshop,
        "people": seen,
        "count": len(people),
        "unseen": len(people) - len(seen),
        "cohorts": [] if workshop.is_closed else cohorts_for(user),
        "cohort": cohort,
        "members": [(person, person.pk in there) for person in members_she_sees(user, cohort)] if cohort else [],
        "corrections": _corrections(workshop, user) if workshop.is_closed else [],
    }


def _corrections(workshop: Workshop, user: User) -> list[Attendance]:
    """Return what was corrected after closing, of the people she may see, the newest first."""
    rows = Attendance.objects.corrected(workshop).select_related(
        "volunteer__identity", "volunteer__territory__parent", "recorded_by__identity", "removed_by__identity"
    )
    found = list(rows.filter(volunteer__erased_at=None))
    seen = {person.pk for person in those_she_may(user, "see_person", [row.volunteer for row in found])}
    return [row for row in found if row.volunteer_id in seen]


@never_cache
@require_POST
def take_off_list(request: HttpRequest, workshop: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Take a person off the list of a workshop that is still open."""
    user, _person = _holder(request)
    found = _workshop(user, workshop)
    rows = Volunteer.objects.filter(attendances__workshop=found).select_related("territory__parent", "organisation")
    try:
        take_off(found, get_object_or_404(rows.distinct(), uuid=person), user)
    except WorkshopRefused as refused:
        page = {"form": CodesForm(), "problem": str(refused), **_shown(found, user, request)}
        return render(request, "courses/workshops/workshop.html", page, status=422)
    messages.success(request, _("She does not stand on the list any more."))
    return redirect("workshop", workshop=workshop)


@never_cache
def close_workshop(request: HttpRequest, workshop: uuid.UUID) -> HttpResponse:
    """Say what closing does and for how many people, then close."""
    user, _person = _holder(request)
    found = _workshop(user, workshop)
    problem = ""
    if request.method == "POST":
        shown = request.POST.get("people", "")
        try:
            close(found, user, expected=int(shown) if shown.isdecimal() else None)
        except WorkshopRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The workshop is closed. Who was there sees it on her page."))
            return redirect("workshop", workshop=workshop)
    if found.is_closed:
        return redirect("workshop", workshop=workshop)
    page = {**_shown(found, user, request), "problem": problem}
    return render(request, "courses/workshops/close.html", page, status=422 if request.method == "POST" else 200)


@never_cache
def correct_attendance(request: HttpRequest, workshop: uuid.UUID) -> HttpResponse:
    """Correct the list of a closed workshop for one person, with the reason."""
    user, _person = _holder(request)
    found = _workshop(user, workshop)
    if not found.is_closed:
        return redirect("workshop", workshop=workshop)
    form = CorrectionForm(
        user, request.POST if request.method == "POST" else None, initial=_named(request, found, user)
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            correct(found, told["code"], told["was_there"], user, told["reason"])
        except WorkshopRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The correction is kept, with your reason. The former can still be read."))
            return redirect("workshop", workshop=workshop)
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/workshops/correct.html", {"form": form, "workshop": found}, status=status)


def _named(request: HttpRequest, workshop: Workshop, user: User) -> dict[str, str]:
    """Return what the correction starts from when a name on the list led here: her code, and that she was not there."""
    key = request.GET.get("person")
    people = [person for person in people_there(workshop) if str(person.uuid) == key and hasattr(person, "sign_in")]
    seen = those_she_may(user, "see_person", people)
    return {"code": seen[0].sign_in.code, "was_there": "no"} if seen else {}


@never_cache
@require_safe
def attendance_sheet(request: HttpRequest) -> HttpResponse:
    """The list to print for a workshop without signal: blank lines, or the names of a cohort and some blank lines."""
    user, _person = _holder(request)
    cohort = _cohort(user, request)
    members = members_she_sees(user, cohort) if cohort else []
    page = {
        "cohorts": cohorts_for(user),
        "cohort": cohort,
        "lines": [person.identity.safe_name for person in members] + [""] * max(BLANK_LINES - len(members), 6),
    }
    return render(request, "courses/workshops/sheet.html", page)
