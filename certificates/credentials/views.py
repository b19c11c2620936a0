"""What a phone keeps to check cards without a network, and the answer for browsers that cannot check themselves.

All public: the same for everyone, no cookie read or set, open to checkers on other sites.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_POST, require_safe
from pydantic import BaseModel, Field, ValidationError

from certificates.credentials.checking import Verdict, check
from certificates.credentials.commitments import ROUNDS, is_name
from certificates.credentials.keys import PublicKey, newest_key, public_keys
from certificates.credentials.listing import organisations_with_credentials, revoked_indexes
from certificates.credentials.signing import as_text
from certificates.credentials.status import status_list
from cms.models.throttle import tried_too_often

MOST_CHECKS = 300
WITHIN = timedelta(hours=1)
MOST_BYTES = 4_096
SECONDS_KEPT = 300
"""So long a list may be taken from a cache on the way; a card revoked now is known everywhere after it."""


class Card(BaseModel):
    """The body of `POST /api/credentials/check/`: what stands behind `#` in the card's code, and a name to compare."""

    token: str = Field(max_length=1_000)
    name: str = Field(default="", max_length=200)


@require_safe
@cache_control(public=True, max_age=SECONDS_KEPT)
@conditional_page
def credential_keys(request: HttpRequest) -> JsonResponse:
    """Every key that ever signed cards: `{"keys": […], "rounds": …, "mirror": second address or ""}`."""
    listed = {"keys": _listed_keys(), "rounds": ROUNDS, "mirror": settings.CREDENTIAL_KEYS_MIRROR}
    return _open_to_all(JsonResponse(listed))


@require_safe
@cache_control(public=True, max_age=SECONDS_KEPT)
@conditional_page
def credential_status(request: HttpRequest) -> JsonResponse:
    """Every organisation's signed list of cards that count no more: `{"lists": {organisation: base64url}}`."""
    return _open_to_all(JsonResponse({"lists": _status_lists()}))


@csrf_exempt
@never_cache
@require_POST
def check_credential(request: HttpRequest) -> JsonResponse:
    """Check a card for a browser that cannot, and whether a name is the one on it.

    422 for a body that is none, 429 when one network asked too often.
    """
    try:
        card = Card.model_validate_json(request.body[: MOST_BYTES + 1])
    except ValidationError:
        return JsonResponse({"problem": "a token is expected"}, status=422)
    if tried_too_often("credential", request.META.get("REMOTE_ADDR", ""), most=MOST_CHECKS, within=WITHIN):
        return JsonResponse({"problem": "wait"}, status=429)
    verdict = check(card.token, _listed_keys(), _status_lists(), timezone.localdate())
    return JsonResponse(_told(verdict, card.name))


@require_safe
@cache_control(no_cache=True)
@conditional_page
def verify_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the checking pages, at the root so that it may serve them in every language."""
    script = finders.find("js/verify-worker.js")
    return HttpResponse(Path(str(script)).read_bytes(), content_type="text/javascript; charset=utf-8")


def _listed_keys() -> list[PublicKey]:
    return public_keys({organisation.uuid: organisation.name for organisation in organisations_with_credentials()})


def _status_lists() -> dict[str, str]:
    """Return the lists as of the last full five minutes, so that the same list has the same bytes that long."""
    seconds = int(timezone.now().timestamp())
    at = datetime.fromtimestamp(seconds - seconds % SECONDS_KEPT, UTC)
    lists = {}
    for organisation in organisations_with_credentials():
        key = newest_key(organisation.uuid)
        token = status_list(revoked_indexes(organisation), organisation.uuid, at, key)
        lists[str(organisation.uuid)] = as_text(token)
    return lists


def _told(verdict: Verdict, name: str) -> dict[str, Any]:
    """Return the verdict as the browser's own check words it (static/js/credential.js)."""
    told: dict[str, Any] = {"state": verdict.state, "reason": verdict.reason, "listAge": verdict.list_age}
    facts = verdict.facts
    if facts is None:
        return told
    told["facts"] = {
        "organisation": str(facts.organisation),
        "issuer": facts.issuer,
        "code": facts.code,
        "role": facts.role,
        "validFrom": facts.valid_from.isoformat(),
        "validTo": facts.valid_to.isoformat(),
        "language": facts.language,
        "place": facts.place,
    }
    if name.strip():
        told["belongs"] = is_name(name, facts.salt, facts.commitment)
    return told


def _open_to_all(response: JsonResponse) -> JsonResponse:
    """Let checkers on other sites, and the mirror's own page, read what holds nothing personal."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
