"""What assessments do when others announce something."""

from datetime import datetime
from typing import Any

from assessments.marking import forget, wipe_open_answers
from cms.housekeeping import house_kept
from people.models import Volunteer
from people.signals import volunteer_erased


def connect() -> None:
    """Connect the handlers (called once)."""
    volunteer_erased.connect(_on_volunteer_erased, dispatch_uid="forget-answers-of-erased")
    house_kept.connect(_on_house_kept, dispatch_uid="wipe-open-answers")


def _on_volunteer_erased(volunteer: Volunteer, **_kwargs: Any) -> None:
    forget(volunteer)


def _on_house_kept(now: datetime, **_kwargs: Any) -> None:
    wipe_open_answers(now)
