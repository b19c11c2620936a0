"""The register's answer as a file: short codes and safe names only. Each file is audited, and noted for each person.

Legal names and telephones leave the school in `sensitive` only.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook

from certificates.models import LookUp, Role, Span
from certificates.register.asking import SOON, STATUSES, Question, Row, Scope, matching, rows_for, standings
from certificates.register.forms import STATUS_WORDS
from certificates.register.looking_up import note_people
from cms.auditing import record
from cms.languages import SOURCE_LANGUAGE, languages
from cms.spreadsheets import harmless
from people.models import Cohort, Territory, User, Volunteer

AT_ONCE = 500
BYTE_ORDER_MARK = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | date | None


def keys_in(question: Question, scope: Scope) -> list[int]:
    """Return the ids of all people of the question's status, whose time ends soonest first (1 query)."""
    people = standings(matching(question, scope)).filter(best=STATUSES[question.status])
    if question.status == "ends_soon":
        people = people.filter(until__lte=question.day + SOON)
    rows = people.order_by(F("until").asc(nulls_last=True), "volunteer")
    return [row["volunteer"] for row in rows]


def all_people_in(question: Question, scope: Scope, keys: list[int] | None = None) -> Iterator[Row]:
    """Yield every person of the question's status in the order of `people_in`, in chunks (3 queries each).

    `keys` are the ids of `keys_in`, where they were asked before.
    """
    keys = keys_in(question, scope) if keys is None else keys
    spans: QuerySet[Span] = matching(question, scope)
    for start in range(0, len(keys), AT_ONCE):
        yield from rows_for(keys[start : start + AT_ONCE], spans, question)


# --- asked, as it can be kept --------------------------------------------------------------------------------------


def asked_of(question: Question) -> dict[str, str]:
    """Return a question as its form has it, to be kept or to stand in an address."""
    asked = {
        "role": str(question.role.uuid),
        "place": question.place.code if question.place else "",
        "day": question.day.isoformat(),
        "status": question.status,
        "language": question.language,
        "cohort": str(question.cohort.uuid) if question.cohort else "",
    }
    return {name: value for name, value in asked.items() if value}


def question_of(asked: dict[str, str]) -> Question | None:
    """Return a kept question, or None where what it names is gone."""
    role = Role.objects.select_related("organisation").filter(uuid=asked.get("role")).first()
    if role is None:
        return None
    place = Territory.objects.select_related("parent__parent").filter(code=asked.get("place", "")).first()
    cohort = Cohort.objects.filter(uuid=asked["cohort"]).first() if asked.get("cohort") else None
    if (asked.get("place") and place is None) or (asked.get("cohort") and cohort is None):
        return None
    return Question(role, date.fromisoformat(asked["day"]), place, asked["status"], asked.get("language", ""), cohort)


# --- the file ------------------------------------------------------------------------------------------------------


def headings() -> list[str]:
    """Return the names of the columns."""
    return [_("Code"), _("Name"), _("Role"), _("Place"), _("Until"), _("How it stands"), _("Interview languages")]


def cells_of(row: Row, question: Question) -> list[Cell]:
    """Return one person's row: short code, safe name, role, place, until, status, languages. Nothing else leaves."""
    place = str(row.place) if row.place else _("everywhere")
    spoken = ", ".join(languages()[code].name if code in languages() else code for code in row.languages)
    texts: list[Cell] = [short_code(row.person), row.name, str(question.role), place]
    return safe([*texts, row.until, str(STATUS_WORDS[question.status]), spoken])


def short_code(person: Volunteer) -> str:
    """Return the short code by which a person is known in files: it stays the same, and tells nothing of her."""
    return str(person.uuid)[:8]


def safe(cells: Iterable[Cell]) -> list[Cell]:
    """Return cells of which no spreadsheet takes one for a formula."""
    return [harmless(cell) if isinstance(cell, str) else cell for cell in cells]


def as_csv(question: Question, scope: Scope, keys: list[int]) -> Iterator[str]:
    """Return the answer as CSV, a piece for each chunk of people, with the mark by which spreadsheets know UTF-8."""
    # The pieces are made when the request, and its language, may be over.
    return _pieces(question, scope, keys, get_language() or SOURCE_LANGUAGE)


def _pieces(question: Question, scope: Scope, keys: list[int], language: str) -> Iterator[str]:
    with translation.override(language):
        yield BYTE_ORDER_MARK + _line(headings())
        some: list[str] = []
        for row in all_people_in(question, scope, keys):
            some.append(_line(cells_of(row, question)))
            if len(some) == AT_ONCE:
                yield "".join(some)
                some = []
        yield "".join(some)


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cell.isoformat() if isinstance(cell, date) else cell for cell in cells)
    return text.getvalue()


def as_xlsx(question: Question, scope: Scope, keys: list[int]) -> io.BytesIO:
    """Return the answer as an Excel workbook."""
    rows = (cells_of(row, question) for row in all_people_in(question, scope, keys))
    return book_of(headings(), rows)


def book_of(first: list[str], rows: Iterable[list[Cell]]) -> io.BytesIO:
    """Return rows under headings as an Excel workbook; only the finished file stands in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Register"))
    sheet.append(first)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def note_export(user: User, question: Question, keys: list[int], form: str) -> None:
    """Write down, in the audit and for each person, that she was taken out of the register in a file."""
    asked = {name: value for name, value in asked_of(question).items() if name not in {"role", "language"}}
    record("register_exported", question.role, actor=user, count=len(keys), form=form, **asked)
    note_each(user, question, keys)


def note_each(user: User, question: Question, keys: list[int]) -> None:
    """Write down for each person who took her out of the register."""
    people = (Volunteer(pk=key) for key in keys)
    note_people(user, people, question.role.organisation, LookUp.What.EXPORT)
