"""Pages of proposals: what waits, one proposal, many at once."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.deciding.caring import proposals_for, waiting_for
from certificates.deciding.desk import decider, name_of, page_of
from certificates.deciding.foreseeing import (
    decline_in_words,
    outlook_of,
)
from certificates.deciding.forms import (
    ConfirmForm,
    DeclineForm,
    FilterForm,
    ManyForm,
    chosen_keys,
)
from certificates.deciding.many import ask_many, key_of, preview, was_decided_so
from certificates.deciding.telling import facts_in, history_of, verdict_of
from certificates.granting import GrantRefused, confirm, decline, may_decide
from certificates.models import Grant, Proposal, Role
from certificates.proposing import days_waiting, path_for
from certificates.requiring import Step, known_of, roles_with_requirements, steps_of
from certificates.spanning import today
from cms.models import Job
from people.models import User

ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
SECONDS_TO_LOOK_AGAIN = "3"


# --- what waits ----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def waiting_proposals(request: HttpRequest) -> HttpResponse:
    """What waits for her, the longest waiting first; with `?nearer` what a nearer coordination has in hand."""
    user = decider(request, "grant_role", "grant_risen")
    waiting = waiting_for(user)
    is_nearer = "nearer" in request.GET
    rows = waiting.nearer if is_nearer else waiting.hers
    form = FilterForm(request.GET, roles=Role.objects.filter(pk__in=rows.order_by().values("role")))
    chosen = form.chosen()
    shown = rows.filter(**chosen).select_related("role", "volunteer__identity", "volunteer__territory")
    now = timezone.now()
    page = page_of(shown, request)
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
    user = decider(request, "grant_role", "grant_risen")
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
    told = {"name": name_of(proposal), "role": proposal.role}
    if decision == "decline":
        return _("Declined: %(role)s for %(name)s. She reads your reason.") % told
    return _("Confirmed: %(role)s for %(name)s.") % told


def _about(proposal: Proposal) -> dict[str, Any]:
    """Return what the page of one proposal tells."""
    grants = Grant.objects.filter(volunteer=proposal.volunteer, role=proposal.role)
    declined = Proposal.objects.filter(
        volunteer=proposal.volunteer, role=proposal.role, state=Proposal.State.DECLINED
    ).exclude(pk=proposal.pk)
    is_open = proposal.state == Proposal.State.OPEN
    return {
        "proposal": proposal,
        "name": name_of(proposal),
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
    user = decider(request, "grant_role", "grant_risen")
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
    user = decider(request, "grant_role", "grant_risen")
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
