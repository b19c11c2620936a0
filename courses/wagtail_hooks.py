"""What courses bring to Wagtail's admin."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet

from assessments.public import Quiz
from courses import staff_views
from courses.models import Attendance, CoursePage, LessonPage, QuarantinedEvent
from courses.models.progress import REASONS
from courses.panels import NotUnderstoodPanel
from courses.viewsets import CoursesGroup
from people.models import Volunteer
from people.owning import places_of
from people.public import organisations_where

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


class WorkshopsItem(MenuItem):
    """The menu item of workshops, for who may hold them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether this member of staff may hold workshops."""
        return bool(places_of(request.user, "hold_workshop"))


@hooks.register("register_admin_menu_item")
def workshops_item() -> MenuItem:
    """Lead from the menu to the workshops: trainers have no facilitator's desk."""
    return WorkshopsItem(_("Workshops"), reverse_lazy("workshops"), name="workshops", icon_name="group", order=217)


@hooks.register("desk_links")
def workshops_link(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer workshops on the desk of who may hold them: address, pictogram, words."""
    if not organisations_where(request.user, "hold_workshop"):
        return []
    return [(reverse("workshops"), "place", gettext("Workshops and who was there"))]


@hooks.register("learner_panels")
def my_workshops(request: HttpRequest, learner: Volunteer) -> list[str]:
    """Offer the workshops in which the learner took part on her page."""
    found = Attendance.objects.counting().filter(volunteer=learner).order_by("-workshop__day", "-pk")
    rows = list(found.select_related("workshop__topic", "workshop__territory"))
    return [render_to_string("courses/workshops/panel.html", {"attendances": rows}, request)] if rows else []


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
