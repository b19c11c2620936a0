"""Write tests/vectors/credentials.json anew: `python -m tests.certificates.credentials.make_vectors`.

Both the school (test_vectors.py) and the browser's code (tests/js/credential.test.js) are held to it. The keys are made
from plain numbers and sign nothing else.
"""

import json
import os
import random
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import cbor2
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from certificates.credentials import signing  # noqa: E402
from certificates.credentials.commitments import ROUNDS, commit  # noqa: E402
from certificates.credentials.keys import SigningKey  # noqa: E402
from certificates.credentials.signing import Facts, as_text, encoded, sign, sign_payload  # noqa: E402
from certificates.credentials.status import status_list  # noqa: E402
from cms.orthography import search_key  # noqa: E402

FILE = Path(__file__).resolve().parents[2] / "vectors" / "credentials.json"
TODAY = date(2026, 11, 22)
NAME = "María Caal Poʼp"
SALT = bytes(range(16))
REVOKED = 77

OURS, OTHERS = UUID(int=1), UUID(int=2)
KEY = SigningKey(OURS, Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
OLD_KEY = SigningKey(OURS, Ed25519PrivateKey.from_private_bytes(bytes([2] * 32)))
OTHERS_KEY = SigningKey(OTHERS, Ed25519PrivateKey.from_private_bytes(bytes([3] * 32)))
UNLISTED_KEY = SigningKey(OURS, Ed25519PrivateKey.from_private_bytes(bytes([4] * 32)))

FACTS = Facts(
    organisation=OURS,
    issuer="Red de Defensoras",
    code="K7M2P9XQ4T",
    role="Defensora comunitaria del derecho a la salud",
    valid_from=date(2026, 3, 1),
    valid_to=date(2027, 2, 28),
    salt=SALT,
    commitment=commit(NAME, SALT),
    status_index=70_001,
    language="es",
)


def listed(key, begins, until=None):
    return {
        "id": key.id.hex(),
        "issuer": str(key.organisation),
        "name": "Red de Defensoras" if key.organisation == OURS else "Otra organización",
        "key": as_text(key.public_bytes),
        "from": begins,
        "until": until,
    }


KEYS = [
    listed(OLD_KEY, "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    listed(KEY, "2026-01-01T00:00:00Z"),
    listed(OTHERS_KEY, "2026-01-01T00:00:00Z"),
]


def list_of(revoked, key=KEY, days_ago=3):
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days_ago)
    return as_text(status_list(revoked, key.organisation, at, key))


LISTS = {str(OURS): list_of([0, REVOKED, 131_071]), str(OTHERS): list_of([], OTHERS_KEY, 0)}


def flipped(token, at):
    changed = bytearray(token)
    changed[at] ^= 1
    return bytes(changed)


def with_header(header):
    """A token whose signature is good and whose protected header is another."""
    protected, payload = encoded(header), signing._payload(FACTS)
    signature = KEY.private.sign(signing._to_be_signed(protected, payload))
    return signing._sign1(protected, payload, signature)


def with_payload(payload):
    return sign_payload(payload, KEY)


def case(promise, state, token, reason="", today=TODAY, lists=LISTS, age=3):
    text = token if isinstance(token, str) else as_text(token)
    told = {"promise": promise, "token": text, "today": today.isoformat(), "state": state, "reason": reason}
    told["listAge"] = None if state == "unknown" else age
    return told if lists is LISTS else {**told, "lists": lists}


def cases():
    good = sign(FACTS, KEY)
    payload = signing._payload(FACTS)
    noise = random.Random(7)
    in_place = replace(FACTS, role="Aj kʼamol bʼe saʼ kawilal", place="San Pedro Carchá", language="kek")
    yield case("a good card is valid", "valid", good)
    yield case("with a place and Mayan words too", "valid", sign(in_place, KEY))
    yield case("what an older key signed stays good", "valid", sign(FACTS, OLD_KEY))
    yield case("another organisation's card", "valid", sign(replace(FACTS, organisation=OTHERS), OTHERS_KEY), age=0)
    yield case(
        "its first day counts", "valid", good, today=FACTS.valid_from, lists={str(OURS): list_of([], KEY, 400)}, age=134
    )
    yield case("its last day counts", "valid", good, today=FACTS.valid_to, age=101)
    yield case("the day after is too late", "not_valid", good, today=FACTS.valid_to + timedelta(1), age=102)
    tomorrow = replace(FACTS, valid_from=TODAY + timedelta(1))
    yield case("before its first day", "not_valid", sign(tomorrow, KEY))
    yield case("revoked or suspended", "not_valid", sign(replace(FACTS, status_index=REVOKED), KEY))
    yield case("revoked at the first place", "not_valid", sign(replace(FACTS, status_index=0), KEY))
    yield case("revoked at the last place", "not_valid", sign(replace(FACTS, status_index=131_071), KEY))
    yield case("the place beside a revoked one", "valid", sign(replace(FACTS, status_index=REVOKED + 1), KEY))
    yield case("a list one UTC day ahead", "valid", good, lists={str(OURS): list_of([], KEY, -1)}, age=0)

    yield case("the phone's clock is behind", "unknown", good, "clock", lists={str(OURS): list_of([], KEY, -2)})
    yield case("no list at all", "unknown", good, "no_list", lists={})
    yield case("another organisation's list", "unknown", good, "no_list", lists={str(OURS): LISTS[str(OTHERS)]})
    yield case("a list nobody we know signed", "unknown", good, "no_list", lists={str(OURS): list_of([], UNLISTED_KEY)})
    yield case("a card in place of a list", "unknown", good, "no_list", lists={str(OURS): as_text(good)})
    broken = as_text(flipped(signing.from_text(LISTS[str(OURS)]), 60))
    yield case("a changed list", "unknown", good, "no_list", lists={str(OURS): broken})
    bomb = as_text(with_payload(encoded({0: 2, 1: 1_795_000_000, 2: zlib.compress(bytes(10_000_000))})))
    yield case("a list that unpacks to ten million bytes", "unknown", good, "no_list", lists={str(OURS): bomb})
    short = as_text(with_payload(encoded({0: 2, 1: 1_795_000_000, 2: zlib.compress(bytes(100))})))
    yield case("a list with too few places", "unknown", good, "no_list", lists={str(OURS): short})

    yield case("signed with a key that is not listed", "unknown", sign(FACTS, UNLISTED_KEY), "foreign")
    for at in (0, 3, 5, 9, 20, len(good) // 2, len(good) - 70, len(good) - 1):
        yield case(f"changed at byte {at}", "unknown", flipped(good, at), "foreign")
    yield case("another key's name in the header", "unknown", with_header({1: -8, 4: OLD_KEY.id}), "foreign")
    yield case("another algorithm named", "unknown", with_header({1: -7, 4: KEY.id}), "foreign")
    yield case("no algorithm named", "unknown", with_header({4: KEY.id}), "foreign")
    yield case("one header more", "unknown", with_header({1: -8, 3: 0, 4: KEY.id}), "foreign")
    yield case("cut off", "unknown", good[:-1], "foreign")
    yield case("half of it", "unknown", good[: len(good) // 2], "foreign")
    yield case("a byte more", "unknown", good + b"\0", "foreign")
    yield case("too long", "unknown", good + bytes(600), "foreign")
    yield case("nothing", "unknown", "", "foreign")
    yield case("words", "unknown", "hola, no soy una tarjeta", "foreign")
    yield case("padded", "unknown", as_text(good[:-2]) + "==", "foreign")
    yield case("untagged", "unknown", good[1:], "foreign")
    yield case("a status list in place of a card", "unknown", LISTS[str(OTHERS)], "foreign")
    yield case("a map entry twice", "unknown", with_payload(b"\xab" + payload[1:] + payload[1:3]), "foreign")
    yield case("a label too many", "unknown", with_payload(b"\xab" + payload[1:] + b"\x0b\x01"), "foreign")
    yield case("a longer number than needed", "unknown", with_payload(b"\xaa\x00\x18\x01" + payload[3:]), "foreign")
    yield case("a map of no stated length", "unknown", with_payload(b"\xbf" + payload[1:] + b"\xff"), "foreign")
    yield case("yes in place of a number", "unknown", with_payload(b"\xaa\x00\xf5" + payload[3:]), "foreign")
    said = {**cbor2.loads(payload)}
    wrong = {1: 5, 2: "", 4: -1, 5: 10, 6: bytes(15), 7: "x", 8: 131_072, 9: None, 10: ""}
    for label, value in wrong.items():
        token = with_payload(encoded({**said, label: value}))
        yield case(f"label {label} of a wrong kind", "unknown", token, "foreign")
    yield case("a deep nest", "unknown", b"\x81" * 400, "foreign")
    for length in (1, 40, 250, 512):
        yield case(f"{length} bytes of noise", "unknown", noise.randbytes(length), "foreign")


def names():
    for typed in (
        NAME,
        "maria caal pop",
        "MARÍA  CAAL PO'P",
        " Maria Caal Po’p ",
        "Mari\u0301a Caal Poꞌp",
        "María Caal Po`p",
    ):
        yield {"typed": typed, "belongs": True}
    for typed in ("", " ", "María Caal", "Mario Caal Pop", "María Caal Poʼpʼa"):
        yield {"typed": typed, "belongs": False}


def folds():
    latin = [*range(0x21, 0x250), *range(0x1E00, 0x1F00)]
    letters = "".join(chr(code) for code in latin if chr(code).isprintable())
    odd = [
        "ẞtraße",
        "ΟΔΥΣΣΕΥΣ",
        "Ñandú",
        "ʼ Ana ʼ",
        "a\u00a0\u2003b\tc",
        "kʼicheʼ KʼICHEʼ",
        "Ixb´alanq`e",
        "e\u0308 Ẍ",
        "İI ı",
    ]
    for text in [letters, *odd]:
        yield {"text": text, "key": search_key(text)}


def main():
    salt, commitment = as_text(FACTS.salt), as_text(FACTS.commitment)
    said = {
        "issuer": FACTS.issuer,
        "code": FACTS.code,
        "role": FACTS.role,
        "validFrom": FACTS.valid_from.isoformat(),
        "validTo": FACTS.valid_to.isoformat(),
        "statusIndex": FACTS.status_index,
        "language": FACTS.language,
        "place": FACTS.place,
        "organisation": str(FACTS.organisation),
    }
    vectors = {
        "keys": KEYS,
        "lists": LISTS,
        "rounds": ROUNDS,
        "cases": list(cases()),
        "facts": said,
        "card": {"salt": salt, "commitment": commitment},
        "names": list(names()),
        "folds": list(folds()),
    }
    FILE.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
