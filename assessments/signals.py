"""What assessments announce."""

from django.dispatch import Signal

attempt_graded = Signal()
"""Sent with `attempt`, inside the transaction that graded it: once, and again for each later result that counts."""
practical_graded = Signal()
"""Sent with `result` (a `PracticalResult`), inside the transaction that wrote it: once for each new outcome."""
