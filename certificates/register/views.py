"""The register: the question and its answer, one person's yes or no, the map, and alerts about look-ups."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks

from certificates.models import Alert, Grant, MonitoringCycle, Role
from certificates.register.asking import (
    ROWS,
    Question,
    Scope,
    certified_by_place,
    counts,
    home_counts,
    people_in,
    scope_of,
)
from certificates.register.forms import STATUS_WORDS, QuestionForm
from certificates.register.judging import judge, missing_for
from certificates.register.looking_up import alerts_for, note_person, note_question
from certificates.register.mapping import Drawing, Shade, map_of, suppress
from certificates.requiring import roles_with_requirements
from cms.auditing import record
from people.models import Territory, User, Volunteer


def _coordinator(request: HttpRequest) -> tuple[User, Scope]:
    """Return who asks and what she may see, or refuse."""
    user, scope = request.user, scope_of(request.user)
    if not isinstance(user, User) or not scope.responsibilities:
        raise PermissionDenied(_("The register is for coordinators."))
    return user, scope


@never_cache
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Ask who may do a role, in a place, on a day: counts first, then people."""
    user, scope = _coordinator(request)
    form = QuestionForm(request.GET, scope)
    page: dict[str, Any] = {
        "form": form,
        "alerts": alerts_for(user, scope.organisations),
        "links": [link for offer in hooks.get_hooks("register_links") for link in offer(request)],
    }
    if not form.is_valid():
        return render(request, "certificates/register/register.html", page, status=422)
    question = form.question
    found = counts(question, scope)
    number = _page_number(request)
    people = people_in(question, scope, number)
    note_question(user, question, len(people))
    learning = [row.person for row in people] if question.status == "training" else []
    missing = missing_for(learning, _whole(question.role), question.day) if learning else {}
    page |= {
        "question": question,
        "status_words": STATUS_WORDS[question.status],
        "counts": [
            {"status": status, "words": words, "count": found[status], "query": _query(form, status=status)}
            for status, words in STATUS_WORDS.items()
        ],
        "people": [{"row": row, "missing": missing.get(row.person.pk, [])} for row in people],
        "count": found[question.status],
        "query": _query(form),
        "number": number,
        "pages": max(1, -(-found[question.status] // ROWS)),
    }
    return render(request, "certificates/register/register.html", page)


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return max(1, int(typed)) if typed.isdecimal() and len(typed) < 6 else 1


def _query(form: QuestionForm, **changes: str) -> str:
    """Return the question as the query of an address."""
    given = form.cleaned_data
    asked = {
        "role": given["role"].uuid,
        "place": given["place"].code if given["place"] else "",
        "day": given["day"].isoformat(),
        "status": given["status"],
        "language": given["language"],
        "cohort": given["cohort"].uuid if given["cohort"] else "",
    }
    return urlencode({key: value for key, value in {**asked, **changes}.items() if value})


def _whole(role: Role) -> Role:
    """Return a role with its requirements and what they name."""
    return roles_with_requirements(role.organisation).get(pk=role.pk)


@never_cache
@require_safe
def register_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """One person: yes or no on that date, in that place, and why; her history. The look is written down."""
    user, scope = _coordinator(request)
    rows = Volunteer.objects.select_related("organisation", "territory__parent__parent", "identity")
    found = get_object_or_404(rows, uuid=person, erased_at=None)
    if not scope.sees(found):
        raise Http404
    form = QuestionForm(request.GET, scope)
    if not form.is_valid():
        return redirect(f"{reverse('register')}?{request.GET.urlencode()}")
    question = form.question
    note_person(user, found, question.role.organisation)
    grants = Grant.objects.filter(volunteer=found, role__organisation__in=scope.organisations)
    page = {
        "person": found,
        "question": question,
        "query": _query(form),
        "form": form,
        "verdict": judge(found, _whole(question.role), question.place, question.day),
        "grants": grants.select_related("role", "territory__parent").prefetch_related("periods__by"),
        "links": [link for offer in hooks.get_hooks("register_person_links") for link in offer(request, found)],
    }
    return render(request, "certificates/register/person.html", page)


@never_cache
@require_safe
def register_map(request: HttpRequest) -> HttpResponse:
    """The map of certified people and gaps for a role and a day; the table beside it says the same."""
    _user, scope = _coordinator(request)
    form = QuestionForm(request.GET, scope)
    within = request.GET.get("department") or None
    if within and not Territory.objects.filter(code=within, kind="department").exists():
        raise Http404
    if not form.is_valid():
        return redirect(f"{reverse('register')}?{request.GET.urlencode()}")
    question = form.question
    page = {
        "form": form,
        "question": question,
        "query": _query(form),
        "drawing": drawing_of(question, scope, within),
        "department": within,
    }
    return render(request, "certificates/register/map_page.html", page)


def drawing_of(question: Question, scope: Scope, within: str | None = None) -> Drawing:
    """Return the map of a question: what the asker is responsible for to the last person, the rest from five up."""
    organisations = [question.role.organisation]
    certified = certified_by_place(question.role, question.day, organisations)
    at_home = home_counts(organisations)
    needed = needed_for(question)
    may_see = {
        place.code
        for place in Territory.objects.filter(kind="municipality").select_related("parent")
        if scope.covers(question.role.organisation, place)
    }
    # Elsewhere every place is asked about: that one were missing would tell that nobody of the network lives there.
    asked = {code: count for code, count in certified.items() if count or at_home.get(code) or code not in may_see}
    told = suppress(asked, may_see)
    shades = [
        Shade(code, count, needed if code in may_see and at_home.get(code) else 0) for code, count in told.items()
    ]
    query = {"role": question.role.uuid, "day": question.day.isoformat()}
    if within is None:
        departments = {code[:2] for code in asked}
        base = reverse("register_map")
        addresses = {code: f"{base}?{urlencode({**query, 'department': code})}" for code in departments}
    else:
        base = reverse("register")
        addresses = {code: f"{base}?{urlencode({**query, 'place': code})}" for code in asked}
    return map_of(shades, within, addresses)


def needed_for(question: Question) -> int:
    """Return how many people a place should have for a role: what the cycle's rule asks for a visit, else one."""
    cycle = MonitoringCycle.objects.filter(
        organisation=question.role.organisation_id,
        visit_role=question.role,
        starts_on__lte=question.day,
        ends_on__gte=question.day,
    ).first()
    return cycle.visit_people if cycle else 1


@never_cache
@require_POST
def read_alert(request: HttpRequest, alert: int) -> HttpResponse:
    """A coordinator has read the alert about another's look-ups."""
    user, scope = _coordinator(request)
    rows = Alert.objects.filter(organisation__in=scope.organisations).exclude(about=user.volunteer)
    found = get_object_or_404(rows, pk=alert)
    if found.read_by is None:
        found.read_by, found.read_at = user.volunteer, timezone.now()
        found.save(update_fields=["read_by", "read_at"])
        record("alert_read", found, actor=user)
    messages.success(request, _("It is kept that you have read it. Talk with the person, or with your organisation."))
    return redirect("register")
