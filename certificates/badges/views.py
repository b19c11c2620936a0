"""A holder's own badges, and what anyone who checks one asks for: keys, profile and lists of the revoked."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from certificates.badges.achieved import confirmed_profile, issuer_from
from certificates.badges.badge import card_badge, certificate_badge, file_name, is_list, revocation_list
from certificates.badges.issuers import did_document, issuer_did, site_did
from certificates.badges.vocabulary import CREDENTIALS, OPEN_BADGES
from certificates.credentials.keys import public_bytes, public_keys
from certificates.models import CourseCertificate, FieldCredential
from people.models import Organisation
from people.public import the_learner

CREDENTIAL_TYPE = "application/vc"
DID_TYPE = "application/did+json"
PROFILE_TYPE = "application/ld+json"
MINUTES_5 = 300

View = Callable[..., HttpResponse]


def where_switched_on(view: View) -> View:
    """Answer as if there were no such address where badges are switched off."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OPEN_BADGES:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@where_switched_on
@never_cache
@require_safe
def my_certificate_badge(request: HttpRequest, code: str) -> HttpResponse:
    """The badge of a course certificate, for its holder only."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    certificate = get_object_or_404(CourseCertificate, code=code, volunteer=learner)
    return _to_keep(certificate_badge(certificate.latest_copy), code)


@where_switched_on
@never_cache
@require_safe
def my_card_badge(request: HttpRequest, code: str) -> HttpResponse:
    """The badge of a role, as her field credential tells it, for its holder only."""
    learner = the_learner(request)
    if learner is None:
        return redirect("sign_in")
    card = get_object_or_404(FieldCredential, code=code, grant__volunteer=learner)
    return _to_keep(card_badge(card), code)


@where_switched_on
@cache_control(public=True, max_age=MINUTES_5)
@require_safe
def site_document(request: HttpRequest) -> HttpResponse:
    """The `did:web` document of the school: the keys of the organisation to which it belongs."""
    own = get_object_or_404(Organisation, is_default=True)
    document = did_document(site_did(), _keys_of(own))
    return _open({**document, "alsoKnownAs": [issuer_did(own.uuid)]}, DID_TYPE)


@where_switched_on
@cache_control(public=True, max_age=MINUTES_5)
@require_safe
def issuer_document(request: HttpRequest, organisation: UUID) -> HttpResponse:
    """The `did:web` document of an organisation: every key it ever signed with."""
    found = get_object_or_404(Organisation, uuid=organisation)
    return _open(did_document(issuer_did(found.uuid), _keys_of(found)), DID_TYPE)


@where_switched_on
@cache_control(public=True, max_age=MINUTES_5)
@require_safe
def issuer_profile(request: HttpRequest, organisation: UUID) -> HttpResponse:
    """An organisation as an Open Badges profile, once it has confirmed its name."""
    profile = confirmed_profile(get_object_or_404(Organisation, uuid=organisation))
    if profile is None:
        raise Http404
    return _open({"@context": [CREDENTIALS, OPEN_BADGES], **issuer_from(profile).profile()}, PROFILE_TYPE)


@where_switched_on
@cache_control(public=True, max_age=MINUTES_5)
@require_safe
def issuer_status(request: HttpRequest, organisation: UUID, number: int) -> HttpResponse:
    """One of an organisation's lists of what does not count any more: bits, of which a holder knows her own."""
    found = get_object_or_404(Organisation, uuid=organisation)
    _keys_of(found)
    if not is_list(found, number):
        raise Http404
    return _open(revocation_list(found, number), CREDENTIAL_TYPE)


def _keys_of(organisation: Organisation) -> list[bytes]:
    """Return its keys, oldest first. One that has signed nothing has none, and a stranger's question makes none."""
    keys = [public_bytes(key) for key in public_keys({}) if key["issuer"] == str(organisation.uuid)]
    if not keys:
        raise Http404
    return keys


def _open(content: dict[str, Any], content_type: str) -> HttpResponse:
    """Answer with JSON that programs on other sites may read: it is the same for everyone."""
    answer = HttpResponse(json.dumps(content, ensure_ascii=False), content_type=content_type)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _to_keep(badge: bytes | None, code: str) -> HttpResponse:
    if badge is None:
        raise Http404
    answer = HttpResponse(badge, content_type=CREDENTIAL_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(code)}"'
    return answer
