"""What courses bring to Wagtail's admin."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet

from assessments.public import Quiz
from courses import staff_views
from courses.models import CoursePage, LessonPage, QuarantinedEvent
from courses.models.progress import REASONS
from courses.panels import NotUnderstoodPanel
from courses.viewsets import CoursesGroup
from people.owning import places_of

register_snippet(CoursesGroup)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Add the pages on packages, editions and what was held back."""
    return [
        path("packages/", staff_views.packages, name="course_packages"),
        path("packages/state/<int:job>/", staff_views.import_state, name="import_state"),
        path("packages/<int:course>/download/", staff_views.download, name="download_package"),
        path("editions/release/", staff_views.release_edition, name="release_edition"),
        path("held-back/<uuid:event>/resolve/", staff_views.resolve, name="resolve_quarantined"),
    ]


class PackagesItem(MenuItem):
    """The menu item of packages, for who may exchange courses."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether this member of staff may exchange courses."""
        return bool(places_of(request.user, "exchange_course"))


@hooks.register("register_admin_menu_item")
def packages_item() -> MenuItem:
    """Offer the exchange of packages in the menu."""
    return PackagesItem(
        _("Course packages"), reverse("course_packages"), name="packages", icon_name="download", order=215
    )


@hooks.register("construct_homepage_panels")
def not_understood(request: HttpRequest, panels: list[Any]) -> None:
    """Show who writes courses which practice questions people do not understand."""
    if places_of(request.user, "write_course"):
        panels.append(NotUnderstoodPanel(request))


@hooks.register("quiz_notes")
def sendings_held_back(quiz: Quiz) -> list[str]:
    """Tell a trainer how many sendings of an evaluation were held back, and why; of whom is the coordinator's."""
    held = QuarantinedEvent.objects.filter(
        content__kind="attempt_answered", content__activity=str(quiz.translation_key), resolved_at=None
    )
    counts = held.values_list("reason").annotate(count=Count("pk")).order_by("reason")
    return [
        ngettext("%(count)s sending was held back.", "%(count)s sendings were held back.", count) % {"count": count}
        + f" {REASONS.get(reason, reason)}"
        for reason, count in counts
    ]


@hooks.register("lesson_choices")
def lessons_to_read_again(user: Any) -> list[tuple[str, str]]:
    """Offer, for the form of a question, the lessons of the courses this member of staff writes, by key and title."""
    courses = CoursePage.objects.source().filter(organisation__in=places_of(user, "write_course"))
    lessons = [lesson for course in courses for lesson in LessonPage.objects.descendant_of(course).order_by("path")]
    return [(str(lesson.translation_key), lesson.title) for lesson in lessons]


@hooks.register("construct_explorer_page_queryset")
def only_own_courses(parent: Page, pages: PageQuerySet, request: HttpRequest) -> Any:
    """Leave out of the page tree the courses in which this member of staff has nothing to write or translate."""
    own = [*places_of(request.user, "write_course"), *places_of(request.user, "translate")]
    foreign = CoursePage.objects.exclude(organisation__in=own).values("pk")
    return pages.exclude(pk__in=foreign)
