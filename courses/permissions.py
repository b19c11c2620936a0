"""Who may do what to the pages of a course: its organisation's trainers write, its translators translate."""

from typing import Any

from wagtail.models import Page, PagePermissionTester

from cms.languages import SOURCE_LANGUAGE
from people.owning import places_of

EVERY_DEED = frozenset({"add", "change", "publish", "lock", "unlock"})


class OwnPage(PagePermissionTester):
    """A page of the user's organisation: everything but deleting what has pages below it."""

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        self.permissions = EVERY_DEED

    def can_move_to(self, destination: Page) -> bool:
        """Return whether the page may be moved below another, which must be the user's as well."""
        return super().can_move_to(destination) and destination.permissions_for_user(self.user).can_add_subpage()

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        """Return whether the page may be copied below another, which must be the user's as well."""
        allowed = super().can_copy_to(destination, recursive)
        return allowed and destination.permissions_for_user(self.user).can_add_subpage()


def _never(*_anything: Any, **_named: Any) -> bool:
    return False


class StrangersPage(PagePermissionTester):
    """A page of another organisation: nothing, not even for a superuser."""

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        self.permissions: frozenset[str] = frozenset()

    can_add_subpage = can_edit = can_delete = can_unpublish = can_publish = can_publish_subpage = _never
    can_submit_for_moderation = can_set_view_restrictions = can_unschedule = can_lock = can_unlock = _never
    can_reorder_children = can_move = can_copy = can_move_to = can_copy_to = can_view_revisions = _never


def page_permissions(user: Any, page: Any) -> PagePermissionTester:
    """Return what a user may do to a page of a course, by her responsibilities."""
    if not page.path:  # not yet in the tree: Wagtail has asked for the page above it
        return OwnPage(user, page)
    is_source = page.locale.language_code == SOURCE_LANGUAGE
    is_hers = page.organisation in places_of(user, "write_course" if is_source else "translate")
    return OwnPage(user, page) if is_hers else StrangersPage(user, page)
