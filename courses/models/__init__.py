"""Models of courses."""

from courses.models.editions import CourseFile, Edition
from courses.models.pages import CoursePage, LessonPage, ModulePage
from courses.models.progress import Completion, Enrolment, Event, QuarantinedEvent
from courses.models.workshops import Attendance, Workshop, WorkshopTopic

__all__ = [
    "Attendance",
    "Completion",
    "CourseFile",
    "CoursePage",
    "Edition",
    "Enrolment",
    "Event",
    "LessonPage",
    "ModulePage",
    "QuarantinedEvent",
    "Workshop",
    "WorkshopTopic",
]
