"""`manage.py rebuild_register`."""

from typing import Any

from django.core.management.base import BaseCommand

from certificates.rebuilding import rebuild_register


class Command(BaseCommand):
    help = "Write the evidence that is missing in the ledger, and every span of the register anew."

    def handle(self, *args: Any, **options: Any) -> None:
        rebuilt = rebuild_register()
        self.stdout.write(f"{rebuilt.evidence} pieces of evidence and {rebuilt.spans} spans written.")
