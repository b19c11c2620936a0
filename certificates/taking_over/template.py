"""The table to be filled in: its headings, an example row that is not read, and a sheet that explains."""

import io
from collections.abc import Iterable

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from certificates.models import Role
from certificates.spanning import today
from certificates.taking_over.reading import (
    ATTESTER,
    CODE,
    COLUMNS,
    DEPARTMENT,
    EXAMPLE_MARK,
    LANGUAGES,
    NAME,
    PLACE,
    ROLE,
    SHEET,
    UNTIL,
)
from cms.languages import languages
from cms.spreadsheets import harmless

WIDTHS = {NAME: 28, PLACE: 24, DEPARTMENT: 18, ROLE: 30, UNTIL: 20, LANGUAGES: 26, ATTESTER: 30, CODE: 22}


def template(roles: Iterable[Role]) -> bytes:
    """Return the table as XLSX, with the names of the roles that an organisation gives."""
    roles = list(roles)
    book = Workbook()
    people = book.active
    assert people is not None  # noqa: S101  (a new workbook has a sheet; tells mypy)
    people.title = SHEET
    people.append(COLUMNS)
    people.append(_example(roles))
    for number, column in enumerate(COLUMNS, 1):
        heading = people.cell(row=1, column=number)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="EFE3D0")
        people.cell(row=2, column=number).font = Font(italic=True, color="7A6A5C")
        people.column_dimensions[get_column_letter(number)].width = WIDTHS[column]
    people.freeze_panes = "A2"
    for row in range(2, 202):
        people.cell(row=row, column=COLUMNS.index(UNTIL) + 1).number_format = "DD/MM/YYYY"
    guide = book.create_sheet(_("How to fill it in"))
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 26, 90
    for about, words in _guide(roles):
        guide.append([about, harmless(words)])
        guide.cell(row=guide.max_row, column=1).font = Font(bold=True)
        guide.cell(row=guide.max_row, column=2).alignment = Alignment(wrap_text=True, vertical="top")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _example(roles: list[Role]) -> list[object]:
    role = harmless(str(roles[0])) if roles else "monitora"
    day = today().replace(year=today().year + 1, month=12, day=31)
    return [f"{EXAMPLE_MARK} Rosa", "San Pedro Carchá", "", role, day, "Qʼeqchiʼ, español", "Asamblea de la red", ""]


def _guide(roles: list[Role]) -> list[tuple[str, str]]:
    spoken = ", ".join(f"{row.name_es} ({row.code})" for row in languages().values() if row.mayan or row.code == "es")
    return [
        (_("What it is for"), _("Who works in the network today stays recognised until a day, from the first day on.")),
        (_("A row"), _("One person with one role. A row whose name begins with «ejemplo:» is not read.")),
        (NAME, _("The name she wants to be called by, no more. Two of the same name: add what tells them apart.")),
        (PLACE, _("Name or INE code of the municipality where she lives.")),
        (DEPARTMENT, _("Only where two municipalities have the same name.")),
        (ROLE, _("One of: %s.") % ", ".join(f"{role} ({role.slug})" for role in roles)),
        (UNTIL, _("Day, month and year, five years from today at most.")),
        (LANGUAGES, _("In which she can interview, with commas between them; may stay empty. %s.") % spoken),
        (ATTESTER, _("Who gives her word that she does this work: a person or an office.")),
        (CODE, _("Only if she learns in the school already: the eight digits on her card.")),
        (
            _("Do not bring"),
            _("Full names, telephones, DPI or other documents, addresses, dates of birth, anything about patients."),
        ),
        (_("Afterwards"), _("The school deletes the file. Delete your copy too, or keep it under lock and key.")),
    ]
