"""What people bring to Wagtail's admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from people.models import Organisation
from people.owning import keeps_school
from people.viewsets import PeopleGroup

NEEDED_BY_NOBODY = {"documents", "help"}
FOR_ADMINISTRATORS = {"reports"}

register_snippet(PeopleGroup)


@hooks.register("construct_main_menu")
def leave_out_what_nobody_needs(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep the menu short: no documents, no help on Wagtail; reports for the school's administrators."""
    hidden = NEEDED_BY_NOBODY if keeps_school(request.user) else NEEDED_BY_NOBODY | FOR_ADMINISTRATORS
    items[:] = [item for item in items if item.name not in hidden]


def refuse_the_schools_own_page(request: HttpRequest, page: Page, *_more: object) -> None:
    """Refuse changes of a page that no organisation owns (home, privacy) to all but the school's administrators."""
    if not hasattr(page.specific, "organisation") and not keeps_school(request.user):
        raise PermissionDenied


for deed in ("edit", "delete", "unpublish", "move", "copy", "publish"):
    hooks.register(f"before_{deed}_page", refuse_the_schools_own_page)


@hooks.register("active_languages")
def languages_of_the_school() -> list[str]:
    """Offer the languages the school's own organisation has chosen; none chosen means all."""
    chosen: list[str] | None = Organisation.objects.filter(is_default=True).values_list("languages", flat=True).first()
    return chosen or []
