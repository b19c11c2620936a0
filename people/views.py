"""Joining, signing in and out, a person's own data, and the facilitator's desk."""

import uuid
from datetime import timedelta
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks

from cms.auditing import record
from cms.models.throttle import tried_too_often
from people import signing_in
from people.forms import CardsForm, InvitationCodeForm, JoinForm, NameForm, SecretForm, SignInForm
from people.joining import (
    JoiningRefused,
    Newcomer,
    card_for,
    erase,
    find_invitation,
    join,
    print_cards,
    reset_secret,
    those_to_invite,
)
from people.models import Consent, Identity, Invitation, Organisation, SignIn, Territory, User, Volunteer
from people.permissions import may, organisations_where, those_she_may
from people.signals import volunteer_placed
from people.signing_in import KEPT_DEEDS, the_learner
from people.territories import find_places

MOST_SHOWN = 60
JOINS_AN_HOUR = 200
"""From one address: more than any workshop, fewer than a script."""
PHONE_COOKIE = "phone"
"""Says which person used this phone last (a short keyed hash), or that several did; never a name."""


def secret_kind(request: HttpRequest) -> str:
    """Return which kind of secret this page is about: pictures when its address says so."""
    return SignIn.Kind.PICTURES if request.GET.get("with") == "pictures" else SignIn.Kind.PIN


