"""The analysis as a file for a spreadsheet: a row for each question in all languages, then in each."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook

from assessments.analysis.judging import language_name, remarks_on
from assessments.analysis.questions import AnalysedQuestion, Group
from assessments.analysis.showing import few, type_name
from assessments.analysis.statistics import Comparison
from cms.spreadsheets import harmless

Cell = str | float | int | None
BYTE_ORDER_MARK = "\ufeff"


def as_csv(questions: Iterable[AnalysedQuestion]) -> bytes:
    """Return the table as CSV in UTF-8, with the mark by which spreadsheets know it."""
    text = io.StringIO()
    csv.writer(text).writerows(_table(questions))
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_xlsx(questions: Iterable[AnalysedQuestion]) -> bytes:
    """Return the table as an Excel workbook."""
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(_("Analysis"))
    for row in _table(questions):
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def _table(questions: Iterable[AnalysedQuestion]) -> Iterator[list[Cell]]:
    yield _headings()
    for question in questions:
        remarks = " ".join(remark.sentence for remark in remarks_on(question))
        about: list[Cell] = [question.content["prompt"], type_name(question.content["type"])]
        end: list[Cell] = [_("yes") if question.is_taken_out else _("no"), remarks, str(question.key)]
        yield _safe([*about, _("all"), *_figures(question.whole), *_compared(None), *end])
        for code, group in question.by_language.items():
            compared = _compared(question.comparisons.get(code))
            yield _safe([*about, language_name(code), *_figures(group), *compared, *end])


def _headings() -> list[Cell]:
    return [
        _("Question"),
        _("Type"),
        _("Language"),
        _("Answers"),
        _("Points earned (0 to 1)"),
        _("Discrimination"),
        _("Mean seconds"),
        _("Left blank"),
        _("Do not understand it"),
        _("Difference to Spanish (delta)"),
        _("Delta from"),
        _("Delta to"),
        _("Class"),
        _("p"),
        _("Taken out"),
        _("To look at"),
        _("Key"),
    ]


def _figures(group: Group) -> list[Cell]:
    if not group.is_shown:
        return [_count(group.answers), None, None, None, None, _count(group.unclear)]
    return [
        group.answers,
        _rounded(group.facility),
        _rounded(group.discrimination),
        _rounded(group.seconds),
        _count(group.tally.blank),
        _count(group.unclear),
    ]


def _count(people: int) -> Cell:
    shown = few(people)
    return people if shown == str(people) else shown


def _compared(comparison: Comparison | None) -> list[Cell]:
    if comparison is None:
        return [None] * 5
    low, high = comparison.interval
    return [_rounded(comparison.delta), _rounded(low), _rounded(high), comparison.letter, _rounded(comparison.p)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _safe(row: list[Cell]) -> list[Cell]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]
