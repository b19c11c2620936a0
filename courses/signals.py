"""What courses announce."""

from django.dispatch import Signal

lesson_completed = Signal()
"""Sent with `volunteer`, `activity` (key) and `at`, the first time a person completes a lesson."""
course_completed = Signal()
"""Sent with `volunteer`, `course` (its page in the source language), `edition` (or None) and `at`, once for each
person and course, inside the transaction that found the course's rule met."""
