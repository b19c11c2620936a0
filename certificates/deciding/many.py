"""Deciding many proposals at once: asked for once, done by the worker, and nothing twice."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.deciding.caring import proposals_for
from certificates.deciding.foreseeing import decline_in_words, outlooks_of
from certificates.granting import GrantRefused, confirm, decline
from certificates.models import Proposal
from cms.auditing import record
from cms.languages import SOURCE_LANGUAGE
from cms.models import Job
from cms.working import enqueue
from people.models import User

DECIDE = "decide_proposals"
STATES = {"confirm": Proposal.State.CONFIRMED, "decline": Proposal.State.DECLINED}


@dataclass(frozen=True)
class Preview:
    """What a decision about many proposals would do with one of them, or why it cannot be."""

    proposal: Proposal
    words: str
    problem: str


def preview(by: User, keys: list[UUID], decision: str) -> list[Preview]:
    """Return what a decision (a key of `STATES`) would do with proposals that are hers to decide, as `outlooks_of`."""
    rows = proposals_for(by).filter(uuid__in=keys).order_by("-level", "proposed_at", "pk")
    proposals = list(rows.select_related("role", "volunteer__identity", "volunteer__territory"))
    outlooks = outlooks_of(proposals)
    found = []
    for proposal in proposals:
        outlook = outlooks[proposal.pk]
        if decision == "decline" and proposal.state == Proposal.State.OPEN:
            found.append(Preview(proposal, decline_in_words(proposal), ""))
        else:
            found.append(Preview(proposal, outlook.words, outlook.problem))
    return found


def key_of(by: User, token: UUID) -> str:
    """Return the idempotency key of the job that a member of staff asked for with a token of her form."""
    return f"decide:{by.pk}:{token}"


@transaction.atomic
def ask_many(by: User, decision: str, keys: list[UUID], reason: str, token: UUID) -> Job:
    """Ask the worker to decide proposals with one reason; the same form sent twice asks once. Audited."""
    nonce = uuid4().hex  # of two that send the form at once, it tells who made the row
    row = enqueue(
        DECIDE,
        key_of(by, token),
        by=by.pk,
        decision=decision,
        proposals=[str(key) for key in keys],
        reason=reason.strip(),
        language=get_language() or SOURCE_LANGUAGE,
        organisation=by.volunteer.organisation_id if by.volunteer else None,
        title=_("Decisions about proposals: %(n)s") % {"n": len(keys)},
        nonce=nonce,
    )
    if row.arguments["nonce"] == nonce:
        record("many_decisions_asked", row, actor=by, decision=decision, count=len(keys))
    return row


def decide_many(row: Job) -> dict[str, Any]:
    """Decide the proposals of a job, each in its own transaction.

    What it decided before it was killed counts as done. The result says `done` (a number) and `refused`: the uuid of
    each proposal that could not be decided, with the reason in the asker's words.
    """
    asked = row.arguments
    by = User.objects.get(pk=asked["by"])
    done, refused = 0, []
    with translation.override(asked["language"]):
        for number, key in enumerate(asked["proposals"], 1):
            problem = _decide(by, key, asked["decision"], asked["reason"])
            if problem:
                refused.append([key, problem])
            else:
                done += 1
            row.progress(number, len(asked["proposals"]))
    return {"done": done, "refused": refused}


def _decide(by: User, key: str, decision: str, reason: str) -> str:
    """Decide one proposal; return why it could not be, or nothing."""
    proposal = Proposal.objects.filter(uuid=key).first()
    if proposal is None:
        return _("This proposal does not exist any more.")
    if was_decided_so(proposal, by, decision) and proposal.reason == reason:
        return ""
    try:
        if decision == "confirm":
            confirm(proposal, by, reason)
        else:
            decline(proposal, by, reason)
    except GrantRefused as refused:
        return str(refused)
    return ""


def was_decided_so(proposal: Proposal, by: User, decision: str) -> bool:
    """Return whether this member of staff has decided a proposal in this way already."""
    return proposal.state == STATES[decision] and proposal.decided_by_id == by.volunteer_id
