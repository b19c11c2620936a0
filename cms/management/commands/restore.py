"""`manage.py restore FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.backing_up import BackupRefused, restore


class Command(BaseCommand):
    help = "Put a backup back in place of what is there (stop the school first). Persons erased since stay erased."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            erased = restore(file)
        except BackupRefused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Restored. {len(erased)} persons erased since the backup, or before it, are erased.")
