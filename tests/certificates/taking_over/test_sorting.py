"""What each row would do: new, known, doubtful, standing already, or refused and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates.taking_over.reading import read
from certificates.taking_over.sorting import DOUBTFUL, KNOWN, NEW, REFUSED, STANDS, Sorter
from people.models import Territory


@pytest.fixture
def sort(table_of, coordinator, organisation):
    def make(*rows, by=coordinator):
        return Sorter(by, organisation).sort(read(table_of(*rows)).rows)

    return make


def states(lines):
    return [line.state for line in lines]


def test_a_new_person_is_understood(sort, row_of, place_called, role_called):
    (line,) = sort(row_of(idiomas_de_entrevista="Q'eqchi', español; mam"))

    assert (line.state, line.place, line.role) == (NEW, place_called("1609"), role_called("monitora"))
    assert line.languages == ("kek", "es", "mam")


@pytest.mark.parametrize("place", ["1609", 1609, "san pedro carcha", "San Pedro Carchá (Alta Verapaz)"])
def test_a_municipality_is_found_by_name_or_code(sort, row_of, place):
    assert states(sort(row_of(place=place))) == [NEW]


def test_a_code_that_a_spreadsheet_took_for_a_number_is_found(sort, row_of, place_called):
    assert sort(row_of(place=101))[0].place == place_called("0101")


def test_a_name_that_repeats_needs_its_department(sort, row_of):
    name = next(
        place.name
        for place in Territory.objects.filter(kind="municipality")
        if Territory.objects.filter(kind="municipality", name=place.name).count() > 1
    )
    twins = Territory.objects.filter(kind="municipality", name=name).select_related("parent")

    assert states(sort(row_of(place=name))) == [REFUSED]
    assert sort(row_of(place=name, departamento=twins[1].parent.name))[0].place == twins[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "R" * 61},
        {"place": "Macondo"},
        {"role": "reina"},
        {"day": "2020-01-01"},
        {"day": "2099-01-01"},
        {"day": "pronto"},
        {"idiomas_de_entrevista": "klingon"},
        {"quién_la_reconoce": ""},
        {"código_de_la_escuela": "123"},
        {"código_de_la_escuela": "12345674"},
    ],
)
def test_what_cannot_be_is_refused_in_words(sort, row_of, wrong):
    (line,) = sort(row_of(**wrong))

    assert line.state == REFUSED
    assert line.words


def test_a_place_outside_the_responsibility_is_refused(sort, row_of, make_staff, place_called):
    elsewhere = make_staff("coordinator", territory=place_called("0101"))

    assert states(sort(row_of(), row_of("Ana", place="0101"), by=elsewhere)) == [REFUSED, NEW]


def test_the_same_name_in_the_same_municipality_is_a_doubt(sort, row_of, make_member):
    person = make_member("Rosa")
    make_member("Rosa", home="0101")

    (line,) = sort(row_of("ROSA"))

    assert (line.state, [choice.key for choice in line.choices]) == (DOUBTFUL, [str(person.uuid)])


def test_who_holds_the_role_until_then_stands_already(sort, row_of, make_member, give_role, until):
    give_role(make_member("Rosa"), days=400)

    assert states(sort(row_of())) == [STANDS]
    assert states(sort(row_of(day=until.replace(year=until.year + 1)))) == [REFUSED]


def test_one_person_in_two_roles_is_a_doubt_and_the_same_row_twice_is_refused(sort, row_of):
    lines = sort(row_of(), row_of(role="coordinadora-municipal"), row_of())

    assert states(lines) == [NEW, DOUBTFUL, REFUSED]
    assert [choice.key for choice in lines[1].choices] == ["row-2"]


def test_a_code_names_a_person_whatever_the_row_calls_her(sort, row_of, volunteer):
    (line,) = sort(row_of("Otra", código_de_la_escuela=volunteer.sign_in.code))

    assert (line.state, line.person, line.name) == (KNOWN, volunteer, "Candelaria")


def test_a_code_of_somebody_elsewhere_is_refused_like_an_unknown_one(
    sort, row_of, volunteer, place_called, make_staff, other_organisation
):
    elsewhere = make_staff("coordinator", territory=place_called("0101"))
    volunteer.territory = place_called("1609")
    volunteer.save()
    row = row_of(place="0101", código_de_la_escuela=volunteer.sign_in.code)
    unknown = sort(row_of(código_de_la_escuela="12345674"))[0].words

    assert sort(row, by=elsewhere)[0].words == unknown
    volunteer.organisation = other_organisation
    volunteer.save()
    assert sort(row)[0].words == unknown


def test_nobody_takes_herself_over(sort, row_of, coordinator, place_called):
    person = coordinator.volunteer
    person.territory = place_called("1609")
    person.save()

    assert states(sort(row_of(person.safe_name))) == [NEW]


def test_thirty_rows_take_as_many_queries_as_one(sort, row_of, make_member):
    def queries(*rows):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sort(*rows)
        return len(asked)

    names = [f"Rosa {chr(65 + n)}" for n in range(30)]
    for name in names:
        make_member(name)
    queries(row_of(names[0]))  # loads what is kept for the process

    assert queries(row_of(names[0])) == queries(*(row_of(name) for name in names))
