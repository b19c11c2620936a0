"""The verdict on a card: the same as static/js/credential.js gives in the browser (tests/vectors/credentials.json)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from certificates.credentials.keys import PublicKey
from certificates.credentials.signing import CredentialRefused, Facts, from_text, read
from certificates.credentials.status import StatusList, read_status_list

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Verdict:
    """`valid`, `not_valid` on this date, or `unknown` and why it cannot be said.

    Reasons: `foreign` (not a card that an organisation of this school signed), `no_list` (nothing is known of those
    that count no more), `clock` (the list is of a later day than today). `list_age` is in days.
    """

    state: str
    reason: str = ""
    facts: Facts | None = None
    list_age: int | None = None


def check(text: str, public_keys: Iterable[PublicKey], status_lists: Mapping[str, str], today: date) -> Verdict:
    """Return the verdict on a token (base64url) on a day, by status lists (base64url) of organisations (uuid)."""
    keys = list(public_keys)
    try:
        facts = read(from_text(text), keys)
    except CredentialRefused:
        return Verdict("unknown", "foreign")
    found = _list_of(facts, keys, status_lists)
    if found is None:
        return Verdict("unknown", "no_list", facts)
    age = (today - found.at.date()).days
    # the phone's day may begin hours after the list's, which is counted in UTC
    if found.at.date() > today + ONE_DAY:
        return Verdict("unknown", "clock", facts)
    is_valid = facts.valid_from <= today <= facts.valid_to and not found.is_revoked(facts.status_index)
    return Verdict("valid" if is_valid else "not_valid", "", facts, max(0, age))


def _list_of(facts: Facts, keys: list[PublicKey], status_lists: Mapping[str, str]) -> StatusList | None:
    try:
        found = read_status_list(from_text(status_lists.get(str(facts.organisation), "")), keys)
    except CredentialRefused:
        return None
    return found if found.organisation == facts.organisation else None
