"""`manage.py work`: the embedded worker."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.housekeeping import keep_house
from cms.working import run_next

KEEP_HOUSE_EVERY = 600


class Command(BaseCommand):
    help = "Run long work from the job table until stopped, and keep house every ten minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what waits, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = time.monotonic()
        while True:
            ran = run_next()
            if options["once"] and not ran:
                return
            if not ran:
                time.sleep(1)
            if time.monotonic() - kept > KEEP_HOUSE_EVERY:
                keep_house()
                kept = time.monotonic()
