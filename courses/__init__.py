"""Courses, modules and lessons; who has done what of them; editions and packages.

Progress is computed from events, which are taken once and never overwritten. What a finished course is worth is the
business of `certificates`, which listens to `course_completed`.
"""
