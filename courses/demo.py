"""Demo people: made once with random secrets, kept in `var/demo.json` so that every start can print them."""

import json
import secrets
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction

from courses.signals import demo_made
from people.models import Organisation, Responsibility, SignIn, User
from people.public import Newcomer, join, take_on, why_too_easy

Kind = Responsibility.Kind

STAFF = [
    ("facilitadora", "Marta (facilitadora)", Kind.FACILITATOR),
    ("formadora", "Juana (formadora)", Kind.TRAINER),
    ("coordinador", "Domingo (coordinador)", Kind.COORDINATOR),
    ("aliada", "Petrona (organización aliada)", Kind.PARTNER),
    ("administrador", "Pascual (administrador)", Kind.ADMINISTRATOR),
]


def demo_people() -> list[str]:
    """Return the lines that tell the demo people's sign-ins, making the people where they are missing."""
    kept = Path(settings.VAR_DIR) / "demo.json"
    if kept.exists() and SignIn.objects.filter(code=json.loads(kept.read_text())["code"]).exists():
        people = json.loads(kept.read_text())
    else:
        people = _make()
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(people, indent=1))
    return _told(people)


@transaction.atomic
def _make() -> dict[str, Any]:
    pin = next(pin for pin in iter(_random_pin, "") if why_too_easy("pin", pin) is None)
    learner = join(Newcomer("Candelaria", "es", "read", "self", SignIn.Kind.PIN, pin))
    staff = [_member_of_staff(*row) for row in STAFF]
    coordinator = User.objects.get(username="coordinador")
    demo_made.send(User, learner=learner.volunteer, coordinator=coordinator)
    return {"code": learner.code, "pin": pin, "staff": staff}


def _random_pin() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _member_of_staff(username: str, name: str, kind: str) -> dict[str, Any]:
    organisation = Organisation.objects.get(is_default=True)
    if kind == Kind.PARTNER:
        organisation, _created = Organisation.objects.get_or_create(
            slug="aliada", defaults={"name": "Organización aliada (demostración)"}
        )
    User.objects.filter(username=username).delete()
    password = secrets.token_urlsafe(9)
    user = User(username=username, is_superuser=kind == Kind.ADMINISTRATOR)
    user.set_password(password)
    take_on(user, name, organisation, kind)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return {"username": username, "password": password, "totp": secret}


def _told(people: dict[str, Any]) -> list[str]:
    lines = [
        "Demo people (random secrets of this copy; delete them before real use):",
        f"  learner         code {people['code'][:4]} {people['code'][4:]}   PIN {people['pin']}   "
        f"{settings.PUBLIC_URL}/es/sign-in/",
    ]
    for row in people["staff"]:
        counter = totp.yield_hotp_counters_from_time()
        now = totp.format_hotp_value(totp.hotp_value(row["totp"], next(iter(counter))))
        lines.append(
            f"  {row['username']:<15} password {row['password']}   second factor {row['totp']} (now {now})"
            f"{_recovery(row['username'])}"
        )
    return [
        *lines,
        f"  staff sign in at {settings.PUBLIC_URL}/staff/sign-in/ and write at {settings.PUBLIC_URL}/admin/",
    ]


def _recovery(username: str) -> str:
    row = Authenticator.objects.filter(user__username=username, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = row.wrap().get_unused_codes() if row else []
    return f"   or once {codes[0]}" if codes else ""
