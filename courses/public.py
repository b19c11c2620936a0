"""What the floor above may ask of courses."""

from courses.learning import find_course, live_courses, path_of
from courses.models import CoursePage, Edition
from courses.signals import course_completed, lesson_completed

__all__ = ["CoursePage", "Edition", "course_completed", "find_course", "lesson_completed", "live_courses", "path_of"]
