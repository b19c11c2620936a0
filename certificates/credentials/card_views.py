"""Cards on screen and on paper: a volunteer's own, and those a coordinator prints for the people in her care."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.credentials.cards import card_pdf, qr_picture, sheet_pdf
from certificates.credentials.issuing import CardRefused, card_of, cards_of, issue_card, signer_of
from certificates.models import FieldCredential, Grant, IssuerProfile, Role
from certificates.printing import PrintingUnavailable
from certificates.register.asking import Row, people_in, scope_of, today
from certificates.register.forms import QuestionForm
from certificates.register.looking_up import note_question
from cms.auditing import record
from cms.languages import SOURCE_LANGUAGE
from people.models import User, Volunteer
from people.public import may, the_learner


class CardForm(forms.Form):
    """The name that shall stand on the card, and whether her place shall."""

    name = forms.CharField(label=gettext_lazy("Name on the card"), max_length=60)
    shows_place = forms.ChoiceField(
        label=gettext_lazy("Shall the card name your place?"),
        choices=[("", gettext_lazy("No, only the organisation")), ("yes", gettext_lazy("Yes, it may name it"))],
        required=False,
        widget=forms.RadioSelect,
    )
    wording = forms.ChoiceField(
        label=gettext_lazy("What shall it call your role?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, role: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not role.plain_name:
            del self.fields["wording"]
            return
        self.fields["wording"].choices = [("", role.name), ("plain", role.plain_name)]  # type: ignore[attr-defined]


def _own_grant(request: HttpRequest, key: uuid.UUID) -> tuple[Volunteer, Grant]:
    learner = the_learner(request)
    if learner is None:
        raise PermissionDenied
    rows = Grant.objects.select_related("role__organisation", "territory__parent", "volunteer")
    return learner, get_object_or_404(rows, uuid=key, volunteer=learner)


@never_cache
def my_card(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """A volunteer's card for one of her roles: see it, print it, make it anew under another name."""
    if the_learner(request) is None:
        return redirect("sign_in")
    learner, held = _own_grant(request, grant)
    card = card_of(held)
    name = card.name if card else learner.safe_name
    form = CardForm(
        held.role,
        request.POST or None,
        initial={"name": name, "shows_place": "yes" if card and card.shows_place else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            issue_card(
                held,
                name=form.cleaned_data["name"],
                language=get_language() or SOURCE_LANGUAGE,
                shows_place=form.cleaned_data["shows_place"] == "yes",
                is_plain=form.cleaned_data.get("wording") == "plain",
                by=learner,
            )
        except CardRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your card is made. An earlier one does not count any more."))
            return redirect("my_card", grant=grant)
    page = {
        "grant": held,
        "card": card,
        "qr": qr_picture(card) if card else None,
        "has_badge": settings.OPEN_BADGES and card is not None,
        "issuer": IssuerProfile.objects.filter(organisation=held.role.organisation, confirmed=True).first(),
        "form": form,
    }
    return render(request, "certificates/credentials/my_card.html", page, status=422 if form.errors else 200)


@never_cache
@require_safe
def my_card_file(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """A volunteer's card as PDF, two sides."""
    if the_learner(request) is None:
        return redirect("sign_in")
    _learner, held = _own_grant(request, grant)
    card = card_of(held)
    if card is None:
        raise Http404
    return _file(request, lambda: card_pdf(card), f"tarjeta-{card.code}.pdf")


@never_cache
def print_cards(request: HttpRequest) -> HttpResponse:
    """A coordinator prints the cards of people who may do a role, ten on a sheet; who has none gets one."""
    user, scope = request.user, scope_of(request.user)
    if not isinstance(user, User) or not scope.responsibilities:
        raise PermissionDenied(_("The register is for coordinators."))
    form = QuestionForm(request.GET, scope)
    if not form.is_valid():
        return redirect(f"{reverse('register')}?{request.GET.urlencode()}")
    question = replace(form.question, day=today(), status="certified")
    rows = [row for row in people_in(question, scope) if _is_hers(user, row, question.role.pk)]
    if request.method == "POST":
        chosen = set(request.POST.getlist("grant"))
        cards = _cards(user, [row.grant for row in rows if row.grant and str(row.grant.uuid) in chosen])
        if cards:
            record("cards_printed_for", question.role, actor=user, count=len(cards))
            return _file(request, lambda: sheet_pdf(cards), "tarjetas.pdf")
        messages.warning(request, _("Tick the people whose cards you want to print."))
    note_question(user, question, len(rows))
    made = cards_of(row.grant for row in rows if row.grant)
    page = {
        "question": question,
        "rows": [(row, made.get(row.grant.pk)) for row in rows if row.grant],
        "query": request.GET.urlencode(),
    }
    return render(
        request, "certificates/credentials/print_cards.html", page, status=422 if request.method == "POST" else 200
    )


def _is_hers(user: User, row: Row, role: int) -> bool:
    """Return whether a coordinator may print a card: in her care, and of the role itself, not of one that gives it."""
    return row.grant is not None and row.grant.role_id == role and may(user, "grant_role", row.person)


def _cards(user: User, grants: list[Grant]) -> list[FieldCredential]:
    """Return the cards of grants, made now where there is none (in the person's language, without her place)."""
    assert user.volunteer is not None  # noqa: S101  (staff of the register are a volunteer; tells mypy)
    cards, made = [], cards_of(grants)
    signer = signer_of(grants[0].role.organisation) if grants else None
    for grant in grants:
        card = made.get(grant.pk)
        if card is None:
            person = grant.volunteer
            card = issue_card(
                grant,
                name=person.safe_name,
                language=person.language,
                shows_place=False,
                by=user.volunteer,
                signer=signer,
            )
        cards.append(card)
    return cards


def _file(request: HttpRequest, make: Any, name: str) -> HttpResponse:
    try:
        pdf = make()
    except PrintingUnavailable:
        return render(request, "certificates/no_card_printing.html", status=503)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
