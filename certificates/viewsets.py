"""The admin's screens on who issues certificates."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from certificates.models import IssuerProfile
from people.viewsets import ORGANISATION_COLUMN, OwnedViewSet


class IssuerProfileViewSet(OwnedViewSet):
    """How an organisation signs its certificates."""

    model = IssuerProfile
    deed = "administer"
    actions = frozenset({"add", "change", "view"})
    icon = "signature"
    menu_label = _("Signing certificates")
    menu_order = 420
    add_to_admin_menu = True
    search_fields = ("display_name",)
    list_display: ClassVar = ["display_name", ORGANISATION_COLUMN, "confirmed"]
