"""The ways to what waits to be decided, with how much it is: for the desk and for the register."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.deciding.caring import appeals_for, waiting_for
from certificates.models import Grant
from people.models import Volunteer
from people.owning import places_of
from people.public import may

Link = tuple[str, str, str]
"""Address, pictogram, words."""


def links_for(user: Any) -> list[Link]:
    """Return the ways for a member of staff; none for who decides nothing (a fixed number of queries)."""
    grants = bool(places_of(user, "grant_role"))
    found = []
    if grants or places_of(user, "grant_risen"):
        count = waiting_for(user).hers.count()
        words = ngettext("%(n)s proposal waits for you", "%(n)s proposals wait for you", count) % {"n": count}
        found.append((reverse("waiting_proposals"), "review", words))
    if places_of(user, "decide_appeal"):
        count = appeals_for(user).filter(decided_at=None).count()
        words = ngettext("%(n)s decision to look at again", "%(n)s decisions to look at again", count) % {"n": count}
        found.append((reverse("waiting_appeals"), "again", words))
    if grants:
        found.append((reverse("ends_soon"), "clock", _("Roles that end soon")))
    return found


def links_about(user: Any, person: Volunteer) -> list[Link]:
    """Return the ways to the roles a person was given, for who may decide about them (2 queries)."""
    if not may(user, "grant_role", person):
        return []
    grants = Grant.objects.filter(volunteer=person).select_related("role").order_by("pk")
    return [
        (
            reverse("one_grant", kwargs={"grant": grant.uuid}),
            "review",
            _("Decide about: %(role)s") % {"role": grant.role},
        )
        for grant in grants
    ]
