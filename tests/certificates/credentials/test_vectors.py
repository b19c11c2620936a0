"""The verdict on cards, by the vectors shared with the browser's own code (tests/js/credential.test.js)."""

import json
from datetime import date
from pathlib import Path

import pytest

from certificates.credentials.checking import check
from certificates.credentials.commitments import ROUNDS, is_name
from certificates.credentials.signing import from_text
from cms.orthography import search_key

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "credentials.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["promise"])
def test_verdict(case):
    found = check(
        case["token"], VECTORS["keys"], case.get("lists", VECTORS["lists"]), date.fromisoformat(case["today"])
    )

    assert (found.state, found.reason, found.list_age) == (case["state"], case["reason"], case["listAge"])


@pytest.mark.parametrize("name", VECTORS["names"], ids=lambda name: name["typed"])
def test_name_belongs_to_the_card_or_does_not(name):
    salt, commitment = from_text(VECTORS["card"]["salt"]), from_text(VECTORS["card"]["commitment"])

    assert is_name(name["typed"], salt, commitment) is name["belongs"]


def test_vectors_are_of_these_rounds_and_this_fold():
    assert VECTORS["rounds"] == ROUNDS
    assert [search_key(fold["text"]) for fold in VECTORS["folds"]] == [fold["key"] for fold in VECTORS["folds"]]
