"""`manage.py backup FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.backing_up import BackupRefused, backup


class Command(BaseCommand):
    help = (
        "Write database and uploads to one archive. Keep var/keys in another place: without them names stay unreadable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            size = backup(file)
        except (BackupRefused, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{size // 1000} kB written to {file}. The keys in var/keys are not in it: keep them apart.")
