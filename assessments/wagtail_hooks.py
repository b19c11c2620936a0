"""What assessments bring to Wagtail's admin, and offer on others' pages."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from assessments.analysis.views import addresses as analysis_addresses
from assessments.exchange.offering import offer_exchange
from assessments.viewsets import AssessmentsGroup
from people.public import organisations_where

register_snippet(AssessmentsGroup)
offer_exchange()
hooks.register("register_admin_urls", analysis_addresses)


@hooks.register("desk_links")
def observing_and_marking(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer practicals and marking on the desk of who may: address, pictogram, words."""
    links = []
    if organisations_where(request.user, "observe"):
        links.append((reverse("practicals"), "people", _("Observe a practical")))
    if organisations_where(request.user, "mark"):
        links.append((reverse("marking"), "review", _("Answers to mark")))
    return links
