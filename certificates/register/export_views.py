"""Taking the register's answer out as a file; asking for one with legal names, and deciding about it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from certificates.models import SensitiveExport
from certificates.register.asking import Question, Scope, counts, scope_of, today
from certificates.register.exporting import XLSX, as_csv, as_xlsx, keys_in, note_export, question_of
from certificates.register.forms import QuestionForm
from certificates.register.sensitive import (
    COLUMNS,
    DEED,
    ExportRefused,
    ask_for,
    can_be_downloaded,
    decide,
    encrypted_file,
    exports_of,
    fetch,
    is_open,
    may_decide,
    waiting_for,
)
from people.models import User
from people.public import organisations_where

ABOUT = ("organisation", "asked_by__identity", "decided_by__identity")
NEWEST = 20


class SensitiveForm(forms.Form):
    """Which sensitive columns, and what for."""

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("What you need besides"),
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick what you need.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("Another person of your organisation reads it and decides. Name nobody here."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what it is for.")},
    )


def _coordinator(request: HttpRequest) -> tuple[User, Scope]:
    user, scope = request.user, scope_of(request.user)
    if not isinstance(user, User) or not scope.responsibilities:
        raise PermissionDenied(_("The register is for coordinators."))
    return user, scope


def _asked(request: HttpRequest, scope: Scope) -> Question | None:
    form = QuestionForm(request.GET, scope)
    return form.question if form.is_valid() else None


def _back_to_question(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('register')}?{request.GET.urlencode()}")


@never_cache
def export_register(request: HttpRequest) -> HttpResponseBase:
    """Say what a file of the answer holds; POST gives it as CSV or XLSX."""
    user, scope = _coordinator(request)
    question = _asked(request, scope)
    if question is None:
        return _back_to_question(request)
    form = request.POST.get("form", "")
    if request.method == "POST" and form in {"csv", "xlsx"}:
        return _file(user, scope, question, form)
    page = {
        "question": question,
        "count": counts(question, scope)[question.status],
        "query": request.GET.urlencode(),
        "sensitive": SensitiveForm(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/register/export.html", page, status=status)


def _file(user: User, scope: Scope, question: Question, form: str) -> HttpResponseBase:
    keys = keys_in(question, scope)
    note_export(user, question, keys, form)
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(as_csv(question, scope, keys), content_type="text/csv; charset=utf-8")
    else:
        response = FileResponse(as_xlsx(question, scope, keys), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="registro-{today().isoformat()}.{form}"'
    return response


# --- legal names and telephones ------------------------------------------------------------------------------------


@never_cache
@require_POST
def ask_sensitive_export(request: HttpRequest) -> HttpResponse:
    """Ask another for a file with legal names or telephones, with a reason."""
    user, scope = _coordinator(request)
    question = _asked(request, scope)
    if question is None:
        return _back_to_question(request)
    form = SensitiveForm(request.POST)
    if form.is_valid():
        try:
            asked = ask_for(user, question, form.cleaned_data["columns"], form.cleaned_data["reason"])
        except ExportRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your request is kept. Another person of your organisation decides."))
            return redirect("sensitive_export", export=asked.uuid)
    page = {
        "question": question,
        "count": counts(question, scope)[question.status],
        "query": request.GET.urlencode(),
        "sensitive": form,
        "form": form,
    }
    return render(request, "certificates/register/export.html", page, status=422)


def _concerned(request: HttpRequest) -> User:
    """Return a member of staff who asks for such files, or decides about them, or refuse."""
    user = request.user
    if not isinstance(user, User) or not (scope_of(user).responsibilities or organisations_where(user, DEED)):
        raise PermissionDenied(_("This page is for coordinators."))
    return user


@never_cache
@require_safe
def sensitive_exports(request: HttpRequest) -> HttpResponse:
    """The files with legal names or telephones that wait for her, and those she asked for."""
    user = _concerned(request)
    page = {
        "waiting": list(waiting_for(user).select_related(*ABOUT)),
        "own": list(exports_of(user).select_related(*ABOUT)[:NEWEST]),
    }
    return render(request, "certificates/register/sensitive_exports.html", page)


def _found(request: HttpRequest, key: uuid.UUID) -> tuple[User, SensitiveExport]:
    """Return a file that she asked for or may decide about, or answer that there is none."""
    user = _concerned(request)
    found = get_object_or_404(SensitiveExport.objects.select_related(*ABOUT), uuid=key)
    if found.asked_by_id != user.volunteer_id and not may_decide(user, found):
        raise Http404
    return user, found


@never_cache
def sensitive_export(request: HttpRequest, export: uuid.UUID) -> HttpResponse:
    """One such file: question, columns, reason, how many people. POST by another allows or refuses it."""
    user, found = _found(request, export)
    problem = ""
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        try:
            if decision not in {"approve", "refuse"}:
                raise ExportRefused(_("Say whether the file may be made."))
            decide(found, user, decision == "approve")
        except ExportRefused as refused:
            problem = str(refused)
        else:
            approved = _("You have allowed it. Who asked can fetch the file for a day, once.")
            messages.success(request, approved if decision == "approve" else _("You have refused it."))
            return redirect("sensitive_exports")
    page = _about(found, user) | {"problem": problem}
    return render(request, "certificates/register/sensitive_export.html", page, status=422 if problem else 200)


def _about(found: SensitiveExport, user: User) -> dict[str, Any]:
    is_own = found.asked_by_id == user.volunteer_id
    return {
        "asked": found,
        "question": question_of(found.question),
        "columns": [COLUMNS[name] for name in COLUMNS if name in found.columns],
        "is_own": is_own,
        "is_open": is_own and is_open(found),
        "may_decide": not is_own and found.state == SensitiveExport.State.WAITING,
    }


@never_cache
@require_POST
def fetch_sensitive_export(request: HttpRequest, export: uuid.UUID) -> HttpResponse:
    """Make the encrypted file, once, and show its password, once."""
    user, found = _found(request, export)
    try:
        sealed = fetch(found, user)
    except ExportRefused as refused:
        page = _about(found, user) | {"problem": str(refused)}
        return render(request, "certificates/register/sensitive_export.html", page, status=422)
    page = {"asked": sealed.asked, "password": sealed.password}
    return render(request, "certificates/register/sensitive_password.html", page)


@never_cache
@require_safe
def sensitive_export_file(request: HttpRequest, export: uuid.UUID) -> HttpResponse:
    """The encrypted file, for who asked, for a quarter of an hour."""
    user, found = _found(request, export)
    if found.asked_by_id != user.volunteer_id or not can_be_downloaded(found):
        raise Http404
    response = HttpResponse(encrypted_file(found), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="registro-cifrado-{found.asked_at:%Y-%m-%d}.xlsx"'
    return response
