"""The school's application under a clock that a journey moves: so many days ahead as the file `CLOCK` says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cms.wsgi import application as _school

# The school opens first: time_machine brings pytest along, by which the settings know that they are under test.
# isort: split
import time_machine

_clock = time_machine.travel(datetime.now(UTC)).start()
_stands_at = 0


def set_clock():
    """Move this process's clock to where the journey stands; it goes on ticking from there."""
    global _stands_at  # noqa: PLW0603  (a process has one clock)
    told = Path(os.environ["CLOCK"])
    days = int(told.read_text()) if told.exists() else 0
    if days != _stands_at:
        _clock.shift(timedelta(days=days - _stands_at))
        _stands_at = days


def application(environ, start_response):
    """Answer as the school answers, on the day on which the journey stands."""
    set_clock()
    return _school(environ, start_response)


set_clock()
