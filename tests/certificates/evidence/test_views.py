"""Writing evidence down, taking it back, signing, and reading one's own."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from certificates.models import ConductCode, Evidence, Proposal, Role
from certificates.vouching import revoke_evidence, sign_conduct
from people.models import Responsibility, Territory

HERE, ELSEWHERE = "1609", "0101"
ADDING = ["add_conduct", "add_language", "add_recognition", "add_naming"]


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def person(volunteer):
    """A volunteer who said where she lives."""
    volunteer.territory = Territory.objects.get(code=HERE)
    volunteer.save()
    return volunteer


@pytest.fixture
def code(organisation):
    return ConductCode.objects.get(organisation=organisation)


@pytest.fixture
def role(organisation):
    return Role.objects.get(organisation=organisation, slug="defensora")


@pytest.fixture
def coordinator(make_staff, staff_client):
    """A coordinator of her department, in her browser."""
    return staff_client(make_staff("coordinator", territory=Territory.objects.get(code="16")))


@pytest.fixture
def facilitator(make_staff, staff_client):
    return staff_client(make_staff("facilitator"))


@pytest.fixture
def strangers(make_staff, staff_client, other_organisation):
    """Browsers of staff who may nothing here, and whether they are told so."""
    return [
        staff_client(make_staff("coordinator", territory=Territory.objects.get(code=ELSEWHERE))),
        staff_client(make_staff("coordinator", organisation=other_organisation)),
        staff_client(make_staff("administrator", organisation=other_organisation)),
        staff_client(make_staff("trainer")),
    ]


def words_of(person, name):
    """What a form is sent with that is in order."""
    day = timezone.localdate().isoformat()
    code = ConductCode.objects.get(organisation=person.organisation)
    role = Role.objects.get(organisation=person.organisation, slug="defensora")
    return {
        "add_conduct": {"version": code.pk, "day": day},
        "add_language": {"language": "kek", "speaker_name": "Rosario", "day": day},
        "add_recognition": {"role": role.pk, "attester": "Coordinación de Carchá", "day": day},
        "add_naming": {"role": role.pk, "body": "cocode", "attester": "Secretaría del COCODE", "day": day},
    }[name]


# --- staff ---------------------------------------------------------------------------------------------------------


def test_a_person_is_found_by_her_code(facilitator, person):
    response = facilitator.post(reverse("evidence"), {"person": person.sign_in.code})

    assert response["Location"] == reverse("evidence_of", args=[person.uuid])


def test_a_person_elsewhere_is_not_found(strangers, person):
    elsewhere, other, _administrator, trainer = strangers

    for client in (elsewhere, other):
        assert client.post(reverse("evidence"), {"person": person.sign_in.code}).status_code == 422
    assert trainer.get(reverse("evidence")).status_code == 403


@pytest.mark.parametrize("name", ADDING)
def test_a_coordinator_writes_each_kind_down(coordinator, person, name):
    path = reverse(name, args=[person.uuid])
    assert coordinator.get(path).status_code == 200

    response = coordinator.post(path, words_of(person, name))

    assert response["Location"] == reverse("evidence_of", args=[person.uuid])
    kept = Evidence.objects.get(volunteer=person)
    assert (kept.medium, kept.source, kept.recorded_by.organisation) == ("paper", "", person.organisation)


def test_what_was_told_is_what_is_kept(coordinator, person, role, today):
    naming = {**words_of(person, "add_naming"), "territory": Territory.objects.get(code="1601").pk}
    coordinator.post(reverse("add_naming", args=[person.uuid]), naming)
    end = today + timedelta(days=100)
    recognition = {**words_of(person, "add_recognition"), "until": end.isoformat()}
    coordinator.post(reverse("add_recognition", args=[person.uuid]), recognition)

    named, recognised = Evidence.objects.filter(volunteer=person).order_by("kind")
    assert (named.kind, named.body, named.attester, named.territory.code, named.subject) == (
        "named",
        "cocode",
        "Secretaría del COCODE",
        "1601",
        str(role.uuid),
    )
    assert (recognised.kind, recognised.until, recognised.attester) == ("recognised", end, "Coordinación de Carchá")


def test_who_has_done_everything_is_proposed_at_once(coordinator, person, role):
    for name in ("add_conduct", "add_recognition"):
        coordinator.post(reverse(name, args=[person.uuid]), words_of(person, name))

    assert Proposal.objects.open().filter(volunteer=person, role=role).exists()


def test_a_facilitator_writes_signatures_and_languages_down_and_nothing_else(facilitator, person):
    answers = [facilitator.post(reverse(name, args=[person.uuid]), words_of(person, name)) for name in ADDING]

    assert [answer.status_code for answer in answers] == [302, 302, 403, 403]
    assert set(Evidence.objects.filter(volunteer=person).values_list("kind", flat=True)) == {"conduct", "language"}


@pytest.mark.parametrize("name", ["evidence_of", *ADDING])
def test_staff_of_other_places_and_organisations_are_refused(strangers, person, name):
    path = reverse(name, args=[person.uuid])

    assert [client.get(path).status_code for client in strangers] == [403] * 4
    words = {} if name == "evidence_of" else words_of(person, name)
    assert {client.post(path, words).status_code for client in strangers} <= {403, 405}
    assert not Evidence.objects.filter(volunteer=person).exists()


@pytest.mark.parametrize("name", ["evidence_of", *ADDING])
def test_who_is_not_staff_signs_in_first(learner_client, person, name):
    path = reverse(name, args=[person.uuid])

    for client in (learner_client, Client()):
        assert client.get(path)["Location"].startswith("/staff/sign-in/")


@pytest.mark.parametrize("name", ["evidence_of", *ADDING])
def test_nobody_writes_evidence_of_herself_down(make_staff, staff_client, name):
    user = make_staff("coordinator")

    assert staff_client(user).get(reverse(name, args=[user.volunteer.uuid])).status_code == 403


@pytest.mark.parametrize("name", ADDING)
def test_a_day_to_come_and_one_long_ago_are_asked_again(coordinator, person, name, today):
    path = reverse(name, args=[person.uuid])
    for day in (today + timedelta(days=1), today.replace(year=1026), ""):
        sent = {**words_of(person, name), "day": str(day)}
        assert coordinator.post(path, sent).status_code == 422

    assert not Evidence.objects.filter(volunteer=person).exists()


def test_a_speaker_is_a_member_in_care_or_a_name(coordinator, person, join_volunteer):
    path, day = reverse("add_language", args=[person.uuid]), timezone.localdate().isoformat()
    speaker = join_volunteer("Marta")

    refused = [
        coordinator.post(path, {"language": "kek", "day": day, **said}).status_code
        for said in ({}, {"speaker_code": "12"}, {"speaker_code": person.sign_in.code})
    ]
    kept = coordinator.post(path, {"language": "kek", "day": day, "speaker_code": speaker.sign_in.code})

    assert (refused, kept.status_code) == ([422, 422, 422], 302)
    assert Evidence.objects.get(volunteer=person).attested_by == speaker


def test_a_signature_kept_already_is_told_with_its_day(coordinator, person, code, today):
    sign_conduct(person, code, today - timedelta(days=3))

    response = coordinator.post(reverse("add_conduct", args=[person.uuid]), words_of(person, "add_conduct"))

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"version"}


def test_codes_and_roles_of_other_organisations_are_not_offered(coordinator, person, other_organisation, today):
    foreign_code = ConductCode.objects.create(
        organisation=other_organisation, version="ajena", text="x", adopted_on=today
    )
    foreign_role = Role.objects.create(organisation=other_organisation, slug="ajeno", name="Papel ajeno")
    conduct = {**words_of(person, "add_conduct"), "version": foreign_code.pk}
    naming = {**words_of(person, "add_naming"), "role": foreign_role.pk}

    assert coordinator.post(reverse("add_conduct", args=[person.uuid]), conduct).status_code == 422
    assert coordinator.post(reverse("add_naming", args=[person.uuid]), naming).status_code == 422


def test_an_organisation_without_codes_says_so(coordinator, person, code):
    Evidence.objects.all().delete()
    for role in Role.objects.all():
        role.requirements.filter(conduct_code=code).delete()
    code.delete()

    response = coordinator.get(reverse("add_conduct", args=[person.uuid]))

    assert response.context["form"].nothing
    assert b"<form method" not in response.content.split(b"<main")[1]


def test_a_coordinator_revokes_with_a_reason_the_person_reads(coordinator, person, code, learner_client, today):
    kept = sign_conduct(person, code, today - timedelta(days=3))
    path = reverse("revoke_evidence", args=[person.uuid, kept.uuid])
    assert coordinator.post(path, {"reason": " "}).status_code == 422

    response = coordinator.post(path, {"reason": "Firmó otra persona."})

    kept.refresh_from_db()
    assert response["Location"] == reverse("evidence_of", args=[person.uuid])
    assert (kept.revoked_on, kept.revoked_reason) == (today, "Firmó otra persona.")
    assert "Firmó otra persona." in learner_client.get(reverse("my_evidence")).content.decode()


def test_who_may_not_recognise_may_not_revoke(facilitator, strangers, person, code, today):
    kept = sign_conduct(person, code, today)
    path = reverse("revoke_evidence", args=[person.uuid, kept.uuid])

    assert {client.post(path, {"reason": "x"}).status_code for client in [facilitator, *strangers]} == {403}
    kept.refresh_from_db()
    assert kept.revoked_on is None


def test_evidence_of_another_person_is_not_there(coordinator, person, join_volunteer, code, today):
    kept = sign_conduct(join_volunteer("Marta"), code, today)

    for key in (kept.uuid, uuid.uuid4()):
        assert coordinator.get(reverse("revoke_evidence", args=[person.uuid, key])).status_code == 404


def test_what_the_school_wrote_itself_is_corrected_where_it_was_made(coordinator, person, complete_course):
    complete_course(person)
    kept = Evidence.objects.get(volunteer=person)

    page = coordinator.get(reverse("evidence_of", args=[person.uuid])).content.decode()
    response = coordinator.post(reverse("revoke_evidence", args=[person.uuid, kept.uuid]), {"reason": "x"})

    assert reverse("revoke_certificate") in page
    assert reverse("revoke_evidence", args=[person.uuid, kept.uuid]) not in page
    assert response["Location"] == reverse("evidence_of", args=[person.uuid])
    kept.refresh_from_db()
    assert kept.revoked_on is None


@pytest.mark.parametrize("kind", ["workshop", "visit"])
def test_a_workshop_and_a_visit_lead_to_their_own_pages(coordinator, person, role, today, kind):
    key = uuid.uuid4()
    Evidence.objects.create(
        volunteer=person, kind=kind, subject=str(role.uuid), day=today, source=f"{kind}:{key}:{person.uuid}"
    )

    page = coordinator.get(reverse("evidence_of", args=[person.uuid])).content.decode()

    assert reverse(kind, args=[key]) in page


def write_some(person, role, today, count):
    for number in range(count):
        for kind in ("recognised", "named"):
            Evidence.objects.create(
                volunteer=person,
                kind=kind,
                subject=str(role.uuid),
                day=today - timedelta(days=number),
                medium="paper",
                attester="Asamblea",
                recorded_by=person,
                territory=Territory.objects.get(code="1601"),
            )


@pytest.mark.parametrize("name", ["evidence_of", "my_evidence"])
def test_a_list_asks_the_same_number_of_times_for_1_and_30_rows(coordinator, learner_client, person, role, today, name):
    client, path = (
        (coordinator, reverse(name, args=[person.uuid])) if name == "evidence_of" else (learner_client, reverse(name))
    )
    write_some(person, role, today, 1)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    write_some(person, role, today - timedelta(days=1), 30)
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(few)


# --- the learner ---------------------------------------------------------------------------------------------------


def test_a_volunteer_signs_on_her_screen_once(learner_client, volunteer, code, today):
    path = reverse("my_conduct", args=[code.uuid])
    page = learner_client.get(path)
    assert all(line in page.content.decode() for line in code.commitments)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"

    learner_client.post(path)
    learner_client.post(path)

    kept = Evidence.objects.get(volunteer=volunteer, kind="conduct")
    assert (kept.subject, kept.day, kept.medium, kept.attested_by) == (str(code.uuid), today, "screen", volunteer)
    assert learner_client.get(path).context["signature"] == kept


def test_without_a_code_nobody_signs(code, db):
    path = reverse("my_conduct", args=[code.uuid])

    assert Client().get(path)["Location"] == reverse("sign_in")
    assert Client().post(path)["Location"] == reverse("sign_in")
    assert Client().get(reverse("my_evidence"))["Location"] == reverse("sign_in")
    assert not Evidence.objects.exists()


def test_the_code_of_another_organisation_is_not_there(learner_client, other_organisation, today):
    foreign = ConductCode.objects.create(organisation=other_organisation, version="ajena", text="x", adopted_on=today)

    assert learner_client.get(reverse("my_conduct", args=[foreign.uuid])).status_code == 404
    assert learner_client.post(reverse("my_conduct", args=[foreign.uuid])).status_code == 404


def test_a_new_version_says_that_it_is_new(learner_client, volunteer, code, organisation, today):
    sign_conduct(volunteer, code, today)
    code.adopted_on = today - timedelta(days=30)
    code.save()
    newer = ConductCode.objects.create(organisation=organisation, version="2", text="Otra cosa.", adopted_on=today)

    old = learner_client.get(reverse("my_conduct", args=[code.uuid]))
    new = learner_client.get(reverse("my_conduct", args=[newer.uuid]))

    assert (old.context["newer"], old.context["is_new_to_her"]) == (newer, False)
    assert (new.context["newer"], new.context["is_new_to_her"]) == (None, True)


def test_commitments_say_in_which_language_they_are(learner_client, code):
    path = f"/kek/me/conduct/{code.uuid}/"
    spanish = learner_client.get(path).context["words_in"]
    code.text_kek = "x"
    code.save()

    assert (spanish, learner_client.get(path).context["words_in"]) == ("es", "kek")


def test_a_signature_taken_back_can_be_given_anew(learner_client, volunteer, code, today):
    revoke_evidence(sign_conduct(volunteer, code, today), "Firmó otra persona.")

    learner_client.post(reverse("my_conduct", args=[code.uuid]))

    assert Evidence.objects.filter(volunteer=volunteer, revoked_on=None).count() == 1


def test_she_reads_who_stands_for_it_by_office_and_never_by_name(coordinator, learner_client, person):
    for name in ("add_language", "add_naming"):
        coordinator.post(reverse(name, args=[person.uuid]), words_of(person, name))

    page = learner_client.get(reverse("my_evidence")).content.decode()

    assert "Rosario" not in page
    assert "coordinator de prueba" not in page
    with translation.override("es"):
        assert str(Responsibility.Kind.COORDINATOR.label) in page


def test_a_neighbour_does_not_see_it(browser_of, join_volunteer, person, role, today):
    write_some(person, role, today, 1)

    neighbour = browser_of(join_volunteer("Marta"))

    assert neighbour.get(reverse("my_evidence")).context["rows"] == []
