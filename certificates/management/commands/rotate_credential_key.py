"""`manage.py rotate_credential_key ORGANISATION`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from certificates.credentials.keys import rotate
from people.models import Organisation


class Command(BaseCommand):
    help = "Begin a new key for an organisation's cards, badges and lists. What older keys signed stays good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="its slug")

    def handle(self, *args: Any, organisation: str, **options: Any) -> None:
        found = Organisation.objects.filter(slug=organisation).first()
        if found is None:
            raise CommandError(f"There is no organisation with the slug «{organisation}».")
        self.stdout.write(f"{rotate(found.uuid).id.hex()} signs from now on for {found}.")
