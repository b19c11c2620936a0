"""What courses show on the admin's first page."""

from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component

from courses.models import CoursePage, Event, LessonPage
from people.owning import places_of

MOST = 8


class NotUnderstoodPanel(Component):
    """The practice questions that most people said they do not understand, in the courses a trainer writes."""

    name = "not_understood"
    template_name = "courses/admin/not_understood.html"
    order = 150

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Add the questions, most often said first, each with how many people said so and where it is edited."""
        courses = CoursePage.objects.source().filter(organisation__in=places_of(self.request.user, "write_course"))
        lessons = {
            lesson.translation_key: lesson
            for course in courses
            for lesson in LessonPage.objects.live().descendant_of(course)
        }
        said = Event.objects.filter(kind="question_unclear", activity__in=lessons)
        people = set(said.values_list("activity", "data__block", "volunteer"))
        counts = Counter((activity, block) for activity, block, _person in people)
        rows = []
        for (activity, block), count in counts.most_common(MOST):
            lesson = lessons[activity]
            if question := lesson.practice_question(str(block)):
                edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
                rows.append({"prompt": question.value["prompt"], "lesson": lesson.title, "count": count, "edit": edit})
        return {"rows": rows}
