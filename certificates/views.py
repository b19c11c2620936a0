"""A holder's own certificates, and the page on which anyone checks one."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.issuing import belongs_to, clean_code, make_out, revoke, verify
from certificates.models import CourseCertificate
from certificates.printing import PrintingUnavailable, certificate_pdf, issuer_of
from cms.languages import SOURCE_LANGUAGE
from cms.models.throttle import tried_too_often
from courses.public import find_course, path_of
from people.models import User, Volunteer
from people.public import NameForm, organisations_where, the_learner

MOST_TRIES = 30
WITHIN = timedelta(hours=1)


class CodeForm(forms.Form):
    """A certificate's code."""

    code = forms.CharField(label=gettext_lazy("Code of the certificate or card"), max_length=40)


class RevokeForm(CodeForm):
    """A certificate's code, and why it is not valid any more."""

    reason = forms.CharField(label=gettext_lazy("Reason, as its holder will read it"), max_length=300)


def _own(learner: Volunteer, code: str) -> CourseCertificate:
    found = CourseCertificate.objects.filter(code=code, volunteer=learner).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def my_certificate_of(request: HttpRequest, course: str) -> HttpResponse:
    """Lead to the certificate of a course, or say what is still missing."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    page = find_course(course, get_language() or SOURCE_LANGUAGE)
    if page is None:
        raise Http404
    found = CourseCertificate.objects.filter(volunteer=learner, course_key=page.translation_key).first()
    if found:
        return redirect("my_certificate", code=found.code)
    path = path_of(page, learner, request)
    missing = [step for step in path.steps if step.state != "done"]
    return render(request, "certificates/too_early.html", {"path": path, "missing": missing}, status=409)


@never_cache
def my_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A holder's certificate: see it, download it, correct the name, choose whether others may see it."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    certificate = _own(learner, code)
    form = NameForm(request.POST if "name" in request.POST else None, initial={"name": certificate.latest_copy.name})
    if request.method == "POST" and "visibility" in request.POST:
        certificate.name_is_public = request.POST["visibility"] == "public"
        certificate.save(update_fields=["name_is_public"])
        messages.success(request, _("Your choice is kept."))
        return redirect("my_certificate", code=code)
    if form.is_bound and form.is_valid():
        make_out(certificate, form.cleaned_data["name"], get_language() or SOURCE_LANGUAGE)
        messages.success(request, _("The certificate is made out anew. The earlier one is kept."))
        return redirect("my_certificate", code=code)
    page = {
        "certificate": certificate,
        "copy": certificate.latest_copy,
        "copies": certificate.copies.all(),
        "issuer": issuer_of(certificate),
        "has_badge": settings.OPEN_BADGES and issuer_of(certificate) and certificate.is_valid(),
        "form": form,
    }
    return render(request, "certificates/my_certificate.html", page, status=422 if form.errors else 200)


@never_cache
@require_safe
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate as PDF, for its holder only."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    certificate = _own(learner, code)
    language = get_language() or SOURCE_LANGUAGE
    copy = certificate.copy_in(language) or make_out(certificate, certificate.latest_copy.name, language)
    try:
        content = certificate_pdf(copy)
    except PrintingUnavailable:
        return render(request, "certificates/no_printing.html", {"certificate": certificate}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificado-{certificate.code}.pdf"'
    return response


@never_cache
def verify_certificate(request: HttpRequest, code: str = "") -> HttpResponse:
    """Tell anyone whether a code is valid, not valid or unknown; a typed name gets yes or no."""
    if request.method == "GET" and not code and request.GET.get("code"):
        return redirect("verify_certificate", code=clean_code(request.GET["code"]) or "-")
    if not code:
        return render(request, "certificates/verify.html", {"form": CodeForm()})
    if tried_too_often("verify", request.META.get("REMOTE_ADDR", ""), most=MOST_TRIES, within=WITHIN):
        return render(request, "certificates/verify.html", {"form": CodeForm(), "too_often": True}, status=429)
    verdict = verify(code)
    issued = verdict.certificate or verdict.card
    typed = request.POST.get("name", "").strip()[:200]
    page = {
        "form": CodeForm(),
        "verdict": verdict,
        "issuer": issuer_of(issued),
        "typed": typed,
        "belongs": bool(typed and issued and belongs_to(issued, typed)),
    }
    return render(request, "certificates/verify.html", page, status=404 if verdict.state == "unknown" else 200)


@never_cache
def revoke_certificate(request: HttpRequest) -> HttpResponse:
    """A coordinator revokes a certificate of her organisation by its code, with a reason its holder reads."""
    user = request.user
    organisations = organisations_where(user, "revoke_certificate")
    if not isinstance(user, User) or not organisations:
        raise PermissionDenied(_("This page is for coordinators."))
    form = RevokeForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        code = clean_code(form.cleaned_data["code"])
        found = CourseCertificate.objects.filter(code=code, organisation__in=organisations, revoked_at=None).first()
        if found is None:
            form.add_error("code", _("Your organisation has no valid certificate with this code."))
        else:
            revoke(found, user, form.cleaned_data["reason"])
            messages.success(request, _("The certificate is no longer valid. Its holder sees the reason."))
            return redirect("verify_certificate", code=code)
    return render(request, "certificates/revoke.html", {"form": form}, status=422 if form.errors else 200)
