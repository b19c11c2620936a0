"""What assessments announce."""

from django.dispatch import Signal

attempt_graded = Signal()
"""Sent with `attempt`, inside the transaction that graded it: once, and again for each later result that counts."""
