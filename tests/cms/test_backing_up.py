"""Backups of a school of its own, through the commands that people type."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
from people.joining import Newcomer, join
from people.models import Organisation
Organisation.objects.create(name="Escuela", slug="escuela", is_default=True)
for name in ("Petrona", "Juana"):
    join(Newcomer(name, "es", "read", "self", "pin", "836152"))
"""
LOSE = """
from people.joining import erase
from people.models import Identity, Volunteer
kept, erased = Volunteer.objects.order_by("pk")
Identity.objects.filter(volunteer=kept).delete()
erase(erased)
"""
TELL = """
from people.models import Volunteer
print([(person.safe_name, person.erased_at is not None) for person in Volunteer.objects.order_by("pk")])
"""


@pytest.fixture
def own_school(tmp_path, db):
    """Return a function that runs manage.py on an empty school of its own, on this run's kind of database."""
    environment = {**os.environ, "SCHOOL_VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "cms.settings"}
    name = f"school_backup_{os.getpid()}"
    if connection.vendor == "postgresql":
        settings = connection.settings_dict
        address = (
            f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST'] or 'localhost'}:{settings['PORT'] or 5432}"
        )
        environment["DATABASE_URL"] = f"postgres://{address}/{name}"
        _on_server(f"CREATE DATABASE {name}")

    def manage(*words, code=None):
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env=environment,
            cwd=ROOT,
            input=code,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "-v0")
    yield manage
    if connection.vendor == "postgresql":
        _on_server(f"DROP DATABASE {name}")


def _on_server(statement):
    import psycopg2

    settings = connection.settings_dict
    server = psycopg2.connect(
        dbname="postgres",
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
    )
    server.autocommit = True
    server.cursor().execute(statement)
    server.close()


def test_a_backup_brings_back_who_was_lost_but_not_who_was_erased(own_school, tmp_path):
    archive = str(tmp_path / "school.tar.gz")
    own_school("shell", "-v0", code=MAKE)
    own_school("backup", archive)
    own_school("shell", "-v0", code=LOSE)
    assert "[('—', False), ('—', True)]" in own_school("shell", "-v0", code=TELL)

    own_school("restore", archive)

    assert "[('Petrona', False), ('—', True)]" in own_school("shell", "-v0", code=TELL)


@pytest.mark.django_db
def test_what_is_no_backup_is_refused_and_changes_nothing(tmp_path, volunteer):
    archive = tmp_path / "school.tar.gz"
    archive.write_bytes(b"no archive at all")
    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", archive)
    with tarfile.open(archive, "w:gz"):
        pass
    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", archive)
    volunteer.refresh_from_db()
    assert volunteer.safe_name == "Candelaria"
