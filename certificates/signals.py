"""What certificates announce."""

from django.dispatch import Signal

certificate_revoked = Signal()
"""Sent with `certificate`, once, inside the transaction that revoked it."""
