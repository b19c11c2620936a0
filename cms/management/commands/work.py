"""`manage.py work`: the embedded worker."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.auditing import seal
from cms.working import run_next

SEAL_EVERY = 600


class Command(BaseCommand):
    help = "Run long work from the job table until stopped, and seal the audit every ten minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what waits, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = time.monotonic()
        while True:
            ran = run_next()
            if options["once"] and not ran:
                return
            if not ran:
                time.sleep(1)
            if time.monotonic() - sealed > SEAL_EVERY:
                seal()
                sealed = time.monotonic()
