"""The pages of who decides: what waits, one proposal, many at once, one grant, appeals, and what ends soon."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.appealing import decide_appeal, may_decide_appeal
from certificates.deciding.caring import appeals_for, proposals_for, waiting_for
from certificates.deciding.ending import ending_for, endings_of
from certificates.deciding.foreseeing import (
    Position,
    consequence_of,
    decline_in_words,
    outlook_of,
    position_of,
)
from certificates.deciding.forms import (
    ActForm,
    AppealForm,
    ConfirmForm,
    DeclineForm,
    ExtendForm,
    FilterForm,
    ManyForm,
    chosen_keys,
)
from certificates.deciding.many import ask_many, key_of, preview, was_decided_so
from certificates.deciding.offices import Offices
from certificates.deciding.reminding import neutral_reminder
from certificates.deciding.telling import facts_in, first_decision, history_of, verdict_of
from certificates.granting import GrantRefused, confirm, decline, extend, may_decide, resume, revoke_role, suspend
from certificates.models import Appeal, Grant, Proposal, Role
from certificates.proposing import days_waiting, path_for
from certificates.register.looking_up import note_person
from certificates.requiring import Step, day_in_words, known_of, roles_with_requirements, steps_of
from certificates.spanning import today
from cms.models import Job
from people.models import User
from people.public import may, responsibilities_for

ON_A_PAGE = 30
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
SECONDS_TO_LOOK_AGAIN = "3"


def _decider(request: HttpRequest, *deeds: str) -> User:
    """Return the member of staff if she may do one of the deeds somewhere, or refuse."""
    user = request.user
    if not isinstance(user, User) or not any(responsibilities_for(user, deed) for deed in deeds):
        raise PermissionDenied(_("This page is for who decides about roles."))
    return user


def _page_of(rows: Any, request: HttpRequest) -> Page[Any]:
    return Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))


# --- what waits ----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def waiting_proposals(request: HttpRequest) -> HttpResponse:
    """What waits for her, the longest waiting first; with `?nearer` what a nearer coordination has in hand."""
    user = _decider(request, "grant_role", "grant_risen")
    waiting = waiting_for(user)
    is_nearer = "nearer" in request.GET
    rows = waiting.nearer if is_nearer else waiting.hers
    form = FilterForm(request.GET, roles=Role.objects.filter(pk__in=rows.order_by().values("role")))
    chosen = form.chosen()
    shown = rows.filter(**chosen).select_related("role", "volunteer__identity", "volunteer__territory")
    now = timezone.now()
    page = _page_of(shown, request)
    kept = {"nearer": ""} if is_nearer else {}
    kept |= {name: getattr(value, "uuid", value) for name, value in chosen.items()}
    return render(
        request,
        "certificates/deciding/proposals.html",
        {
            "listed": page,
            "rows": [(row, days_waiting(row, now), facts_in(row.evidence)) for row in page],
            "counts": _counts(waiting.hers),
            "nearer_count": waiting.nearer.count(),
            "is_nearer": is_nearer,
            "form": form,
            "is_filtered": bool(chosen),
            "query": urlencode(kept),
        },
    )


def _counts(proposals: Any) -> dict[str, int]:
    """Return how many there are in all, of each kind, and how many rose (1 query)."""
    of_kind = {kind: Count("pk", filter=Q(kind=kind)) for kind in Proposal.Kind.values}
    found: dict[str, int] = proposals.order_by().aggregate(
        all=Count("pk"), risen=Count("pk", filter=Q(level__gt=0)), **of_kind
    )
    return found


# --- one proposal --------------------------------------------------------------------------------------------------


@never_cache
def decide_proposal(request: HttpRequest, proposal: uuid.UUID) -> HttpResponse:
    """One proposal with what it rests on and what a decision would do. POST confirms or declines it."""
    user = _decider(request, "grant_role", "grant_risen")
    rows = Proposal.objects.select_related(
        "role__organisation", "volunteer__identity", "volunteer__territory__parent__parent", "volunteer__organisation"
    )
    found = get_object_or_404(rows, uuid=proposal)
    if not may_decide(user, found):
        raise PermissionDenied(_("This proposal is not for you to decide."))
    decision = request.POST.get("decision", "")
    confirming = ConfirmForm(request.POST if decision == "confirm" else None, prefix="confirm")
    declining = DeclineForm(request.POST if decision == "decline" else None, prefix="decline")
    form = {"confirm": confirming, "decline": declining}.get(decision)
    problem = ""
    if form and form.is_valid():
        try:
            _decide(found, user, decision, form.cleaned_data["reason"])
        except GrantRefused as refused:
            found, problem = get_object_or_404(rows, uuid=proposal), str(refused)
        if not problem or was_decided_so(found, user, decision):  # a second click on the same button
            messages.success(request, _done(found, decision))
            return redirect("waiting_proposals")
    page = {**_about(found), "confirming": confirming, "declining": declining, "problem": problem}
    return render(request, "certificates/deciding/proposal.html", page, status=422 if request.method == "POST" else 200)


def _decide(proposal: Proposal, by: User, decision: str, reason: str) -> None:
    if decision == "confirm":
        confirm(proposal, by, reason)
    else:
        decline(proposal, by, reason)


def _done(proposal: Proposal, decision: str) -> str:
    told = {"name": _name(proposal), "role": proposal.role}
    if decision == "decline":
        return _("Declined: %(role)s for %(name)s. She reads your reason.") % told
    return _("Confirmed: %(role)s for %(name)s.") % told


def _name(row: Any) -> str:
    identity = getattr(row.volunteer, "identity", None)
    return identity.safe_name if identity else "—"


def _about(proposal: Proposal) -> dict[str, Any]:
    """Return what the page of one proposal tells."""
    grants = Grant.objects.filter(volunteer=proposal.volunteer, role=proposal.role)
    declined = Proposal.objects.filter(
        volunteer=proposal.volunteer, role=proposal.role, state=Proposal.State.DECLINED
    ).exclude(pk=proposal.pk)
    is_open = proposal.state == Proposal.State.OPEN
    return {
        "proposal": proposal,
        "name": _name(proposal),
        "days": days_waiting(proposal, timezone.now()),
        "facts": facts_in(proposal.evidence),
        "steps": _steps(proposal) if is_open else [],
        "outlook": outlook_of(proposal),
        "declining_words": decline_in_words(proposal),
        "verdict": verdict_of(proposal),
        "history": history_of(grants, declined),
        "is_suspension": proposal.kind == Proposal.Kind.SUSPENSION,
    }


def _steps(proposal: Proposal) -> list[Step]:
    """Return the role's requirements as they stand for her today; none where the role is not given any more."""
    organisation = proposal.role.organisation
    role = roles_with_requirements(organisation).filter(pk=proposal.role_id).first()
    if role is None:
        return []
    known = known_of([proposal.volunteer], organisation)[proposal.volunteer_id]
    return steps_of(role, path_for(role, known, today()), known, today())


