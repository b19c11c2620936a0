"""What courses announce."""

from django.dispatch import Signal

enrolled = Signal()
"""Sent with `volunteer` and `course_key`, once for each person and course."""
school_opened = Signal()
"""Sent with `organisation` when a school has been opened: the floors above add what they ship. Twice is once."""
demo_made = Signal()
"""Sent with `learner` and `coordinator` (people of the demonstration) when they were made, so that the floors above
add theirs."""
lesson_completed = Signal()
"""Sent with `volunteer`, `activity` (key) and `at`, the first time a person completes a lesson."""
course_completed = Signal()
"""Sent with `volunteer`, `course` (its page in the source language), `edition` (or None) and `at`, once for each
person and course, inside the transaction that found the course's rule met."""
workshop_closed = Signal()
"""Sent with `workshop` and `volunteers` (a list: who was there, those erased since among them), once for each workshop,
inside the transaction that closed it."""
attendance_corrected = Signal()
"""Sent with `workshop`, `volunteer` and `was_there`, inside the transaction that corrected the list of a closed
workshop: the person now stands on it (True) or does not any more (False)."""
