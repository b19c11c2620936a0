"""The school's application under a clock that a journey moves: so many days ahead as a file beside its data says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

DAYS_AHEAD = Path(os.environ["SCHOOL_VAR"]) / "days-ahead"
_began = datetime.now(UTC)
_clock = time_machine.travel(_began, tick=True).start()
_set_to = 0


def set_clock():
    """Move this process's clock to where the journey stands; it goes on ticking from there."""
    global _set_to  # noqa: PLW0603  (a process has one clock)
    days = int(DAYS_AHEAD.read_text()) if DAYS_AHEAD.exists() else 0
    if days != _set_to:
        _clock.shift(timedelta(days=days - _set_to))
        _set_to = days


set_clock()


def application(environ, start_response):
    """Answer as the school answers, on the day on which the journey stands."""
    set_clock()
    return _school(environ, start_response)


from cms.wsgi import application as _school  # noqa: E402  (the clock stands before the school opens)
