"""What is done again and again, whichever worker runs: the audit is sealed, and the floors above do their part."""

from django.dispatch import Signal
from django.utils import timezone

from cms.auditing import seal

house_kept = Signal()
"""Sent with `now` every ten minutes or so. What listens must be quick and may be called at any time."""


def keep_house() -> None:
    """Seal the audit, then let every floor do its part; one that fails is logged and does not stop the others."""
    seal()
    house_kept.send_robust(None, now=timezone.now())
