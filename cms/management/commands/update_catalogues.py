"""`manage.py update_catalogues`: the texts of the code, gathered into the catalogues of `locale/`."""

import contextlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands import makemessages

LOCALES = ["es", "kek"]
# What lies here never speaks to people.
IGNORED = ["var", "tests", "bench", "tools", "docs", "node_modules"]


class Gather(makemessages.Command):
    """Django's makemessages without guesses: a new text stays empty instead of borrowing from a similar one."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def gather(root: Path) -> None:
    """Write the texts of the code under `root` into its catalogues."""
    with contextlib.chdir(root):
        call_command(
            Gather(),
            locale=LOCALES,
            ignore_patterns=IGNORED,
            no_wrap=True,
            no_location=True,
            no_obsolete=True,
            verbosity=0,
        )


def catalogue(root: Path, code: str) -> polib.POFile:
    """Return a language's catalogue, an empty one where there is no file."""
    path = root / "locale" / code / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def texts(entries: polib.POFile) -> set[tuple[str, str, str]]:
    """Return what identifies the texts of a catalogue: context, text, plural."""
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in entries}


def without_translation(entries: polib.POFile) -> list[str]:
    """Return the texts that have no translation, or one that nobody has looked at since the text changed."""
    return [entry.msgid for entry in entries.untranslated_entries() + entries.fuzzy_entries()]


class Command(BaseCommand):
    help = "Gather the texts of the code into the catalogues. With --check, only say whether that is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail unless all is gathered and told")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            check(settings.BASE_DIR)
        else:
            gather(settings.BASE_DIR)
        spanish = catalogue(settings.BASE_DIR, "es")
        self.stdout.write(f"{len(spanish)} texts, {len(without_translation(spanish))} without Spanish")


def check(root: Path) -> None:
    """Raise CommandError where a catalogue is behind the code or Spanish lacks a text; works on a copy of `root`."""
    with TemporaryDirectory() as copied:
        copy = Path(copied, "school")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*IGNORED, ".*", "static", "shipped"))
        gather(copy)
        for code in LOCALES:
            if changed := texts(catalogue(copy, code)) ^ texts(catalogue(root, code)):
                lines = "\n".join(sorted(text for _context, text, _plural in changed))
                raise CommandError(f"locale/{code} is behind the code; run manage.py update_catalogues:\n{lines}")
    if missing := without_translation(catalogue(root, "es")):
        raise CommandError("Without Spanish:\n" + "\n".join(missing))
