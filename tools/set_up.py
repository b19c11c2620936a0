"""Bring database, static files and demo people up to date: `python -m tools.set_up`, inside `.venv`.

Each part does nothing when nothing has changed, and is done again from its start when it was killed: what was
finished is noted in `var/set_up.json` only afterwards.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import django
from django.db import DatabaseError, connection

from tools.steps import step, stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
ROOT = Path(__file__).resolve().parent.parent
SIGNS_OF_ANOTHER_VERSION = ("no such table", "no such column", "has no column", "already exists", "does not exist")


def main() -> None:
    """Set up in order; the lock makes a second start wait for the first."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from cms import stored_pages

    with _alone(Path(settings.VAR_DIR)):
        notes = Notes(Path(settings.VAR_DIR) / "set_up.json")
        check_database()
        try:
            migrate(notes)
            collect_static(notes)
            call_command("load_demo")
        except DatabaseError as error:
            _stop_for(error)
        stored_pages.drop_all()  # they name the static files and show the templates of the version before


class Notes:
    """What has been finished, by name: the fingerprint of what it was made from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.noted: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def has(self, name: str, fingerprint: str) -> bool:
        """Return whether this was finished from the same sources."""
        return self.noted.get(name) == fingerprint

    def finished(self, name: str, fingerprint: str) -> None:
        """Note it, in one move."""
        self.noted[name] = fingerprint
        partial = self.path.with_suffix(".part")
        partial.write_text(json.dumps(self.noted, indent=1))
        partial.replace(self.path)


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    with (var / "set_up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Otro arranque está preparando la escuela; se espera", "another start is at work; waiting"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_database() -> None:
    """Stop where the database does not answer."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        stop(f"La base de datos no responde: {reason}", "the database does not answer (see DATABASE_URL)")


def migrate(notes: Notes) -> None:
    """Run migrations that are missing; stop where the database knows migrations that this code does not."""
    from django.core.management import call_command
    from django.db.migrations.exceptions import InconsistentMigrationHistory
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    loader = executor.loader
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        _stop_for_old_database(str(error).splitlines()[0])
    strangers = [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if (ROOT / app).is_dir() and (app, name) not in loader.disk_migrations
    ]
    if strangers:
        _stop_for_old_database(strangers[0])
    leaves = loader.graph.leaf_nodes()
    fingerprint = _digest([os.environ.get("DATABASE_URL", ""), *map(str, leaves)])
    # The note tells that what follows the last migration (permissions, content types) was done too.
    if executor.migration_plan(leaves) or not notes.has("migrations", fingerprint):
        with step("Preparando la base de datos", "preparing the database"):
            call_command("migrate", verbosity=0, interactive=False)
        notes.finished("migrations", fingerprint)


def collect_static(notes: Notes) -> None:
    """Collect, hash and compress static files when one of them has changed."""
    from django.conf import settings
    from django.core.management import call_command

    fingerprint = static_fingerprint()
    if notes.has("static", fingerprint) and (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return
    with step("Preparando estilos y programas", "preparing styles and scripts"):
        # From nothing: a file half-written when the machine stopped would pass for a new one.
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", verbosity=0, interactive=False)
    notes.finished("static", fingerprint)


def static_fingerprint() -> str:
    """Return a digest of the names and contents of all static sources."""
    from django.contrib.staticfiles.finders import get_finders

    parts = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            parts += [name, hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()]
    return _digest(parts)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _stop_for(error: DatabaseError) -> NoReturn:
    reason = str(error).strip().splitlines()[0]
    if any(sign in reason for sign in SIGNS_OF_ANOTHER_VERSION):
        _stop_for_old_database(reason)
    stop(f"La base de datos no pudo seguir: {reason}", "the database could not go on")


def _stop_for_old_database(reason: str) -> NoReturn:
    stop(
        f"La base de datos es de otra versión de la escuela ({reason}). Aparte la carpeta var/ (mv var var-anterior) "
        "o restaure con esta versión una copia hecha por manage.py backup.",
        "the database belongs to another version of the school: mv var var-before, or restore a backup",
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
