"""Key rings: made once, rotated, listed for ever, and broken ones named."""

import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from certificates.credentials.keys import KeyRingBroken, newest_key, public_bytes, public_keys, rotate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_key_is_made_at_first_use_and_stays(issuer):
    made = newest_key(issuer)

    assert newest_key(issuer).public_bytes == made.public_bytes
    assert made.id.hex() == public_keys({})[0]["id"]


def test_private_key_is_for_its_owner_only(issuer, ring):
    newest_key(issuer)

    assert {path.stat().st_mode & 0o077 for path in ring.rglob("*.key")} == {0}


def test_every_organisation_has_its_own_ring(issuer):
    assert newest_key(issuer).public_bytes != newest_key(uuid.uuid4()).public_bytes


def test_processes_that_start_at_once_keep_one_key(issuer, ring):
    program = (
        "import sys, types, uuid; from pathlib import Path; from django.conf import settings;"
        "settings.configure(CREDENTIAL_KEYS_DIR=Path(sys.argv[1]));"
        "from certificates.credentials.keys import newest_key; print(newest_key(uuid.UUID(sys.argv[2])).id.hex())"
    )
    command = [sys.executable, "-c", program, str(ring), str(issuer)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _process in range(4)]

    told = {process.communicate()[0] for process in started}

    assert len(told) == 1
    assert [path.name for path in sorted(ring.rglob("*.*"))] == ["0001.json", "0001.key"]


def test_rotated_key_signs_and_the_old_one_stays_listed_until_then(issuer):
    with time_machine.travel(NOW, tick=False):
        first = newest_key(issuer)
    with time_machine.travel(NOW.replace(year=2027), tick=False):
        second = rotate(issuer)

    assert newest_key(issuer).id == second.id
    assert [(key["id"], key["from"], key["until"]) for key in public_keys({})] == [
        (first.id.hex(), "2026-11-22T12:00:00Z", "2027-11-22T12:00:00Z"),
        (second.id.hex(), "2027-11-22T12:00:00Z", None),
    ]


def test_old_public_key_is_listed_without_its_private_half(issuer, ring):
    first = newest_key(issuer)
    rotate(issuer)
    (ring / str(issuer) / "0001.key").unlink()

    assert public_bytes(public_keys({})[0]) == first.public_bytes


def test_list_is_ready_for_json_and_names_the_issuer(issuer):
    newest_key(issuer)

    listed = json.loads(json.dumps(public_keys({issuer: "Red de Defensoras"})))

    assert [sorted(key) for key in listed] == [["from", "id", "issuer", "key", "name", "until"]]
    assert (listed[0]["issuer"], listed[0]["name"]) == (str(issuer), "Red de Defensoras")


def test_without_rings_nothing_is_listed():
    assert public_keys({}) == []


def test_a_maker_killed_half_way_leaves_no_unlisted_key(issuer, ring):
    made = newest_key(issuer)
    (ring / str(issuer) / "0001.json").unlink()

    assert newest_key(issuer).id == made.id
    assert [key["id"] for key in public_keys({})] == [made.id.hex()]


@pytest.mark.parametrize("text", ["", "00ff", "not hexadecimal", "é" * 32])
def test_damaged_private_key_is_named(issuer, ring, text):
    newest_key(issuer)
    (ring / str(issuer) / "0001.key").write_text(text)

    with pytest.raises(KeyRingBroken, match=r"0001\.key"):
        newest_key(issuer)


def test_lost_private_key_is_named_and_a_new_one_helps(issuer, ring):
    newest_key(issuer)
    (ring / str(issuer) / "0001.key").unlink()

    with pytest.raises(KeyRingBroken, match="missing"):
        newest_key(issuer)
    rotate(issuer)

    assert newest_key(issuer).id.hex() == public_keys({})[-1]["id"]


def test_private_key_of_another_ring_is_named(issuer, ring):
    newest_key(issuer)
    (ring / str(issuer) / "0001.key").write_text("11" * 32)

    with pytest.raises(KeyRingBroken, match="not the private half"):
        newest_key(issuer)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"key": "AAAA", "from": "2026-11-22T12:00:00Z"}',
        '{"key": 5}',
        '{"from": "2026-11-22T12:00:00Z"}',
    ],
)
def test_damaged_public_key_is_named(issuer, ring, text):
    newest_key(issuer)
    (ring / str(issuer) / "0001.json").write_text(text)

    with pytest.raises(KeyRingBroken, match=r"0001\.json"):
        public_keys({})


def test_rotating_by_command_begins_a_key_and_prints_its_name(organisation, capsys):
    first = newest_key(organisation.uuid)

    call_command("rotate_credential_key", organisation.slug)

    signing = newest_key(organisation.uuid)
    assert signing.id != first.id
    assert capsys.readouterr().out == f"{signing.id.hex()} signs from now on for {organisation}.\n"
    assert [key["id"] for key in public_keys({})] == [first.id.hex(), signing.id.hex()]


def test_rotating_for_an_unknown_organisation_begins_nothing(db, ring):
    with pytest.raises(CommandError, match="«nobody»"):
        call_command("rotate_credential_key", "nobody")

    assert not ring.exists()
