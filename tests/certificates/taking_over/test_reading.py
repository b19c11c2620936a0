"""Reading a stranger's table: what is taken, what is refused, and that nothing harms."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from certificates.taking_over import reading
from certificates.taking_over.reading import COLUMNS, TableRefused, read
from certificates.taking_over.template import template


def refusal(content):
    with pytest.raises(TableRefused) as refused:
        read(content)
    return str(refused.value)


def test_a_row_is_read_as_it_was_written(table_of, row_of, until):
    found = read(table_of(row_of("  Rosa   Caal ", place=1609.0)))

    (row,) = found.rows
    assert (row.number, row.problem, row.until) == (2, "", until)
    assert (row.text("nombre"), row.text("municipio")) == ("Rosa Caal", "1609")


@pytest.mark.parametrize("day", ["31/12/2027", "2027-12-31", datetime(2027, 12, 31, 8)])
def test_a_day_may_be_a_date_or_its_text(table_of, row_of, day):
    assert read(table_of(row_of(day=day))).rows[0].until.isoformat() == "2027-12-31"


@pytest.mark.parametrize("day", ["pronto", 45000, "31/02/2027", None])
def test_what_is_no_day_is_none(table_of, row_of, day):
    assert read(table_of(row_of(day=day))).rows[0].until is None


@pytest.mark.parametrize(
    "heading",
    ["Nombre legal", "APELLIDOS", "nombre completo", "DPI", "No. de DPI", "Teléfono", "tel.", "celular", "Correo",
     "Dirección de casa", "fecha de nacimiento", "WhatsApp"],
)  # fmt: skip
def test_a_column_that_makes_a_dangerous_list_refuses_the_file(table_of, row_of, heading):
    reason = refusal(table_of([*row_of(), "x"], headings=[*COLUMNS, heading]))

    assert heading in reason


def test_such_a_column_on_another_sheet_refuses_the_file_too(table_of, row_of):
    book = load_workbook(io.BytesIO(table_of(row_of())))
    book.create_sheet("Otra").append(["nombre", "teléfono"])
    file = io.BytesIO()
    book.save(file)

    assert "teléfono" in refusal(file.getvalue())


def test_a_long_number_beside_a_name_refuses_its_row(table_of, row_of):
    rows = read(table_of(row_of("Rosa 5555-1234"), row_of("Ana", quién_la_reconoce="2345 67890 1601"))).rows

    assert all(row.problem for row in rows)


def test_a_formula_refuses_its_row(table_of, row_of):
    (row,) = read(table_of(row_of("=1+1"))).rows

    assert "nombre" in row.problem


def test_signs_that_cannot_be_seen_are_taken_out(table_of, row_of):
    assert read(table_of(row_of("Ro\u202esa\u200b Q'eqchi"))).rows[0].text("nombre") == "Ro sa Qʼeqchi"


def test_empty_rows_and_the_example_are_passed_over(table_of, row_of):
    rows = read(table_of(row_of("Ejemplo: Rosa"), [None] * len(COLUMNS), row_of("Ana"))).rows

    assert [row.number for row in rows] == [4]


def test_headings_may_differ_in_accents_and_capitals_and_others_are_told(table_of, row_of):
    headings = ["NOMBRE", "Municipio", "Departamento", "Papel", "Reconocida Hasta", "idiomas de entrevista",
                "Quien la reconoce", "Codigo de la escuela", "Notas"]  # fmt: skip

    found = read(table_of([*row_of(), "x"], headings=headings))

    assert (len(found.rows), found.unread) == (1, ["Notas"])


def test_a_table_without_its_headings_says_which_are_missing(table_of):
    assert "«papel»" in refusal(table_of(["Rosa"], headings=["nombre"]))


def test_a_table_without_people_is_refused(table_of):
    assert refusal(table_of())


def test_more_than_two_thousand_people_are_refused(table_of, row_of, monkeypatch):
    monkeypatch.setattr(reading, "MOST_PEOPLE", 2)

    assert refusal(table_of(*(row_of(f"Rosa {letter}") for letter in "abc")))


@pytest.mark.parametrize("content", [b"", b"nombre,municipio\n", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(content):
    assert refusal(content)


def test_a_file_too_large_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 10)

    assert "5 MB" in refusal(b"x" * 11)


def test_a_file_that_unpacks_to_far_too_much_is_refused(table_of, row_of):
    assert refusal(with_part(table_of(row_of()), "xl/media/x.xml", b"0" * (reading.MOST_UNPACKED + 1)))


def with_part(content, name, text):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_with_entities_is_refused(table_of, row_of, encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode(encoding)

    assert refusal(with_part(table_of(row_of()), "xl/evil.xml", bomb))


def test_the_template_names_the_roles_and_holds_no_person(organisation):
    from certificates.models import Role

    content = template(Role.objects.filter(organisation=organisation))

    book = load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book["Personas"][1]] == COLUMNS
    assert "monitora" in " ".join(str(row[1].value) for row in book.worksheets[1].iter_rows())
    assert "«nombre»" not in refusal(content)
