"""Learners signing in: codes, PINs, rows of pictures, and the session of a learner."""

import secrets
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Invitation, SignIn, Volunteer

PICTURES = ["maiz", "flor", "sol", "luna", "pajaro", "arbol", "casa", "rio", "montana", "estrella", "pez", "jarro"]
"""The twelve pictures (files of `static/pictures/`); a secret row is five of their letters a-l."""
PICTURE_LETTERS = "abcdefghijkl"
KEPT_DEEDS = "kept_deeds"
"""Session key of what a person did signed out, without script: `[[kind, activity, data], …]`."""
OWN_PHONE_SESSION = timedelta(days=60)


class SignInRefused(Exception):
    """The code and secret do not open. The message is for the person; `wait` says until when she must wait."""

    def __init__(self, message: str, wait: datetime | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def new_code() -> str:
    """Return an unused eight-digit code: seven random digits and a check digit that catches one wrong key."""
    while True:
        digits = str(secrets.randbelow(9_000_000) + 1_000_000)
        code = digits + check_digit(digits)
        if not (SignIn.objects.filter(code=code).exists() or Invitation.objects.filter(code=code).exists()):
            return code


def check_digit(digits: str) -> str:
    """Return the Luhn check digit (ISO/IEC 7812-1, annex B) of a row of digits."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if position % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def clean_code(typed: str) -> str | None:
    """Return the eight digits of a typed code, or None when they cannot be one (a digit is missing or wrong)."""
    digits = "".join(letter for letter in typed if letter.isdigit() and letter.isascii())
    return digits if len(digits) == 8 and check_digit(digits[:7]) == digits[7] else None


def why_too_easy(kind: str, secret: str) -> str | None:
    """Return in words why a new PIN or row of pictures is refused, or None when it will do."""
    if kind == SignIn.Kind.PICTURES:
        if len(secret) != 5 or any(letter not in PICTURE_LETTERS for letter in secret):
            return _("Choose five pictures.")
        if len(set(secret)) < 3 or secret in PICTURE_LETTERS or secret[::-1] in PICTURE_LETTERS:
            return _("That row is easy to guess. Mix the pictures.")
        return None
    if len(secret) != 6 or not (secret.isascii() and secret.isdigit()):
        return _("The PIN has six digits, only numbers.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(secret)}
    repeats = secret[:3] == secret[3:] or secret[:2] * 3 == secret
    if len(set(secret)) < 3 or len(steps) == 1 or repeats or secret == secret[::-1]:
        return _("That PIN is easy to guess. Choose other numbers.")
    return None


def check_secret(code: str, kind: str, secret: str) -> SignIn:
    """Return the sign-in that this code and secret open.

    Raises `SignInRefused` with words for the person; wrong tries slow down this account only, never an address, so a
    whole room behind one address can go on.
    """
    now = timezone.now()
    found = SignIn.objects.select_related("volunteer").filter(code=code).first()
    if found is None:
        make_password(secret)  # as slow as for a code that exists
        raise SignInRefused(_("The code or the PIN is not right. Look at your card and try again."))
    if found.wait_until and found.wait_until > now:
        raise SignInRefused(_("Too many wrong tries. Wait a little and try again."), found.wait_until)
    if found.kind != kind or not found.opens_with(secret):
        found.count_failure(now)
        raise SignInRefused(_("The code or the PIN is not right. Look at your card and try again."), found.wait_until)
    if found.failures:
        found.failures, found.wait_until = 0, None
        found.save(update_fields=["failures", "wait_until"])
    return found


def open_session(request: HttpRequest, sign_in: SignIn, *, own_phone: bool = False) -> None:
    """Open a learner's session: until the browser closes (12 hours at most), or 60 days on her own phone."""
    request.session.flush()
    request.session["learner"] = [str(sign_in.volunteer.uuid), sign_in.version]
    request.session.set_expiry(int(OWN_PHONE_SESSION.total_seconds()) if own_phone else 0)


def learner_of(request: HttpRequest) -> Volunteer | None:
    """Return the person whose learning this request is about: a learner's session, or a member of staff's own."""
    kept: Any = request.session.get("learner")
    if kept:
        person_key, version = kept
        return (
            Volunteer.objects.select_related("organisation")
            .filter(uuid=person_key, sign_in__version=version, erased_at=None)
            .first()
        )
    user = request.user
    return user.volunteer if user.is_authenticated else None


def the_learner(request: HttpRequest) -> Volunteer | None:
    """Return the learner of this request, or None."""
    learner: Any = request.learner  # type: ignore[attr-defined]
    return learner if learner else None
