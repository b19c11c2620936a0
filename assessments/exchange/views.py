"""The admin's pages that bring questions into a bank and give a bank away."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.exchange import table
from assessments.exchange.formats import FORMATS
from assessments.exchange.forms import QuestionsForm
from assessments.exchange.giving_out import Shelf, carried, left_behind, questions_of, written
from assessments.exchange.questions import ExchangeRefused
from assessments.exchange.taking_in import ADDED, CHANGED, REFUSED, UNCHANGED, Line, is_in_use, preview, take_in
from assessments.models import QuestionBank
from cms.auditing import record

KEPT_SECONDS = 3600


def own_bank(request: HttpRequest, bank: int) -> QuestionBank:
    """Return a bank of an organisation where the user writes courses, else answer 404."""
    found: QuestionBank = get_object_or_404(QuestionBank.snippet_viewset.owned(request.user), pk=bank)  # type: ignore[attr-defined]
    return found


def import_questions(request: HttpRequest, bank: int) -> HttpResponse:
    """Take a file, and show what it would do to the bank before anything is written."""
    into = own_bank(request, bank)
    form = QuestionsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            lines = preview(into, content, file.name)
        except ExchangeRefused as reason:
            form.add_error("file", str(reason))
        else:
            token = secrets.token_urlsafe()
            kept = {"bank": into.pk, "content": content, "name": file.name}
            cache.set(_kept_under(request, token), kept, KEPT_SECONDS)
            page = {"bank": into, "token": token, "is_in_use": is_in_use(into), **_sorted_out(lines)}
            return TemplateResponse(request, "assessments/exchange/preview.html", page)
    page = {"bank": into, "form": form, "is_in_use": is_in_use(into)}
    return TemplateResponse(request, "assessments/exchange/import.html", page, status=422 if form.errors else 200)


def _kept_under(request: HttpRequest, token: str) -> str:
    return f"questions-to-import:{request.user.pk}:{token}"


def _sorted_out(lines: list[Line]) -> dict[str, Any]:
    """Return the lines in groups as the page shows them: a title, the lines, whether names are listed."""
    titles = {
        REFUSED: _("Not taken, and why"),
        ADDED: _("New"),
        CHANGED: _("Changed"),
        UNCHANGED: _("As it is in the bank"),
    }
    groups = [(title, [line for line in lines if line.state == state]) for state, title in titles.items()]
    count = sum(line.state in (ADDED, CHANGED) for line in lines)
    return {"groups": [group for group in groups if group[1]], "count": count}


@require_POST
def confirm_import(request: HttpRequest, bank: int) -> HttpResponse:
    """Write what the user has seen."""
    into = own_bank(request, bank)
    address = _kept_under(request, request.POST.get("token", ""))
    kept = cache.get(address)
    if not kept or kept["bank"] != into.pk:
        messages.warning(request, _("More than an hour has passed, or it was already done. Choose the file again."))
        return redirect("import_questions", into.pk)
    try:
        lines = take_in(into, kept["content"], kept["name"], request.user)  # type: ignore[arg-type]
    except ExchangeRefused as reason:
        messages.error(request, str(reason))
        return redirect("import_questions", into.pk)
    cache.delete(address)
    count = sum(line.state in (ADDED, CHANGED) for line in lines)
    done = ngettext("%s question was taken into the bank.", "%s questions were taken into the bank.", count) % count
    messages.success(request, done)
    return redirect("wagtailsnippets_assessments_question:list")


@require_safe
def export_questions(request: HttpRequest, bank: int) -> HttpResponse:
    """Offer a bank in every format, and say what each leaves behind."""
    of = own_bank(request, bank)
    shelf = Shelf()
    questions = [carried(question, shelf) for question in questions_of(of)]
    offers = [
        {"name": name, "label": form.label, "left_behind": left_behind(questions, shelf.recordings, name)}
        for name, form in FORMATS.items()
    ]
    page = {"bank": of, "count": len(questions), "offers": offers}
    return TemplateResponse(request, "assessments/exchange/export.html", page)


@require_safe
def download_questions(request: HttpRequest, bank: int, form: str) -> HttpResponse:
    """Give a bank as a file of one format."""
    of = own_bank(request, bank)
    if form not in FORMATS:
        raise Http404
    content = written(of, form)
    record("questions_exported", of, actor=request.user, format=form)
    return _as_file(content, FORMATS[form].media_type, f"{of.slug}.{FORMATS[form].suffix}")


@require_safe
def download_template(request: HttpRequest, bank: int) -> HttpResponse:
    """Give the table to be filled in, with its examples."""
    own_bank(request, bank)
    return _as_file(table.template(), "text/csv", "preguntas.csv")


def _as_file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
