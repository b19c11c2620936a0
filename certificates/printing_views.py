"""The pages on which staff have the certificates of a cohort printed: choice, progress, download for a day."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.kept_files import is_kept, kept
from certificates.printing_many import DEED, ENDED, ask_print, cohorts_for, courses_for, file_of, key_of
from cms.auditing import record
from cms.models import Job
from people.models import Cohort, User
from people.public import organisations_where

SECONDS_TO_LOOK_AGAIN = "3"


class PrintForm(forms.Form):
    """Whose certificates of which course; the token makes two clicks one request."""

    cohort = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Cohort.objects.none(),
        to_field_name="uuid",
        empty_label=gettext_lazy("Choose the group"),
        error_messages={"required": gettext_lazy("Choose the group.")},
    )
    course = forms.ChoiceField(label=gettext_lazy("Course"))
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.fields["cohort"].queryset = cohorts_for(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["course"].choices = courses_for(user)  # type: ignore[attr-defined]  # a ChoiceField


def _staff(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not organisations_where(user, DEED):
        raise PermissionDenied(_("This page is for who accompanies people."))
    return user


@never_cache
def print_certificates(request: HttpRequest) -> HttpResponse:
    """Choose a cohort and a course; POST asks the worker for one PDF."""
    user = _staff(request)
    form = PrintForm(user, *([request.POST] if request.method == "POST" else []))
    if form.is_valid():
        given = form.cleaned_data
        if ask_print(user, given["cohort"], uuid.UUID(given["course"]), given["token"]):
            return redirect("printed_certificates", printing=given["token"])
        form.add_error("cohort", _("Nobody of this group in your care has a certificate of this course yet."))
    page = {"form": form, "has_groups": cohorts_for(user).exists(), "has_courses": bool(courses_for(user))}
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/print_many.html", page, status=status)


def _job(request: HttpRequest, printing: uuid.UUID) -> tuple[User, Job]:
    """Return the job that this member of staff asked for, or answer that there is none."""
    user = _staff(request)
    return user, get_object_or_404(Job, idempotency_key=key_of(user, printing))


@never_cache
@require_safe
def printed_certificates(request: HttpRequest, printing: uuid.UUID) -> HttpResponse:
    """How far the worker is with a PDF; at the end the way to download it."""
    _user, row = _job(request, printing)
    page = {
        "job": row,
        "printing": printing,
        "is_over": row.state in ENDED,
        "total": len(row.arguments["certificates"]),
        "pages": row.result.get("pages"),
        "unavailable": row.result.get("unavailable", False),
        "is_there": is_kept(file_of(row)),
    }
    response = render(request, "certificates/printed_many.html", page)
    if not page["is_over"]:
        response.headers["Refresh"] = SECONDS_TO_LOOK_AGAIN
    return response


@never_cache
@require_safe
def printed_certificates_file(request: HttpRequest, printing: uuid.UUID) -> HttpResponse:
    """The PDF, for who asked for it, for a day."""
    user, row = _job(request, printing)
    content = kept(file_of(row)) if row.state == Job.State.DONE else None
    if content is None:
        raise Http404
    record("printed_certificates_fetched", row, actor=user)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="certificados.pdf"'
    return response
