"""The admin's lists on courses: editions, what was held back, long work, which are read only; topics of workshops."""

from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from cms.languages import SOURCE_LANGUAGE
from cms.models import Job
from courses.models import CoursePage, Edition, QuarantinedEvent, WorkshopTopic
from people.models import Volunteer
from people.owning import places_of
from people.public import those_she_may
from people.viewsets import ORGANISATION_COLUMN, READING, OwnedIndexView, OwnedViewSet


class EditionIndexView(OwnedIndexView):
    """Editions, with the button that releases one."""

    @property
    def header_buttons(self) -> list[Any]:
        """The button to release a new edition."""
        return [
            HeaderButton(_("Release a new edition"), url=reverse("release_edition"), icon_name="plus"),
        ]


class EditionViewSet(OwnedViewSet):
    """Editions: signed once, never changed."""

    model = Edition
    deed = "write_course"
    actions = READING
    icon = "history"
    index_view_class = EditionIndexView
    search_fields = ()
    ordering: ClassVar = ["-released_at"]
    name_column = (_("Course"), "course_title")
    list_display: ClassVar = [
        Column("number", label=_("Edition")),
        Column("notes", label=_("What is new")),
        Column("languages", label=_("Languages"), accessor=lambda edition: ", ".join(edition.languages)),
        Column("manifest_hash", label=_("Fingerprint"), accessor=lambda edition: edition.manifest_hash[:12]),
        DateColumn("released_at", label=_("Released")),
    ]

    def owned(self, user: Any, *deeds: str) -> QuerySet[Any]:
        """Return the editions of the courses of the user's organisations, with the courses' titles."""
        places = [place.pk for deed in deeds or (self.deed,) for place in places_of(user, deed)]
        courses = CoursePage.objects.filter(organisation__in=places)
        title = courses.filter(translation_key=OuterRef("course_key"), locale__language_code=SOURCE_LANGUAGE)
        return Edition.objects.filter(course_key__in=courses.values("translation_key")).annotate(
            course_title=Subquery(title.values("title")[:1])
        )


def _name_of(person: Volunteer) -> str:
    """Return a person's name from her row already loaded, or a dash when she has been erased."""
    return person.identity.safe_name if hasattr(person, "identity") else "—"


class QuarantineIndexView(OwnedIndexView):
    """What was held back; each row leads to where it is resolved."""

    def get_row_url(self, row: QuarantinedEvent) -> str | None:
        """Return where a row is looked at and resolved."""
        return reverse("resolve_quarantined", args=[row.pk])


class QuarantinedEventViewSet(OwnedViewSet):
    """Deeds that could not be taken: each with its reason, until a coordinator resolves it."""

    model = QuarantinedEvent
    deed = "resolve_quarantine"
    owner_path = "volunteer__organisation"
    actions = READING
    icon = "warning"
    menu_label = _("Held back")
    index_view_class = QuarantineIndexView
    search_fields = ()
    list_filter: ClassVar = {"resolved_at": ["isnull"]}
    ordering: ClassVar = ["-received_at"]
    name_column = (_("Reason"), "reason_in_words")
    list_display: ClassVar = [
        Column("person", label=_("Person"), accessor=lambda event: _name_of(event.volunteer)),
        DateColumn("received_at", label=_("Received")),
        DateColumn("resolved_at", label=_("Resolved")),
    ]

    def owned(self, user: Any, *deeds: str) -> QuerySet[Any]:
        """Return what was held back of the people in the user's care, within her territory."""
        found = super().owned(user, *deeds)
        people = Volunteer.objects.filter(pk__in=found.values("volunteer")).select_related("territory")
        in_care = [person.pk for person in those_she_may(user, self.deed, people)]
        return found.filter(volunteer__in=in_care).select_related("volunteer__identity")


class JobViewSet(OwnedViewSet):
    """Long work and how far it is."""

    model = Job
    deed = "exchange_course"
    owner_path = "arguments__organisation"
    actions = READING
    icon = "tasks"
    menu_label = _("Long work")
    search_fields = ()
    list_filter: ClassVar = ["state"]
    ordering: ClassVar = ["-pk"]
    name_column = (_("What"), lambda job: job.arguments.get("title") or job.kind)
    list_display: ClassVar = [
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("done", label=_("Done"), accessor=lambda job: f"{job.done} / {job.total}" if job.total else "—"),
        DateColumn("created_at", label=_("Begun")),
        DateColumn("finished_at", label=_("Ended")),
    ]


class WorkshopTopicViewSet(OwnedViewSet):
    """Topics of workshops. Roles may ask for one, so it is retired, never deleted."""

    model = WorkshopTopic
    deed = "keep_cohorts"
    actions = frozenset({"add", "change", "view"})
    icon = "group"
    menu_label = _("Topics of workshops")
    list_display: ClassVar = ["name", ORGANISATION_COLUMN, BooleanColumn("retired", label=_("Not offered any more"))]
    list_filter: ClassVar = ["retired"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to list, with what the list shows."""
        return super().get_queryset(request).select_related("organisation")


class CoursesGroup(SnippetViewSetGroup):
    """The menu of what happens to courses."""

    menu_label = _("Courses and work")
    menu_icon = "cogs"
    menu_order = 220
    items = (EditionViewSet, WorkshopTopicViewSet, QuarantinedEventViewSet, JobViewSet)
