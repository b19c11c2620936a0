"""A volunteer's own pages of her roles: all of them, one of them, asking for review, who looked her up."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail import hooks

from certificates.appealing import appeal, can_appeal
from certificates.deciding.offices import Offices
from certificates.deciding.telling import facts_in
from certificates.eligibility import facts_of
from certificates.granting import GrantRefused, come_back, go_on, leave, pause
from certificates.mine.forms import AppealForm
from certificates.mine.holding import Held, frozen_of, held
from certificates.mine.looked_up import days_of, looks_of
from certificates.mine.overview import overview_of, waited_since
from certificates.mine.telling import story_of
from certificates.models import Appeal, Grant, Period, Proposal
from certificates.reminding import newest_reminders
from certificates.spanning import today
from people.models import Volunteer
from people.public import the_learner


@never_cache
@require_safe
def my_roles(request: HttpRequest) -> HttpResponse:
    """Her roles and until when, what waits for a decision, and the next step to what she is on the way to."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    overview = overview_of(learner, today(), timezone.now())
    appeals = {row.proposal_id: row for row in Appeal.objects.filter(volunteer=learner, proposal__isnull=False)}
    page = {
        "overview": overview,
        "cards": [(card, _links(request, card.held.grant)) for card in overview.current],
        "declined": [(row, appeals.get(row.pk)) for row in overview.declined],
        "contact": learner.organisation.facilitator_contact,
    }
    return render(request, "certificates/mine/my_roles.html", page)


def _links(request: HttpRequest, grant: Grant) -> list[tuple[str, str, str]]:
    """Return what other parts offer for a role: address, pictogram, words."""
    return [link for offer in hooks.get_hooks("role_links") for link in offer(request, grant)]


@never_cache
@require_safe
def my_role(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """One role: how it stands, what it rests on, what happened with it, and what she may do."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    return _show_role(request, learner, _own(learner, grant))


def _own(learner: Volunteer, key: uuid.UUID) -> Grant:
    """Return a grant of the learner's with its periods, or answer that there is none."""
    rows = Grant.objects.filter(volunteer=learner, periods__isnull=False).distinct()
    found: Grant = get_object_or_404(
        rows.select_related("role__organisation", "territory__parent").prefetch_related("periods"), uuid=key
    )
    return found


def _standing(learner: Volunteer, grant: Grant) -> Held:
    return held(grant, facts_of([learner])[learner.pk].standing(grant), today())


def _show_role(request: HttpRequest, learner: Volunteer, grant: Grant, problem: str = "") -> HttpResponse:
    standing = _standing(learner, grant)
    decision = standing.appealable(learner)
    reminder = newest_reminders([grant]).get(grant.pk)
    page: dict[str, Any] = {
        "grant": grant,
        "held": standing,
        "reminder": reminder if reminder and reminder.ends_on == standing.until else None,
        "facts": facts_in(frozen_of(grant)),
        "story": story_of(grant),
        "links": _links(request, grant),
        "decision": decision,
        "appeal": Appeal.objects.filter(period=decision).first() if decision else None,
        "problem": problem,
    }
    return render(request, "certificates/mine/my_role.html", page, status=422 if problem else 200)


@never_cache
def pause_role(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Put a role in pause, from today. Nobody asks why."""
    return _do(request, grant, pause, _("Your role is in pause from today. Take it up again whenever you want."))


@never_cache
def take_up_role(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Take a role in pause up again, from today."""
    return _do(request, grant, go_on, _("Your role goes on from today."))


@never_cache
def leave_role(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Say what leaving a role brings, then do it."""
    if request.method == "POST":
        return _do(request, grant, leave, _("You have left the role. Thank you for what you did."))
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = _own(learner, grant)
    if not _standing(learner, found).can_leave:
        return redirect("my_role", grant=grant)
    page = {"grant": found, "contact": learner.organisation.facilitator_contact}
    return render(request, "certificates/mine/leave.html", page)


@never_cache
def return_to_role(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Ask for a role again that she left."""
    return _do(request, grant, come_back, _("Your wish is kept. The coordination decides, and you see it here."))


def _do(request: HttpRequest, key: uuid.UUID, deed: Any, done: str) -> HttpResponse:
    """Do one thing with a role of hers and go back to it; what is refused is said there."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = _own(learner, key)
    if request.method != "POST":  # the page of a refusal, asked for again in another language
        return redirect("my_role", grant=key)
    try:
        deed(found, learner)
    except GrantRefused as refused:
        return _show_role(request, learner, found, str(refused))
    messages.success(request, done)
    return redirect("my_role", grant=key)


@never_cache
def my_appeal(request: HttpRequest, decision: uuid.UUID) -> HttpResponse:
    """Ask another office to look at a decision again, once; then see how long it waits, and the answer."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    found = _decision(learner, decision)
    about = {"proposal": found} if isinstance(found, Proposal) else {"period": found}
    asked = Appeal.objects.filter(volunteer=learner, **about).first()
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (asked or form.is_valid()):
        if asked is None:
            _send(request, found, learner, form.cleaned_data["words"])
        return redirect("my_appeal", decision=decision)
    page = {
        "form": form,
        "appeal": asked,
        "waited": waited_since(asked.made_at) if asked else "",
        "role": found.role if isinstance(found, Proposal) else found.grant.role,
        "grant": None if isinstance(found, Proposal) else found.grant,
        "reason": found.reason,
        "office": _office_of(found),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/mine/appeal.html", page, status=status)


def _send(request: HttpRequest, decision: Proposal | Period, learner: Volunteer, words: str) -> None:
    try:
        appeal(decision, learner, words)
    except GrantRefused as refused:  # sent twice in the same moment
        messages.info(request, str(refused))
    else:
        messages.success(request, _("It is sent. Another office looks at it."))


def _decision(learner: Volunteer, key: uuid.UUID) -> Proposal | Period:
    """Return a decision against the learner by its uuid: a refusal, a suspension or a revocation."""
    proposal = Proposal.objects.filter(volunteer=learner, uuid=key).select_related("role").first()
    period = Period.objects.filter(grant__volunteer=learner, uuid=key).select_related("grant__role").first()
    found = proposal or period
    if found is None or not can_appeal(found, learner):
        raise Http404
    return found


def _office_of(decision: Proposal | Period) -> str:
    """Return in words which office decided."""
    if isinstance(decision, Proposal):
        by, at = decision.decided_by_id, decision.decided_at
    else:
        by, at = decision.by_id, decision.recorded_at
    return Offices([by]).of(by, timezone.localdate(at) if at else None)


@never_cache
@require_safe
def my_look_ups(request: HttpRequest) -> HttpResponse:
    """Which offices looked her up in the register, day by day."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    days = days_of(learner, request.GET.get("page"))
    page = {"days": days, "looks": looks_of(learner, days)}
    return render(request, "certificates/mine/look_ups.html", page)
