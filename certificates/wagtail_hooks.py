"""What certificates offer on others' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from certificates.models import CourseCertificate
from certificates.viewsets import IssuerProfileViewSet
from people.models import Volunteer
from people.public import organisations_where

register_snippet(IssuerProfileViewSet)


@hooks.register("learner_panels")
def my_certificates(request: HttpRequest, learner: Volunteer) -> list[str]:
    """Offer the learner's certificates on her page."""
    found = CourseCertificate.objects.filter(volunteer=learner).order_by("issued_at")
    return [render_to_string("certificates/panel.html", {"certificates": found}, request)] if found else []


@hooks.register("learner_truth")
def certificates_truth(learner: Volunteer) -> dict[str, Any]:
    """Add the learner's certificates to `GET /api/me/`."""
    found = CourseCertificate.objects.filter(volunteer=learner)
    return {
        "certificates": [{"code": row.code, "course": str(row.course_key), "valid": row.is_valid()} for row in found]
    }


@hooks.register("desk_links")
def revoking(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer revoking on the desk of who may: address, pictogram, words."""
    if not organisations_where(request.user, "revoke_certificate"):
        return []
    return [(reverse("revoke_certificate"), "no", _("Revoke a certificate"))]
