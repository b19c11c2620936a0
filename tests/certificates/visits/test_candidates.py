"""Who could be asked: neighbours first, the load shared, ends told, in a fixed number of queries."""

from certificates.models import Evidence
from certificates.visits.asking import ask
from certificates.visits.candidates import candidates_for, described
from certificates.visits.planning import find_visit
from certificates.vouching import attest_language, visit_made
from people.models import Territory


def names(visit):
    return [one.name for one in described(visit, candidates_for(visit))]


def test_neighbours_first_then_who_made_fewer_visits(visit, make_monitor, role, coordinator, plan):
    busy, fresh = make_monitor("Con visita"), make_monitor("Sin visita")
    far = make_monitor("De lejos", home=Territory.objects.get(code="1601"))
    role.reach = "department"
    role.save()
    far_grant = far.grants.get()
    far_grant.territory = Territory.objects.get(code="16")
    far_grant.save()
    visit_made(visit, busy)
    from certificates.spanning import rebuild

    rebuild([far])

    found = described(visit, candidates_for(visit))

    assert [one.name for one in found] == ["Sin visita", "Con visita", "De lejos"]
    assert [(one.is_near, one.visits) for one in found] == [(True, 0), (True, 1), (False, 0)]
    assert fresh == found[0].person


def test_interview_languages_are_told(visit, monitor, coordinator, day):
    attest_language(monitor, "kek", day(0), recorded_by=coordinator.volunteer, attester="Doña Rosa")

    assert described(visit, candidates_for(visit))[0].languages == ("Qʼeqchiʼ",)


def test_who_was_asked_is_not_offered_again(visit, monitor, coordinator):
    ask(visit, monitor, coordinator)

    assert candidates_for(visit) == []


def test_an_end_soon_after_the_visit_is_told_and_one_before_warns(visit, make_monitor, day):
    make_monitor("Larga", until=200)
    make_monitor("Pronto", until=30)
    make_monitor("Antes", until=5)

    found = {one.name: one for one in described(visit, candidates_for(visit))}

    assert list(found) == ["Larga", "Pronto", "Antes"]
    assert (found["Larga"].ends_soon, found["Larga"].problem) == (None, "")
    assert (found["Pronto"].ends_soon, found["Pronto"].problem) == (day(30), "")
    assert found["Antes"].problem != ""


def test_nobody_of_another_place_is_offered(visit, make_monitor):
    make_monitor("Otra", home=Territory.objects.get(code="1601"))

    assert names(visit) == []


def test_it_takes_the_same_queries_for_1_and_30(visit, make_monitor, coordinator, django_assert_num_queries):
    visit = find_visit(coordinator, visit.uuid)
    make_monitor("Una")
    with django_assert_num_queries(4):
        assert len(names(visit)) == 1
    for number in range(29):
        make_monitor(f"Otra {number}")

    with django_assert_num_queries(4):
        assert len(names(visit)) == 30
    assert not Evidence.objects.filter(kind="visit").exists()
