"""Pages of appeals: those that wait, and one with the first decision."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.appealing import decide_appeal, may_decide_appeal
from certificates.deciding.caring import appeals_for
from certificates.deciding.desk import decider, name_of, page_of
from certificates.deciding.forms import (
    AppealForm,
)
from certificates.deciding.offices import Offices
from certificates.deciding.telling import first_decision
from certificates.granting import GrantRefused
from certificates.models import Appeal, Role
from certificates.requiring import day_in_words
from certificates.spanning import today

ABOUT = ("volunteer__identity", "volunteer__territory", "proposal__role", "period__grant__role")


@never_cache
@require_safe
def waiting_appeals(request: HttpRequest) -> HttpResponse:
    """The appeals that she may decide, the longest waiting first; what the volunteers say stands on each one's page."""
    user = decider(request, "decide_appeal")
    rows = appeals_for(user).filter(decided_at=None).select_related(*ABOUT).defer("words")
    page = page_of(rows.order_by("made_at", "pk"), request)
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
    user = decider(request, "decide_appeal")
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
        "name": name_of(found),
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
