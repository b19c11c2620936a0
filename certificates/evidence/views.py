"""Writing evidence of a person down and taking it back; the learner's own pages of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from modeltranslation.utils import build_localized_fieldname

from certificates.evidence.describing import CORRECTING, evidence_of, name_of, place_of_correction, told
from certificates.evidence.forms import (
    DEED,
    ConductForm,
    EvidenceForm,
    LanguageForm,
    NamingForm,
    PersonForm,
    RecognitionForm,
    RevokeForm,
)
from certificates.models import ConductCode, Evidence, Requirement
from certificates.spanning import today
from certificates.vouching import EvidenceRefused, revoke_evidence, sign_conduct
from people.models import User, Volunteer
from people.public import may, organisations_where, the_learner

RECOGNISE = "recognise"


@dataclass(frozen=True)
class Way:
    """One kind of evidence that is written down by hand."""

    form: type[EvidenceForm]
    deed: str
    pictogram: str
    title: Any
    words: Any


WAYS = {
    "conduct": Way(
        ConductForm,
        DEED,
        "check",
        gettext_lazy("Code of conduct signed on paper"),
        gettext_lazy(
            "Keep the paper where the organisation keeps such things. No photograph of it goes into the school."
        ),
    ),
    "language": Way(
        LanguageForm,
        DEED,
        "language",
        gettext_lazy("Interview language"),
        gettext_lazy("A speaker of the language has heard her ask and listen in it, and gives her word."),
    ),
    "recognition": Way(
        RecognitionForm,
        RECOGNISE,
        "done",
        gettext_lazy("Recognised by experience"),
        gettext_lazy("For who has done this work for years. It counts where the role says that experience is enough."),
    ),
    "naming": Way(
        NamingForm,
        RECOGNISE,
        "people",
        gettext_lazy("Named by her community"),
        gettext_lazy("An assembly or the COCODE has chosen her. The school only writes it down."),
    ),
}


# --- staff ---------------------------------------------------------------------------------------------------------


def _recorder(request: HttpRequest) -> tuple[User, Volunteer]:
    """Return the member of staff who may write evidence down somewhere, and the person she is; or refuse."""
    user = request.user
    if not isinstance(user, User) or user.volunteer is None or not organisations_where(user, DEED):
        raise PermissionDenied(_("This page is for who writes evidence down."))
    return user, user.volunteer


def _in_care(request: HttpRequest, key: uuid.UUID, deed: str = DEED) -> tuple[User, Volunteer, Volunteer]:
    """Return the member of staff, who she is, and the person to whom she may do a deed; or refuse."""
    user, recorder = _recorder(request)
    rows = Volunteer.objects.select_related("organisation", "territory__parent", "identity")
    person = get_object_or_404(rows, uuid=key, erased_at=None)
    if not may(user, DEED, person) or not may(user, deed, person):
        raise PermissionDenied(_("This person is not in your care."))
    if person == recorder:
        raise PermissionDenied(_("Nobody writes evidence of herself down. Ask another person of your organisation."))
    return user, recorder, person


@never_cache
def find_person(request: HttpRequest) -> HttpResponse:
    """Say whose evidence, by her code."""
    user, _recorded_by = _recorder(request)
    form = PersonForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("evidence_of", person=form.cleaned_data["person"].uuid)
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/evidence/find.html", {"form": form}, status=status)


@never_cache
@require_safe
def person_evidence(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """A person's evidence, and what may be added or revoked."""
    user, _recorded_by, found = _in_care(request, person)
    may_recognise = may(user, RECOGNISE, found)
    deeds = {deed for deed in CORRECTING if may(user, deed, found)}
    page = {
        "person": found,
        "name": name_of(found),
        "ways": [(name, way) for name, way in WAYS.items() if way.deed == DEED or may_recognise],
        "rows": [(row, place_of_correction(row.evidence, deeds)) for row in told(evidence_of(found))],
        "may_revoke": may_recognise,
    }
    return render(request, "certificates/evidence/person.html", page)


@never_cache
def add_evidence(request: HttpRequest, person: uuid.UUID, way: str) -> HttpResponse:
    """Write one fact down; `way` is a key of `WAYS`."""
    chosen = WAYS[way]
    user, recorder, found = _in_care(request, person, chosen.deed)
    form = chosen.form(user, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            form.keep(recorder)
        except EvidenceRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is kept. She sees it on her page."))
            return redirect("evidence_of", person=person)
    page = {"person": found, "name": name_of(found), "way": chosen, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/evidence/add.html", page, status=status)


@never_cache
def revoke(request: HttpRequest, person: uuid.UUID, evidence: uuid.UUID) -> HttpResponse:
    """Revoke what people attested, with a reason she reads; what the school wrote itself is corrected elsewhere."""
    _user, recorder, found = _in_care(request, person, RECOGNISE)
    row = get_object_or_404(evidence_of(found), uuid=evidence)
    if row.source or row.revoked_on:
        return redirect("evidence_of", person=person)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        revoke_evidence(row, form.cleaned_data["reason"], recorder)
        messages.success(request, _("It does not count from today. She sees the reason on her page."))
        return redirect("evidence_of", person=person)
    page = {"person": found, "name": name_of(found), "row": told([row])[0], "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/evidence/revoke.html", page, status=status)


# --- the learner ---------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def my_evidence(request: HttpRequest) -> HttpResponse:
    """What is written down of the learner, with who stands for it by office, and what was revoked and why."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    return render(request, "certificates/evidence/my_evidence.html", {"rows": told(evidence_of(learner))})


@never_cache
def my_conduct(request: HttpRequest, conduct: uuid.UUID) -> HttpResponse:
    """A version of the code of conduct, to read, hear and sign; POST signs it."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    codes = ConductCode.objects.filter(organisation=learner.organisation)
    code: ConductCode = get_object_or_404(codes, uuid=conduct)
    if request.method == "POST":
        sign_conduct(learner, code, today())
        messages.success(request, _("Your signature is kept."))
        return redirect("my_conduct", conduct=conduct)
    newest = codes.filter(adopted_on__lte=today()).first()
    signed = Evidence.objects.filter(volunteer=learner, kind=Requirement.Kind.CONDUCT, revoked_on=None)
    signature = signed.filter(subject=str(code.uuid)).first()
    page = {
        "code": code,
        "words_in": _language_of(code),
        "name": learner.safe_name,
        "signature": signature,
        "newer": newest if newest and newest.adopted_on > code.adopted_on else None,
        "is_new_to_her": signature is None and signed.exists(),
    }
    return render(request, "certificates/evidence/my_conduct.html", page)


def _language_of(code: ConductCode) -> str:
    """Return the language its commitments are shown in: the reader's where they are written, else the source's."""
    spoken = get_language() or settings.LANGUAGE_CODE
    return spoken if getattr(code, build_localized_fieldname("text", spoken), "") else settings.LANGUAGE_CODE
