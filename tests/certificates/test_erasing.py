"""What is left of a person's roles when she leaves: counts, periods and the validity of what was issued, not her."""

from django.utils import timezone

from certificates.appealing import appeal
from certificates.credentials.issuing import issue_card
from certificates.granting import suspend
from certificates.models import Evidence, Grant, LookUp, Period, Proposal, Span
from certificates.register.looking_up import note_person
from certificates.vouching import recognise
from people.joining import erase
from tests.people.test_erasing import where_written

NAME = "Xmucané Tzunún"


def test_nothing_that_names_her_is_left_and_her_periods_count_on(
    make_member, give_role, make_staff, role_called, organisation
):
    rosa, coordinator = make_member(NAME), make_staff("coordinator")
    recognise(
        rosa,
        role_called("defensora"),
        timezone.localdate(),
        recorded_by=coordinator.volunteer,
        attester=f"La hermana de {NAME}",
    )
    grant = give_role(rosa)
    issue_card(grant, name=NAME, language="es", shows_place=True, by=rosa)
    stop = suspend(grant, coordinator, "x")
    appeal(stop, rosa, f"Soy {NAME}.")
    note_person(coordinator, rosa, organisation)
    assert where_written(NAME, decrypt=True)

    erase(rosa)

    assert where_written(NAME, decrypt=True) == []
    assert not Span.objects.filter(volunteer=rosa).exists()
    assert not LookUp.objects.filter(volunteer=rosa).exists()
    assert not Proposal.objects.open().filter(volunteer=rosa).exists()
    assert Grant.objects.get(pk=grant.pk).periods.count() == Period.objects.count() == 2
    assert Evidence.objects.filter(volunteer=rosa).count() == 1
