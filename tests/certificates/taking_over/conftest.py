"""Tables of a network, as coordinators send them."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from certificates import kept_files
from certificates.taking_over.reading import COLUMNS


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_files, "folder", lambda: tmp_path / "kept")


@pytest.fixture
def until():
    return timezone.localdate() + timedelta(days=400)


@pytest.fixture
def row_of(until):
    """Return a function that gives a row as it is written: name, municipality, role and what else is said."""

    def make(name="Rosa", place="San Pedro Carchá", role="monitora", day=until, **more):
        told = {
            "departamento": "",
            "idiomas de entrevista": "kek, español",
            "quién la reconoce": "Asamblea de la red",
            "código de la escuela": "",
            **{key.replace("_", " "): value for key, value in more.items()},
        }
        given = {"nombre": name, "municipio": place, "papel": role, "reconocida hasta": day, **told}
        return [given[column] for column in COLUMNS]

    return make


@pytest.fixture
def table_of():
    """Return a function that gives rows as the bytes of an XLSX file."""

    def make(*rows, headings=COLUMNS):
        book = Workbook()
        book.active.title = "Personas"
        for row in [headings, *rows]:
            book.active.append(row)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    return make


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def office(staff_client, coordinator):
    return staff_client(coordinator)


@pytest.fixture
def send(organisation):
    """Return a function that sends a table from a browser and returns the address of its preview."""

    def make(client, content):
        told = {"organisation": organisation.uuid, "file": SimpleUploadedFile("red.xlsx", content)}
        response = client.post("/es/register/network/", told)
        assert response.status_code == 302, response.content.decode()
        return response["Location"]

    return make