# --- many at once --------------------------------------------------------------------------------------------------


@never_cache
def decide_many(request: HttpRequest) -> HttpResponse:
    """What deciding the ticked proposals would do. POST asks the worker to do it, with one reason."""
    user = _decider(request, "grant_role", "grant_risen")
    sent = request.POST if request.method == "POST" else request.GET
    keys = chosen_keys(sent.getlist("on_page" if "all" in sent else "proposal"))
    decision = "decline" if sent.get("decision") == "decline" else "confirm"
    form = ManyForm(request.POST if request.method == "POST" else None, initial={"decision": decision})
    if request.method == "POST" and keys and form.is_valid():
        token = form.cleaned_data["token"]
        ask_many(user, form.cleaned_data["decision"], keys, form.cleaned_data["reason"], token)
        return redirect("decided_many", batch=token)
    found = preview(user, keys, decision)
    page = {
        "form": form,
        "decision": decision,
        "possible": [row for row in found if not row.problem],
        "impossible": [row for row in found if row.problem],
        "others": len(keys) - len(found),
    }
    return render(request, "certificates/deciding/many.html", page, status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
def decided_many(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """How far the worker is with the decisions a member of staff asked for; at the end what was done and what not."""
    user = _decider(request, "grant_role", "grant_risen")
    row = get_object_or_404(Job, idempotency_key=key_of(user, batch))
    refused = dict(row.result.get("refused", []))
    proposals = proposals_for(user).filter(uuid__in=refused).select_related("role", "volunteer__identity")
    page = {
        "job": row,
        "is_over": row.state in ENDED,
        "done": row.result.get("done", 0),
        "refused": [(proposal, refused[str(proposal.uuid)]) for proposal in proposals],
        "refused_count": len(refused),
        "total": len(row.arguments["proposals"]),
    }
    response = render(request, "certificates/deciding/decided.html", page)
    if not page["is_over"]:
        response.headers["Refresh"] = SECONDS_TO_LOOK_AGAIN
    return response


# --- one grant -----------------------------------------------------------------------------------------------------


def _grant(request: HttpRequest, key: uuid.UUID) -> tuple[User, Grant]:
    user = _decider(request, "grant_role")
    rows = Grant.objects.select_related(
        "role__organisation", "territory", "volunteer__identity", "volunteer__territory__parent__parent"
    )
    found = get_object_or_404(rows, uuid=key, volunteer__erased_at=None)
    if not may(user, "grant_role", found.volunteer):
        raise PermissionDenied(_("This person is not in your care. Her own coordination decides."))
    return user, found


@never_cache
@require_safe
def one_grant(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """A role given to a person: what holds now, what can be done, and its history. The look is written down."""
    user, found = _grant(request, grant)
    note_person(user, found.volunteer, found.role.organisation)
    position = position_of(found)
    page = {
        "grant": found,
        "name": _name(found),
        "position": position,
        "acts": [] if user.volunteer_id == found.volunteer_id else [_offer(act, found) for act in position.acts],
        "history": history_of([found]),
        "proposal": Proposal.objects.open().filter(volunteer=found.volunteer, role=found.role).first(),
        "reminder": neutral_reminder(found.volunteer.language),
    }
    return render(request, "certificates/deciding/grant.html", page)


ACTS: dict[str, tuple[Any, str, Any, type[forms.Form]]] = {
    "extend": (gettext_lazy("Extend the role"), "clock", gettext_lazy("The role is extended."), ExtendForm),
    "suspend": (
        gettext_lazy("Put the role in pause"),
        "stop",
        gettext_lazy("The role is in pause. She reads your reason."),
        ActForm,
    ),
    "resume": (gettext_lazy("Let the role go on"), "play", gettext_lazy("The role goes on from today."), ConfirmForm),
    "revoke": (
        gettext_lazy("End the role"),
        "no",
        gettext_lazy("The role is ended. She reads your reason and can ask another office."),
        ActForm,
    ),
}
"""What can be done with a grant: its words, its pictogram, the words when it is done, and what is asked."""
WAYS: dict[str, Callable[[Grant, User, dict[str, Any]], Any]] = {
    "extend": lambda grant, by, told: extend(grant, told["until"], by, told["reason"]),
    "suspend": lambda grant, by, told: suspend(grant, by, told["reason"]),
    "resume": lambda grant, by, told: resume(grant, by, told["reason"]),
    "revoke": lambda grant, by, told: revoke_role(grant, by, told["reason"]),
}


def _offer(act: str, grant: Grant) -> tuple[str, str, Any]:
    """Return an act as a link: address, pictogram, words."""
    words, pictogram, _done, _form = ACTS[act]
    return reverse(f"{act}_grant", kwargs={"grant": grant.uuid}), pictogram, words


@never_cache
def act_on_grant(request: HttpRequest, grant: uuid.UUID, act: str) -> HttpResponse:
    """Extend, suspend, resume or revoke a role: says what follows, asks why, then does it."""
    user, found = _grant(request, grant)
    position = position_of(found)
    if request.method != "POST" and act not in position.acts:
        messages.info(request, _("This cannot be done now. See how the role stands."))
        return redirect("one_grant", grant=grant)
    words, pictogram, done, asked = ACTS[act]
    form = asked(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            WAYS[act](found, user, form.cleaned_data)
        except GrantRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("one_grant", grant=grant)
    page = {"grant": found, "name": _name(found), "form": form, "act": act, "words": words, "pictogram": pictogram}
    page |= {"position": position, "consequence": _consequence(act, position)}
    return render(request, "certificates/deciding/act.html", page, status=422 if request.method == "POST" else 200)


def _consequence(act: str, position: Position) -> str:
    return consequence_of(act, position) if act in position.acts else position.words


# --- appeals -------------------------------------------------------------------------------------------------------

ABOUT = ("volunteer__identity", "volunteer__territory", "proposal__role", "period__grant__role")


@never_cache
@require_safe
def waiting_appeals(request: HttpRequest) -> HttpResponse:
    """The appeals that she may decide, the longest waiting first; what the volunteers say stands on each one's page."""
    user = _decider(request, "decide_appeal")
    rows = appeals_for(user).filter(decided_at=None).select_related(*ABOUT).defer("words")
    page = _page_of(rows.order_by("made_at", "pk"), request)
    offices = Offices(_first_author(row) for row in page)
    shown = [(row, _role_of(row), _days_since(row), first_decision(row, offices)) for row in page]
    return render(request, "certificates/deciding/appeals.html", {"listed": page, "rows": shown})


def _first_author(appeal: Appeal) -> int | None:
    return appeal.proposal.decided_by_id if appeal.proposal else appeal.period.by_id if appeal.period else None


def _role_of(appeal: Appeal) -> Role:
    decision: Any = appeal.proposal or (appeal.period and appeal.period.grant)
    role: Role = decision.role
    return role


def _days_since(appeal: Appeal) -> int:
    return (today() - timezone.localdate(appeal.made_at)).days


@never_cache
def decide_one_appeal(request: HttpRequest, appeal: uuid.UUID) -> HttpResponse:
    """One appeal: what she says, and the first decision with its reason. POST decides, with an answer she reads."""
    user = _decider(request, "decide_appeal")
    rows = Appeal.objects.select_related(*ABOUT, "volunteer__territory__parent__parent", "volunteer__organisation")
    found = get_object_or_404(rows, uuid=appeal)
    if not may_decide_appeal(user, found):
        raise PermissionDenied(_("Another office must decide this: not who decided first."))
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            decide_appeal(found, user, told["upheld"], told["answer"])
        except GrantRefused as refused:
            form.add_error(None, str(refused))
            found = get_object_or_404(rows, uuid=appeal)
        else:
            messages.success(request, _("Your answer is kept. She reads it on her page."))
            return redirect("waiting_appeals")
    page = {
        "appeal": found,
        "name": _name(found),
        "role": _role_of(found),
        "days": _days_since(found),
        "first": first_decision(found, Offices([_first_author(found)])),
        "overturned_words": _overturned(found),
        "decided_words": _decided(found),
        "form": form,
    }
    return render(request, "certificates/deciding/appeal.html", page, status=422 if request.method == "POST" else 200)


def _overturned(appeal: Appeal) -> str:
    """Return what follows when the first decision does not stay."""
    if appeal.proposal:
        return _("If it does not stay, she holds the role from today, as it was proposed.")
    if appeal.period and appeal.period.kind == appeal.period.Kind.SUSPENDED:
        return _("If it does not stay, the role goes on from today.")
    return _("If it does not stay, the role holds again from today until the day it had before.")


def _decided(appeal: Appeal) -> str:
    """Return which office has decided an appeal, and when; empty while it waits."""
    if appeal.decided_at is None:
        return ""
    day = timezone.localdate(appeal.decided_at)
    told = {"office": Offices([appeal.decided_by_id]).of(appeal.decided_by_id, day), "day": day_in_words(day)}
    if appeal.upheld:
        return _("The first decision stays: %(office)s, on %(day)s.") % told
    return _("The first decision does not stay: %(office)s, on %(day)s.") % told


# --- what ends soon ------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def ends_soon(request: HttpRequest) -> HttpResponse:
    """Roles that end within 60 days and that nothing follows, the soonest first."""
    user = _decider(request, "grant_role")
    rows = ending_for(user).select_related("role", "grant", "territory", "volunteer__identity", "volunteer__territory")
    page = _page_of(rows, request)
    return render(request, "certificates/deciding/ends_soon.html", {"listed": page, "endings": endings_of(list(page))})
