"""What the pages of decisions share: who may open them, a page of rows, a person's name."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from people.models import User
from people.public import responsibilities_for

ON_A_PAGE = 30


def decider(request: HttpRequest, *deeds: str) -> User:
    """Return the member of staff if she may do one of the deeds somewhere. Raises `PermissionDenied`."""
    user = request.user
    if not isinstance(user, User) or not any(responsibilities_for(user, deed) for deed in deeds):
        raise PermissionDenied(_("This page is for who decides about roles."))
    return user


def page_of(rows: Any, request: HttpRequest) -> Page[Any]:
    """Return the page of rows that the address asks for."""
    return Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))


def name_of(row: Any) -> str:
    """Return the name of the person a row is about (her identity loaded), or a dash when she has been erased."""
    identity = getattr(row.volunteer, "identity", None)
    return identity.safe_name if identity else "—"
