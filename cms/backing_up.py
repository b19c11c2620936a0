"""Backups: the database as its engine writes it, and the uploaded files, in one archive. Keys are not in it.

A person erased after a backup must not come back with it: the keys of erased persons stand in a file beside the
database (`remember_erased`), and `restore` announces `restored`, upon which they are erased again.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.dispatch import Signal

FORMAT = 1
ERASED_FILE = "erased.txt"

restored = Signal()
"""Sent with `erased_keys` (list of person keys, text) after a backup was put back."""


class BackupRefused(Exception):
    """The archive cannot be put back here; the message says why and what to do."""


def backup(target: Path) -> int:
    """Write an archive of database and uploads while the school runs; return its size in bytes.

    A half-written archive never bears the target's name.
    """
    partial = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder, tarfile.open(partial, "w:gz") as archive:
        dump = Path(folder) / "database"
        _dump(dump)
        about = Path(folder) / "about.json"
        about.write_text(json.dumps({"format": FORMAT, "engine": connection.vendor}))
        archive.add(about, "about.json")
        archive.add(dump, "database")
        if Path(settings.MEDIA_ROOT).exists():
            archive.add(settings.MEDIA_ROOT, "media")
    partial.replace(target)
    return target.stat().st_size


def restore(source: Path) -> list[str]:
    """Put an archive back in place of what is there; return the keys of persons erased since and erased again.

    Raises `BackupRefused` for what is no whole backup, or one of another engine or a newer format; then nothing has
    changed.
    """
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(folder, filter="data")
            about = json.loads((Path(folder) / "about.json").read_text())
        except (OSError, EOFError, tarfile.TarError, ValueError) as problem:
            raise BackupRefused("This file is not a whole backup of a school.") from problem
        if about["format"] > FORMAT:
            raise BackupRefused("This backup was made by a newer school. Update this one first.")
        if about["engine"] != connection.vendor:
            raise BackupRefused(f"This backup is of {about['engine']}; this school runs on {connection.vendor}.")
        _load(Path(folder) / "database")
        _put_back_media(Path(folder) / "media")
    erased = erased_keys()
    restored.send(sender=None, erased_keys=erased)
    return erased


def remember_erased(key: str) -> None:
    """Keep the key of an erased person outside the database."""
    path = Path(settings.VAR_DIR) / ERASED_FILE
    with path.open("a", encoding="ascii") as lines:
        lines.write(f"{key}\n")
        lines.flush()
        os.fsync(lines.fileno())


def erased_keys() -> list[str]:
    """Return the keys of all persons ever erased here."""
    path = Path(settings.VAR_DIR) / ERASED_FILE
    return sorted(set(path.read_text().split())) if path.exists() else []


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        with sqlite3.connect(dump) as copy:
            healthy = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not healthy:
            raise BackupRefused("The database in this backup is damaged.")
        connection.ensure_connection()
        with sqlite3.connect(dump) as copy:
            copy.backup(connection.connection)
        return
    _postgres(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={_name()}", str(dump)
    )


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on this school's database."""
    database = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "PGHOST": str(database.get("HOST") or ""),
        "PGPORT": str(database.get("PORT") or ""),
        "PGUSER": str(database.get("USER") or ""),
        "PGPASSWORD": str(database.get("PASSWORD") or ""),
        "PGDATABASE": _name(),
    }
    environment = {name: value for name, value in environment.items() if value}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused(f"{program}: {done.stderr.strip()}")


def _put_back_media(folder: Path) -> None:
    if not folder.exists():
        return
    place = Path(settings.MEDIA_ROOT)
    old = place.with_name(place.name + ".before-restore")
    if place.exists():
        place.rename(old)
    folder.rename(place)
    if old.exists():
        shutil.rmtree(old)
