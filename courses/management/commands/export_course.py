"""`manage.py export_course SLUG PATH`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import CoursePage
from courses.packaging import export_course


class Command(BaseCommand):
    help = "Write a course as a package: a folder, or a zip file when PATH ends in .zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, slug: str, path: Path, **options: Any) -> None:
        course = CoursePage.objects.live().source().filter(slug=slug).first()
        if course is None:
            raise CommandError(f"There is no live course with the slug «{slug}».")
        self.stdout.write(f"{export_course(course, path)} files written to {path}.")
