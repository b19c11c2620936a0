"""Reading the table of the existing network: an XLSX file, a person a row. The names of columns are Spanish.

The file is a stranger's: it is bounded before it is opened, holds no formula that counts, and brings nothing that the
school does not want to know. A column for legal names, telephones or documents is refused, with the whole file.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cms.archives import NOT_A_WHOLE_ZIP
from cms.orthography import search_key, store

MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
MOST_PARTS = 200
MOST_PEOPLE = 2_000
MOST_ROWS = 10_000
"""So many rows are looked at; below the last person there may be empty ones."""
MOST_COLUMNS = 40
LONGEST_CELL = 300

NAME, PLACE, DEPARTMENT, ROLE, UNTIL = "nombre", "municipio", "departamento", "papel", "reconocida hasta"
LANGUAGES, ATTESTER, CODE = "idiomas de entrevista", "quién la reconoce", "código de la escuela"
COLUMNS = [NAME, PLACE, DEPARTMENT, ROLE, UNTIL, LANGUAGES, ATTESTER, CODE]
NEEDED = [NAME, PLACE, ROLE, UNTIL, ATTESTER]
SHEET = "Personas"
EXAMPLE_MARK = "ejemplo:"
"""How the name in the template's example row begins; such a row is not read."""

_UNWANTED = (
    *("legal", "apellido", "complet", "dpi", "cui", "nit", "documento", "cedula", "identificacion", "pasaporte"),
    *("telefon", "tel", "celular", "movil", "whatsapp", "correo", "email", "mail", "direccion", "domicilio"),
    *("nacimiento", "edad", "foto", "huella", "diagnostico", "paciente", "enfermedad"),
)
"""How words begin that a heading must not hold; short ones (`_WHOLE`) are compared as whole words."""
_WHOLE = {"dpi", "cui", "nit", "tel", "mail", "edad"}
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-]?){8,}")


class TableRefused(Exception):
    """The file cannot be taken as a whole. The message says why and what to do."""


@dataclass(frozen=True)
class Given:
    """One row as it was written: plain text, the day as a date where it is one, and what is wrong with the cells."""

    number: int
    """The row's number in the spreadsheet."""
    texts: dict[str, str]
    until: date | None = None
    problem: str = ""

    def text(self, column: str) -> str:
        """Return what stands in a column."""
        return self.texts.get(column, "")


