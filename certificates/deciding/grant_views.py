"""Pages of roles that were given: one grant with its history and acts, and what ends soon."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.deciding.desk import decider, name_of, page_of
from certificates.deciding.ending import ending_for, endings_of
from certificates.deciding.foreseeing import (
    Position,
    consequence_of,
    position_of,
)
from certificates.deciding.forms import (
    ActForm,
    ConfirmForm,
    ExtendForm,
)
from certificates.deciding.reminding import neutral_reminder
from certificates.deciding.telling import history_of
from certificates.granting import GrantRefused, extend, resume, revoke_role, suspend
from certificates.models import Grant, Proposal
from certificates.register.looking_up import note_person
from people.models import User
from people.public import may


def _grant(request: HttpRequest, key: uuid.UUID) -> tuple[User, Grant]:
    user = decider(request, "grant_role")
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
        "name": name_of(found),
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
    page = {"grant": found, "name": name_of(found), "form": form, "act": act, "words": words, "pictogram": pictogram}
    page |= {"position": position, "consequence": _consequence(act, position)}
    return render(request, "certificates/deciding/act.html", page, status=422 if request.method == "POST" else 200)


def _consequence(act: str, position: Position) -> str:
    return consequence_of(act, position) if act in position.acts else position.words


# --- what ends soon ------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def ends_soon(request: HttpRequest) -> HttpResponse:
    """Roles that end within 60 days and that nothing follows, the soonest first."""
    user = decider(request, "grant_role")
    rows = ending_for(user).select_related("role", "grant", "territory", "volunteer__identity", "volunteer__territory")
    page = page_of(rows, request)
    return render(request, "certificates/deciding/ends_soon.html", {"listed": page, "endings": endings_of(list(page))})
