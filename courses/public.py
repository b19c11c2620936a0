"""What the floor above may ask of courses."""

from courses.completing import enrolled_on
from courses.learning import find_course, live_courses, path_of
from courses.models import Attendance, CoursePage, Edition, Workshop, WorkshopTopic
from courses.signals import (
    attendance_corrected,
    course_completed,
    demo_made,
    enrolled,
    lesson_completed,
    school_opened,
    workshop_closed,
)

__all__ = [
    "Attendance",
    "CoursePage",
    "Edition",
    "Workshop",
    "WorkshopTopic",
    "attendance_corrected",
    "course_completed",
    "demo_made",
    "enrolled",
    "enrolled_on",
    "find_course",
    "lesson_completed",
    "live_courses",
    "path_of",
    "school_opened",
    "workshop_closed",
]
