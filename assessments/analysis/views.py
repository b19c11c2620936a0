"""The pages of the analysis in the admin: of a quiz or of a bank, and of one of their questions.

Only for who may write courses in the organisation of the quiz or bank; they show counts, never people.
"""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks

from assessments.analysis import parts as chosen
from assessments.analysis import showing, tables
from assessments.analysis.counting import Scope
from assessments.analysis.forms import ScopeForm, TakeOutForm
from assessments.analysis.judging import needs_a_look_first, remarks_on, too_few
from assessments.analysis.questions import LEAST_JUDGED, AnalysedQuestion, analyse
from assessments.models import Question, QuestionBank, QuestionVersion, Quiz
from assessments.results import exclude
from people.models import User
from people.owning import choices_for

DEED = "write_course"
FILES = {
    "csv": (tables.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (tables.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_safe
def overview(request: HttpRequest, pk: int, of: type[Quiz] | type[QuestionBank]) -> HttpResponse:
    """Show the questions of a quiz or bank, those that need a look first; `?export=csv` or `xlsx` gives the table."""
    subject = _own(request, of, pk)
    form = ScopeForm(request.GET)
    questions = needs_a_look_first(analyse(_scope(subject, form)))
    if request.GET.get("export") in FILES:
        return _file(request.GET["export"], questions)
    query = _query(form)
    page = {
        "subject": subject,
        "form": form,
        "query": query,
        "rows": [
            {**showing.row_of(question), "address": _address(subject, question.key) + query} for question in questions
        ],
        "exports": [(name.upper(), _address(subject) + _query(form, export=name)) for name in FILES],
        "list_address": reverse(of.snippet_viewset.get_url_name("list")),  # type: ignore[union-attr]
        "least": LEAST_JUDGED,
        "notes": _notes_on(subject),
    }
    return TemplateResponse(request, "assessments/analysis/overview.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def question_page(
    request: HttpRequest, pk: int, question: uuid.UUID, of: type[Quiz] | type[QuestionBank]
) -> HttpResponse:
    """Show one question; POST takes versions of it out of results, for a reason."""
    subject = _own(request, of, pk)
    scope_form = ScopeForm(request.GET)
    scope = _scope(subject, scope_form, question)
    found = next(iter(analyse(scope)), None)
    if found is None:
        raise Http404
    may_take_out = _may_take_out(request, question)
    form = TakeOutForm(request.POST or None, versions=found.versions)
    if request.method == "POST":
        if not may_take_out:
            raise Http404
        if form.is_valid():
            _take_out(request, form)
            return redirect(request.get_full_path())
    page = {
        **_shown(found, scope),
        "subject": subject,
        "form": form if may_take_out and not found.is_taken_out else None,
        "back": _address(subject) + _query(scope_form),
    }
    is_refused = request.method == "POST"
    return TemplateResponse(request, "assessments/analysis/question.html", page, status=422 if is_refused else 200)


def addresses() -> list[URLPattern]:
    """Return the addresses of these pages, below the admin's."""
    quiz, bank = "assessments/quiz/<int:pk>/analysis/", "assessments/questionbank/<int:pk>/analysis/"
    return [
        path(quiz, overview, {"of": Quiz}, name="quiz_analysis"),
        path(bank, overview, {"of": QuestionBank}, name="questionbank_analysis"),
        path(f"{quiz}<uuid:question>/", question_page, {"of": Quiz}, name="quiz_analysis_question"),
        path(f"{bank}<uuid:question>/", question_page, {"of": QuestionBank}, name="questionbank_analysis_question"),
    ]


def _own(request: HttpRequest, of: type[Quiz] | type[QuestionBank], pk: int) -> Quiz | QuestionBank:
    """Return a quiz or bank of an organisation where she may write courses; to others it is not there."""
    found: Quiz | QuestionBank = get_object_or_404(choices_for(request.user, of, DEED), pk=pk)  # type: ignore[arg-type]
    return found


def _notes_on(subject: Quiz | QuestionBank) -> list[str]:
    """Return what other floors have to say on a quiz, in sentences."""
    if isinstance(subject, QuestionBank):
        return []
    return [note for offer in hooks.get_hooks("quiz_notes") for note in offer(subject)]


def _scope(subject: Quiz | QuestionBank, form: ScopeForm, question: uuid.UUID | None = None) -> Scope:
    """Return which answers the form asks for; what was not understood of it is left out."""
    form.is_valid()
    since, every_try = form.cleaned_data.get("since"), form.cleaned_data.get("every_try", False)
    if isinstance(subject, Quiz):
        return Scope(quiz_key=subject.translation_key, question=question, since=since, every_try=every_try)
    return Scope(bank_id=subject.pk, question=question, since=since, every_try=every_try)


def _query(form: ScopeForm, **more: str) -> str:
    """Return the form's choices as the query of an address, "" where there are none."""
    chosen_ones = {name: value for name, value in form.cleaned_data.items() if value}
    return f"?{urlencode({**chosen_ones, **more})}" if chosen_ones or more else ""


def _address(subject: Quiz | QuestionBank, question: uuid.UUID | None = None) -> str:
    name = f"{subject._meta.model_name}_analysis"
    return reverse(f"{name}_question", args=[subject.pk, question]) if question else reverse(name, args=[subject.pk])


def _shown(question: AnalysedQuestion, scope: Scope) -> dict[str, Any]:
    """Return what the page of a question shows."""
    thirds = chosen.thirds_of(question)
    parts = chosen.parts_of(question, scope, thirds) if question.whole.is_shown else []
    words, gaps = chosen.words_of(question, scope) if question.whole.is_shown else ([], {})
    return {
        "question": question,
        "content": question.content,
        "type": showing.type_name(question.content["type"]),
        "figures": showing.figures_of(question.whole),
        "interval": showing.interval(question.whole),
        "remarks": remarks_on(question),
        "too_few": too_few(question),
        "parts": showing.part_rows(question, parts, thirds),
        "parts_chart": showing.chart_of_parts(question, parts),
        "part_languages": showing.shown_languages(question),
        "words": words,
        "gaps": [(name, showing.percent(right / question.whole.answers)) for name, right in gaps.items()],
        "languages": showing.language_rows(question),
        "languages_chart": showing.chart_of_languages(question),
        "versions": [(version, showing.figures_of(version.group)) for version in question.versions],
    }


def _may_take_out(request: HttpRequest, question: uuid.UUID) -> bool:
    """Return whether the question's bank is hers too: it may be asked in quizzes of others."""
    banks = choices_for(request.user, QuestionBank, DEED)
    return banks is not None and Question.objects.filter(translation_key=question, bank__in=banks).exists()


def _take_out(request: HttpRequest, form: TakeOutForm) -> None:
    user = request.user
    if not isinstance(user, User) or user.volunteer is None:
        raise Http404
    versions = QuestionVersion.objects.filter(pk__in=form.cleaned_data["versions"])
    recomputed = exclude(list(versions), form.cleaned_data["reason"], user.volunteer)
    words = ngettext(
        "It no longer counts. %(count)s result was recomputed; nobody lost points by it.",
        "It no longer counts. %(count)s results were recomputed; nobody lost points by it.",
        recomputed,
    )
    messages.success(request, words % {"count": recomputed})


def _file(kind: str, questions: list[AnalysedQuestion]) -> HttpResponse:
    write, media_type = FILES[kind]
    name = f"{_('analysis')}.{kind}"
    return HttpResponse(
        write(questions), content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
