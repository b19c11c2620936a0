import pytest

from people.models import Territory
from people.territories import find_places, load_guatemala


def names(typed):
    return [(place.name, place.parent.name) for place in find_places(typed)]


def test_the_country_has_22_departments_and_340_municipalities(db):
    assert Territory.objects.filter(kind="department").count() == 22
    assert Territory.objects.filter(kind="municipality").count() == 340


def test_loading_the_country_again_writes_nothing(db):
    assert load_guatemala() == 0


@pytest.mark.parametrize("typed", ["Carchá", "carcha", "CARCHÁ", "San Pedro Carcha", "  pedro   carchá "])
def test_a_place_is_found_with_and_without_accents(db, typed):
    assert ("San Pedro Carchá", "Alta Verapaz") in names(typed)


@pytest.mark.parametrize("typed", ["ixcan", "Ixcán", "playa grande"])
def test_ixcan_is_found_by_each_of_its_names(db, typed):
    assert {place.code for place in find_places(typed)} == {"1420"}


@pytest.mark.parametrize("typed", ["xyzw", "<script>", "' OR 1=1 --", "%", "_"])
def test_what_is_no_place_finds_nothing(db, typed):
    assert names(typed) == []


def test_names_that_repeat_show_their_departments(learner_client):
    repeated = {}
    for name, department in Territory.objects.filter(kind="municipality").values_list("name", "parent__name"):
        repeated.setdefault(name, []).append(department)
    repeated = {name: departments for name, departments in repeated.items() if len(departments) > 1}

    assert len(repeated) == 6
    for name, departments in repeated.items():
        page = learner_client.get("/es/me/place/", {"q": name}).content.decode()
        assert [department for department in departments if f"{name}, {department}" not in page] == []


def test_she_chooses_her_municipality_and_takes_it_away(learner_client, volunteer):
    learner_client.post("/es/me/place/", {"place": "1609"})
    volunteer.refresh_from_db()
    assert volunteer.territory.code == "1609"

    learner_client.post("/es/me/place/", {})
    volunteer.refresh_from_db()
    assert volunteer.territory is None


@pytest.mark.parametrize("place", ["16", "9999", "x", "1609 "])
def test_a_place_that_is_no_municipality_is_refused(learner_client, volunteer, place):
    assert learner_client.post("/es/me/place/", {"place": place}).status_code == 404
    volunteer.refresh_from_db()
    assert volunteer.territory is None


def test_a_municipality_is_within_its_department_and_in_no_other(db):
    carcha = Territory.objects.get(code="1609")

    assert carcha.is_within(Territory.objects.get(code="16"))
    assert not carcha.is_within(Territory.objects.get(code="14"))
