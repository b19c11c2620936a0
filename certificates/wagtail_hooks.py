"""What certificates offer on others' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from certificates.deciding.linking import Link, links_about, links_for
from certificates.eligibility import facts_of
from certificates.mine.holding import held_by
from certificates.mine.overview import has_any, overview_of
from certificates.models import CourseCertificate, Grant
from certificates.register.sensitive import links_to_decide
from certificates.spanning import today
from certificates.viewsets import RolesGroup
from certificates.visits.asking import asked_of
from people.models import User, Volunteer
from people.owning import places_of
from people.public import may, those_to_invite

register_snippet(RolesGroup)


@hooks.register("learner_panels")
def my_certificates(request: HttpRequest, learner: Volunteer) -> list[str]:
    """Offer the learner's certificates on her page."""
    found = CourseCertificate.objects.filter(volunteer=learner).order_by("issued_at")
    return [render_to_string("certificates/panel.html", {"certificates": found}, request)] if found else []


@hooks.register("learner_panels")
def my_roles_panel(request: HttpRequest, learner: Volunteer) -> list[str]:
    """Offer the learner's roles on her page, folded: who looks over her shoulder reads no name of a role."""
    if not has_any(learner):
        return []
    page = {
        "overview": overview_of(learner, today(), timezone.now()),
        "contact": learner.organisation.facilitator_contact,
    }
    return [render_to_string("certificates/mine/panel.html", page, request)]


@hooks.register("my_data_links")
def links_of_my_data(request: HttpRequest) -> list[Link]:
    """Offer the learner's roles, what she has done, and who looked her up, beside her data."""
    return [
        (reverse("my_roles"), "card", _("My roles")),
        (reverse("my_evidence"), "check", _("What the school knows of what I did")),
        (reverse("my_look_ups"), "search", _("Who looked me up")),
    ]


@hooks.register("learner_truth")
def roles_truth(learner: Volunteer) -> dict[str, Any]:
    """Add how the learner's roles stand to `GET /api/me/`."""
    held = held_by(facts_of([learner])[learner.pk], today())
    return {
        "roles": [
            {"role": str(one.grant.role.uuid), "until": one.until and one.until.isoformat(), "state": str(one.state)}
            for one in held
        ]
    }


@hooks.register("learner_truth")
def certificates_truth(learner: Volunteer) -> dict[str, Any]:
    """Add the learner's certificates to `GET /api/me/`."""
    found = CourseCertificate.objects.filter(volunteer=learner)
    return {
        "certificates": [{"code": row.code, "course": str(row.course_key), "valid": row.is_valid()} for row in found]
    }


@hooks.register("desk_links")
def writing_evidence(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer writing evidence down on the desk of who may: address, pictogram, words."""
    if not places_of(request.user, "record_evidence"):
        return []
    return [(reverse("evidence"), "check", _("Write down what a person has done"))]


@hooks.register("desk_links")
def revoking(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer revoking on the desk of who may: address, pictogram, words."""
    if not places_of(request.user, "revoke_certificate"):
        return []
    return [(reverse("revoke_certificate"), "no", _("Revoke a certificate"))]


@hooks.register("desk_links")
@hooks.register("register_links")
def deciding(request: HttpRequest) -> list[Link]:
    """Offer what waits to be decided, on the desk and in the register."""
    return links_for(request.user)


@hooks.register("register_person_links")
def deciding_about(request: HttpRequest, person: Volunteer) -> list[Link]:
    """Offer the roles a person was given, on her page in the register."""
    links = links_about(request.user, person)
    if may(request.user, "record_evidence", person):
        links = [*links, (reverse("evidence_of", kwargs={"person": person.uuid}), "review", _("Her evidence"))]
    return links


@hooks.register("register_person_links")
def inviting(request: HttpRequest, person: Volunteer) -> list[Link]:
    """Offer a card to come in for a person who has no code yet."""
    if not isinstance(request.user, User) or not those_to_invite(request.user, [person]):
        return []
    return [(reverse("card_for_person", kwargs={"person": person.uuid}), "card", _("Give her a card to come in"))]


@hooks.register("role_links")
def card_of_role(request: HttpRequest, grant: Grant) -> list[tuple[str, str, str]]:
    """Offer the card beside a role of one's own."""
    return [(reverse("my_card", kwargs={"grant": grant.uuid}), "card", _("My card"))]


@hooks.register("register_links")
def printing_cards(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer printing cards for the people of the question."""
    return [(f"{reverse('print_role_cards')}?{request.GET.urlencode()}", "card", _("Print cards"))]


@hooks.register("desk_links")
def the_register(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Offer the register on the desk of who may ask it."""
    if not places_of(request.user, "see_register"):
        return []
    return [(reverse("register"), "people", _("Register: who may do what, where, when"))]


@hooks.register("learner_panels")
def asked_visits(request: HttpRequest, learner: Volunteer) -> list[str]:
    """Ask the learner whether she can go on the days she is asked for."""
    found = asked_of(learner)
    return [render_to_string("certificates/visits/panel.html", {"rows": found}, request)] if found else []


@hooks.register("desk_links")
@hooks.register("register_links")
def planning_visits(request: HttpRequest) -> list[Link]:
    """Offer the visits of the month to coordinators, on the desk and in the register."""
    if not places_of(request.user, "see_register"):
        return []
    return [(reverse("visits"), "path", _("Visits of the month"))]


@hooks.register("register_links")
def taking_out(request: HttpRequest) -> list[Link]:
    """Offer the answer as a file."""
    return [(f"{reverse('export_register')}?{request.GET.urlencode()}", "source", _("Take this answer out"))]


@hooks.register("desk_links")
@hooks.register("register_links")
def allowing_files(request: HttpRequest) -> list[Link]:
    """Offer the files with legal names that wait for a second person."""
    return links_to_decide(request.user)


@hooks.register("register_links")
def taking_over(request: HttpRequest) -> list[Link]:
    """Offer taking the existing network over."""
    if not places_of(request.user, "take_over_network"):
        return []
    return [(reverse("take_network_over"), "people", _("Take the existing network over"))]


@hooks.register("desk_links")
def printing_many(request: HttpRequest) -> list[Link]:
    """Offer printing the certificates of a group on the desk of who accompanies people."""
    if not places_of(request.user, "see_person"):
        return []
    return [(reverse("print_certificates"), "print", _("Print the certificates of a group"))]