@never_cache
@sensitive_post_parameters()
def join_school(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Join: with an invitation's code, or without one as a member of the school's own organisation."""
    invitation = None
    if code is not None:
        try:
            invitation = find_invitation(signing_in.clean_code(code))
        except JoiningRefused as problem:
            page = {"problem": str(problem), "form": InvitationCodeForm()}
            return render(request, "people/invitation.html", page, status=410)
    kind = secret_kind(request)
    form = JoinForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        if tried_too_often("join", request.META.get("REMOTE_ADDR", ""), most=JOINS_AN_HOUR, within=timedelta(hours=1)):
            form.add_error(None, _("Too many people have joined from here in one hour. Wait a little and try again."))
            return render(
                request, "people/join.html", {"form": form, "kind": kind, "invitation": invitation}, status=429
            )
        try:
            sign_in = join(_newcomer(form, kind), invitation)
        except JoiningRefused as problem:
            page = {"problem": str(problem), "form": InvitationCodeForm()}
            return render(request, "people/invitation.html", page, status=409)
        if organisations_where(request.user, "invite"):  # a facilitator enrols somebody on her own phone and stays in
            return render(request, "people/enrolled.html", {"sign_in": sign_in})
        return _signed_in(request, sign_in, redirect("welcome"))
    status = 422 if request.method == "POST" else 200
    page = {"form": form, "kind": kind, "invitation": invitation, "pictures": signing_in.PICTURES}
    return render(request, "people/join.html", page, status=status)


def _newcomer(form: JoinForm, kind: str) -> Newcomer:
    return Newcomer(
        name=form.cleaned_data["name"],
        language=get_language() or settings.LANGUAGE_CODE,
        consent_how=Consent.How.HEARD if form.cleaned_data["heard"] else Consent.How.READ,
        adult=form.cleaned_data["adult"],
        secret_kind=kind,
        secret=form.secret,
    )


def _signed_in(
    request: HttpRequest, sign_in: SignIn, response: HttpResponse, *, own_phone: bool = False
) -> HttpResponse:
    """Open the session, carrying over what was done signed out unless this phone has had several people."""
    kept = request.session.get(KEPT_DEEDS)
    person = uuid.uuid5(sign_in.volunteer.uuid, settings.SECRET_KEY).hex[:8]
    before = request.COOKIES.get(PHONE_COOKIE)
    several = before is not None and before != person
    signing_in.open_session(request, sign_in, own_phone=own_phone)
    if kept and not several:
        request.session[KEPT_DEEDS] = kept
    response.set_cookie(
        PHONE_COOKIE,
        "several" if several else person,
        max_age=180 * 24 * 3600,
        samesite="Lax",
        httponly=True,
        secure=settings.SECURE,
    )
    return response


@never_cache
def enter_invitation(request: HttpRequest) -> HttpResponse:
    """Type the code of a card."""
    form = InvitationCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("join_with", code=form.cleaned_data["code"])
    return render(request, "people/invitation.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with code and PIN, or code and pictures."""
    kind = secret_kind(request)
    initial = {"code": request.GET.get("code", "")}
    form = SignInForm(request.POST or None, kind=kind, initial=initial)
    wait = None
    if request.method == "POST" and form.is_valid():
        try:
            found = signing_in.check_secret(form.cleaned_data["code"], kind, form.secret)
        except signing_in.SignInRefused as problem:
            form.add_error(None, str(problem))
            wait = problem.wait
        else:
            own_phone = form.cleaned_data["own_phone"]
            return _signed_in(request, found, redirect("me"), own_phone=own_phone)
    status = 429 if wait else 422 if form.errors else 200
    page = {"form": form, "kind": kind, "wait": wait, "pictures": signing_in.PICTURES}
    return render(request, "people/sign_in.html", page, status=status)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    messages.info(request, _("You have signed out. What you did is kept."))
    return redirect("sign_in")


@never_cache
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Show the code once, large, to write down."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    page = {"learner": learner, "sign_in": SignIn.objects.filter(volunteer=learner).first()}
    return render(request, "people/welcome.html", page)


@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """See and change the own name and place; everything the school keeps, in words."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    form = NameForm(request.POST or None, initial={"name": learner.safe_name})
    if request.method == "POST" and form.is_valid():
        Identity.objects.filter(volunteer=learner).update(safe_name=form.cleaned_data["name"])
        messages.success(request, _("Your name is kept."))
        return redirect("my_data")
    page = {
        "learner": learner,
        "form": form,
        "sign_in": SignIn.objects.filter(volunteer=learner).first(),
        "consents": learner.consents.all(),
        "links": [link for offer in hooks.get_hooks("my_data_links") for link in offer(request)],
    }
    return render(request, "people/my_data.html", page, status=422 if form.errors else 200)


@never_cache
def my_place(request: HttpRequest) -> HttpResponse:
    """Choose the municipality: by typing part of its name, or department first."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    if request.method == "POST":
        code = request.POST.get("place", "")
        learner.territory = get_object_or_404(Territory, code=code, kind="municipality") if code else None
        learner.save(update_fields=["territory"])
        volunteer_placed.send(Volunteer, volunteer=learner)
        messages.success(request, _("Your place is kept.") if code else _("Your place was taken away."))
        return redirect("my_data")
    typed, department = request.GET.get("q", ""), request.GET.get("department", "")
    places: Any = []
    if typed.strip():
        places = find_places(typed)
    elif department:
        places = Territory.objects.filter(parent__code=department).select_related("parent")
    page = {
        "typed": typed,
        "places": places,
        "searched": bool(typed.strip() or department),
        "departments": Territory.objects.filter(kind="department"),
        "learner": learner,
    }
    return render(request, "people/my_place.html", page)


@never_cache
def delete_me(request: HttpRequest) -> HttpResponse:
    """Say what deleting does, then do it."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    if learner.responsibilities.exists():
        raise PermissionDenied(_("You have a responsibility in the school. Ask an administrator to end it first."))
    if request.method == "POST":
        erase(learner)
        request.session.flush()
        return render(request, "people/deleted.html")
    return render(request, "people/delete_me.html", {"learner": learner})


# --- the facilitator's desk ----------------------------------------------------------------------------------------


def _facilitator(request: HttpRequest) -> tuple[User, list[Organisation]]:
    """Return the member of staff and where she may invite, or refuse."""
    user = request.user
    organisations = organisations_where(user, "invite")
    if not isinstance(user, User) or not organisations:
        raise PermissionDenied(_("This page is for facilitators."))
    return user, organisations


@never_cache
@require_safe
def facilitate(request: HttpRequest) -> HttpResponse:
    """The facilitator's desk: print cards, find a person, reset a PIN."""
    user, organisations = _facilitator(request)
    people = Volunteer.objects.filter(organisation__in=organisations, erased_at=None, sign_in__isnull=False)
    people = people.select_related("identity", "sign_in", "territory__parent").order_by("-joined_at")
    typed = signing_in.clean_code(request.GET.get("code", ""))
    if typed:
        people = people.filter(sign_in__code=typed)
    page = {
        "people": those_she_may(user, "see_person", people)[:MOST_SHOWN],
        "form": CardsForm(),
        "typed": request.GET.get("code", ""),
        "organisations": organisations,
        "open_cards": Invitation.objects.open().filter(made_by=user.volunteer).count(),
        "links": [link for offer in hooks.get_hooks("desk_links") for link in offer(request)],
    }
    return render(request, "people/facilitate.html", page)


@never_cache
@require_POST
def make_cards(request: HttpRequest) -> HttpResponse:
    """Make a sheet of cards and show it for printing."""
    user, organisations = _facilitator(request)
    form = CardsForm(request.POST)
    if not form.is_valid():
        return render(
            request, "people/facilitate.html", {"form": form, "people": [], "organisations": organisations}, status=422
        )
    cards = print_cards(user, organisations[0], form.cleaned_data["count"])
    return redirect("cards", sheet=cards[0].sheet)


@never_cache
@require_safe
def cards(request: HttpRequest, sheet: uuid.UUID) -> HttpResponse:
    """Show a sheet of cards, each with its code and a QR that fills it in; whom each is for, where it is for somebody.

    The name stands beside the cards and not on them, so that who finds a card learns nobody's name.
    """
    user, _organisations = _facilitator(request)
    rows = Invitation.objects.filter(sheet=sheet, made_by=user.volunteer)
    found = list(rows.select_related("organisation", "volunteer__identity", "volunteer__territory__parent__parent"))
    if not found:
        raise PermissionDenied(_("This sheet of cards is not yours."))
    named = [card.volunteer for card in found if card.volunteer and not card.uses]
    in_her_care = those_she_may(user, "invite", named) if named else []
    page = {
        "cards": [{"card": card, "qr": _qr_of(card)} for card in found],
        "named": [card for card in found if card.volunteer in in_her_care],
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "people/cards.html", page)


def _qr_of(card: Invitation) -> str:
    address = settings.PUBLIC_URL + reverse("join_with", kwargs={"code": card.code})
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2, xmldecl=False)