@dataclass(frozen=True)
class Table:
    """What a file holds: its rows, and the headings that are not read."""

    rows: list[Given] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read(content: bytes) -> Table:
    """Return the rows of a file. Raises `TableRefused` in words."""
    _refuse_dangerous(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
        for sheet in sheets:
            _refuse_unwanted(_headings(sheet))
        found = next((sheet for sheet in sheets if _folded(sheet.title) == _folded(SHEET)), sheets[0])
        return _read_sheet(found)
    except TableRefused:
        raise
    except Exception as problem:  # a foreign reader fails in many ways on a broken file
        raise TableRefused(
            _("This file cannot be read. Open it in your spreadsheet and save it again as XLSX.")
        ) from problem


def _refuse_dangerous(content: bytes) -> None:
    """Refuse what is no small XLSX file, before anything of it is unpacked further."""
    if len(content) > MOST_BYTES:
        raise TableRefused(_("This file is larger than 5 MB. A table of people is much smaller: leave out pictures."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TableRefused(_("This file unpacks to far too much. Copy the table into a new file."))
            if any(_has_document_type(packed, part) for part in parts):
                raise TableRefused(_("This file holds something that a table does not need. Copy it into a new file."))
    except (*NOT_A_WHOLE_ZIP, ValueError) as problem:
        raise TableRefused(_("This is not an XLSX file. In your spreadsheet choose «save as» and XLSX.")) from problem


def _has_document_type(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Return whether an XML part declares entities: none of a spreadsheet's own does."""
    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
        return False
    with packed.open(part) as file:
        text = file.read(part.file_size + 1).replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def _headings(sheet: Any) -> list[str]:
    rows = sheet.iter_rows(min_row=1, max_row=1, max_col=MOST_COLUMNS, values_only=True)
    return [_clean(str(cell)) if cell is not None else "" for cell in next(rows, ())]


def _refuse_unwanted(headings: list[str]) -> None:
    for heading in headings:
        if len(heading) < LONGEST_CELL and any(_is_unwanted(word) for word in _folded(heading).split()):
            raise TableRefused(
                _(
                    "Do not bring «%(heading)s». The school takes no legal names, telephones, documents or addresses "
                    "here, so that this never becomes a list that harms somebody. Take the column out, and empty the "
                    "recycle bin of your spreadsheet."
                )
                % {"heading": heading[:60]}
            )


def _is_unwanted(word: str) -> bool:
    return word in _WHOLE or any(word.startswith(start) for start in _UNWANTED if start not in _WHOLE)


def _read_sheet(sheet: Any) -> Table:
    headings = _headings(sheet)
    known = {_folded(column): column for column in COLUMNS}
    columns = [known.get(_folded(heading), "") for heading in headings]
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise TableRefused(
            _("The first row must hold the headings. Missing: %(columns)s. Download the template and fill it in.")
            % {"columns": ", ".join(f"«{column}»" for column in missing)}
        )
    twice = {column for column in columns if column and columns.count(column) > 1}
    if twice:
        raise TableRefused(_("The column «%s» stands there twice.") % min(twice))
    rows = list(_rows(sheet, columns))
    if not rows:
        raise TableRefused(_("No person was found in this table."))
    return Table(rows, [heading for heading, column in zip(headings, columns, strict=True) if heading and not column])


def _rows(sheet: Any, columns: list[str]) -> Iterator[Given]:
    count = 0
    last = len(columns) or 1
    for number, cells in enumerate(sheet.iter_rows(min_row=2, max_row=MOST_ROWS, max_col=last), 2):
        found = {
            column: cell for column, cell in zip(columns, cells, strict=False) if column and cell.value is not None
        }
        row = _row(number, found)
        if row is None:
            continue
        count += 1
        if count > MOST_PEOPLE:
            raise TableRefused(_("This table has more than 2,000 people. Divide it."))
        yield row


def _row(number: int, cells: dict[str, Any]) -> Given | None:
    """Return a row, or None where it is empty or is the template's example."""
    formulas = [column for column, cell in cells.items() if cell.data_type == "f"]
    texts = {column: _text(cell.value) for column, cell in cells.items() if column not in formulas}
    if not any(texts.values()) and not formulas:
        return None
    if _folded(texts.get(NAME, "")).startswith(_folded(EXAMPLE_MARK)):
        return None
    problem = ""
    if formulas:
        problem = _("The column «%s» holds a formula. Write the value itself.") % formulas[0]
    elif any(len(text) > LONGEST_CELL for text in texts.values()):
        problem = _("A cell is too long. Write only what its heading asks.")
    elif any(_LONG_NUMBER.search(texts.get(column, "")) for column in (NAME, ATTESTER)):
        problem = _("There is a long number beside a name. Do not bring numbers of documents or telephones.")
    day = cells[UNTIL].value if UNTIL in cells and UNTIL not in formulas else None
    return Given(number, {column: text[:LONGEST_CELL] for column, text in texts.items()}, _day(day), problem)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _clean(str(value))


def _clean(text: str) -> str:
    """Return text on one line, without signs that cannot be seen."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    return store(" ".join(seen.split()))


def _day(value: Any) -> date | None:
    """Return a cell's day: a date, or text as 31/12/2026 or 2026-12-31."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for shape in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(str(value).strip(), shape).date()
        except ValueError:
            continue
    return None


def _folded(text: str) -> str:
    """Return a heading by which those that differ in accents, capitals and signs are equal."""
    plain = search_key(_clean(text))
    words = "".join(sign if unicodedata.category(sign)[0] in "LN" or sign == ":" else " " for sign in plain)
    return " ".join(words.split())
