"""What people announce."""

from django.dispatch import Signal

volunteer_joined = Signal()
"""Sent with `volunteer` and `cohort` (or None) once a person has joined."""
volunteer_erased = Signal()
"""Sent with `volunteer` inside the transaction that erases her: every floor removes what says who she is."""
volunteer_placed = Signal()
"""Sent with `volunteer` once she has said, or changed, in which municipality she lives."""
organisation_founded = Signal()
"""Sent with `organisation` inside the transaction that founded it: the floors above give it what each begins with."""