@never_cache
def card_for_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Make a card with which a person the school knows already comes in for the first time."""
    user, _organisations = _facilitator(request)
    rows = Volunteer.objects.select_related("identity", "organisation", "territory__parent__parent")
    volunteer = get_object_or_404(rows, uuid=person, erased_at=None)
    if not may(user, "invite", volunteer):
        raise PermissionDenied(_("This person is not in your care."))
    if not those_to_invite(user, [volunteer]):
        raise Http404
    if request.method == "POST":
        return redirect("cards", sheet=card_for(user, volunteer).sheet)
    return render(request, "people/card_for_person.html", {"person": volunteer})


@never_cache
@sensitive_post_parameters()
def reset_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Give a learner a new PIN or row of pictures, she being present; audited."""
    volunteer = get_object_or_404(Volunteer, uuid=person, erased_at=None, sign_in__isnull=False)
    if not may(request.user, "reset_pin", volunteer):
        record("pin_reset_refused", volunteer, actor=request.user)
        raise PermissionDenied(_("This person is not in your care."))
    kind = secret_kind(request)
    form = SecretForm(request.POST or None, kind=kind, is_new=True)
    if request.method == "POST" and form.is_valid() and isinstance(request.user, User):
        reset_secret(request.user, volunteer.sign_in, kind, form.secret)
        messages.success(request, _("The new PIN works now. The old one no longer does."))
        return redirect("facilitate")
    page = {"form": form, "kind": kind, "person": volunteer, "pictures": signing_in.PICTURES}
    return render(request, "people/reset_person.html", page, status=422 if form.errors else 200)
