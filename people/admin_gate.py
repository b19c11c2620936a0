"""The gate before rows of the admin: an address that names another organisation's row answers 404.

Wagtail asks for permission per model and page; wagtail-localize and the bulk actions ask for less. So whatever row an
address of `/admin/` names is looked up here once, before the view.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page
from wagtail_localize.models import TranslationSource

from people.models import User
from people.owning import keeps_school, places_of
from people.permissions import may

SCHOOL_WIDE = {
    "wagtailadmin_reports",
    "wagtailadmin_workflows",
    "wagtailsites",
    "wagtaillocales",
    "wagtailusers_groups",
}
"""Parts of Wagtail that know no organisations: for the administrators of the school itself."""
CLOSED = {"snippets_api_listing", "snippets_api_detail", "translations_report", "translations_report_results"}
"""Addresses of wagtail-localize that list everybody's rows; our screens do not need them."""
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")


class AdminGateMiddleware:
    """Answers 404 for rows of organisations in which the member of staff has nothing to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Raise `Http404` or `PermissionDenied`, or let the view answer."""
        match = request.resolver_match
        if not request.path_info.startswith("/admin/") or not isinstance(request.user, User) or match is None:
            return
        if SCHOOL_WIDE.intersection(match.namespaces) and not keeps_school(request.user):
            raise PermissionDenied
        if match.url_name in CLOSED:
            raise Http404
        if not all(is_theirs(request.user, row) for row in addressed(request, kwargs)):
            raise Http404


def is_theirs(user: User, row: Any) -> bool:
    """Return whether a user may work on a row that an address names; what nobody owns is Wagtail's to guard."""
    owned = getattr(getattr(row, "snippet_viewset", None), "owned", None)
    if owned:
        return owned(user).filter(pk=row.pk).exists()
    if isinstance(row, User):
        return row.volunteer is not None and may(user, "administer", row.volunteer)
    if isinstance(row, Page) and hasattr(row, "organisation"):
        return row.organisation in [*places_of(user, "write_course"), *places_of(user, "translate")]
    return True


def addressed(request: HttpRequest, kwargs: dict[str, Any]) -> Iterator[Any]:
    """Yield the rows that an address of the admin names: pages, rows of snippets, sources of translations."""
    pages = [kwargs[name] for name in PAGE_ARGUMENTS if name in kwargs]
    yield from Page.objects.filter(pk__in=pages).specific()
    if "translation_id" in kwargs:
        yield from _sources(TranslationSource.objects.filter(translations=kwargs["translation_id"]))
    if "translation_source_id" in kwargs:
        yield from _sources(TranslationSource.objects.filter(pk=kwargs["translation_source_id"]))
    if "app_label" in kwargs and "model_name" in kwargs:
        yield from _rows(request, kwargs)


def _rows(request: HttpRequest, kwargs: dict[str, Any]) -> Iterator[Any]:
    """Yield the rows of a snippet's address or of a bulk action; of pages, Wagtail asks one by one."""
    try:
        model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError as problem:
        raise Http404 from problem
    if issubclass(model, Page):
        return
    keys = [unquote(str(kwargs["pk"]))] if "pk" in kwargs else request.GET.getlist("id")
    if "all" in keys:
        raise PermissionDenied  # it would mean everybody's
    yield from model._default_manager.filter(pk__in=keys)


def _sources(found: Any) -> Iterator[Any]:
    for source in found:
        yield source.get_source_instance()
