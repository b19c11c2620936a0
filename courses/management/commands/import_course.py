"""`manage.py import_course PATH`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from cms.models import HomePage
from courses.importing import import_course
from courses.package_format import PackageRefused
from people.models import Organisation


class Command(BaseCommand):
    help = "Take a course's package (folder or zip file) in and make its edition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--organisation", help="slug of the organisation that owns it (default: the school's own)")

    def handle(self, *args: Any, path: Path, organisation: str | None, **options: Any) -> None:
        home = HomePage.objects.filter(locale__language_code="es").first()
        owners = (
            Organisation.objects.filter(slug=organisation)
            if organisation
            else Organisation.objects.filter(is_default=True)
        )
        if home is None or not owners:
            raise CommandError("There is no school yet, or no such organisation: run `make run` first.")
        with translation.override("es"):
            try:
                edition = import_course(path, home=home, organisation=owners[0])
            except PackageRefused as refused:
                raise CommandError("\n".join(refused.problems)) from refused
        self.stdout.write(
            f"Edition {edition.number} of course {edition.course_key}, in {', '.join(edition.languages)}."
        )
