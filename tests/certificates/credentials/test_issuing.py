"""Cards: one that counts for each role, its list position, its verdict, its paper, whose it is."""

import shutil
import subprocess
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from certificates.credentials.cards import card_pdf, sheet_pdf
from certificates.credentials.checking import check
from certificates.credentials.issuing import CardRefused, address_of, issue_card
from certificates.credentials.listing import is_valid, revoked_indexes
from certificates.credentials.views import _listed_keys, _status_lists
from certificates.granting import pause, resume, suspend
from certificates.models import FieldCredential
from people.joining import erase


@pytest.fixture
def rosa(make_member):
    return make_member("Rosa Xol")


@pytest.fixture
def grant(rosa, give_role):
    return give_role(rosa)


@pytest.fixture
def make_card(rosa):
    return lambda grant, **more: issue_card(
        grant, **{"name": "Rosa Xol", "language": "es", "shows_place": False, "by": rosa, **more}
    )


def verdict_on(card, day=None):
    return check(card.token, _listed_keys(), _status_lists(), day or timezone.localdate())


def test_a_card_says_role_and_dates_and_not_the_name_or_place(make_card, grant, organisation):
    card = make_card(grant)

    found = verdict_on(card)

    assert (found.state, found.facts.role, found.facts.code) == ("valid", grant.role.name, card.code)
    assert found.facts.valid_to == timezone.localdate() + timedelta(days=200)
    assert found.facts.place == ""
    assert "Rosa" not in address_of(card)


def test_the_place_stands_on_it_only_when_she_chose_so(make_card, grant):
    assert verdict_on(make_card(grant, shows_place=True)).facts.place == "San Pedro Carchá (Alta Verapaz)"


def test_a_new_card_ends_the_one_before(make_card, grant, organisation):
    lost = make_card(grant)
    card = make_card(grant, name="Rosa")

    assert revoked_indexes(organisation) == [lost.index]
    assert (verdict_on(lost).state, verdict_on(card).state) == ("not_valid", "valid")
    lost.refresh_from_db()
    assert not is_valid(lost, timezone.localdate())


def test_suspended_paused_and_run_out_all_read_not_valid(make_card, grant, make_staff, rosa):
    coordinator, card = make_staff("coordinator"), make_card(grant)
    suspend(grant, coordinator, "x")
    assert verdict_on(card).state == "not_valid"
    resume(grant, coordinator)
    assert verdict_on(card).state == "valid"
    pause(grant, rosa)
    assert verdict_on(card).state == "not_valid"
    with time_machine.travel(timezone.now() + timedelta(days=201)):
        assert verdict_on(card).state == "not_valid"


def test_there_is_no_card_for_a_role_that_does_not_hold(make_card, grant, rosa):
    pause(grant, rosa)

    with pytest.raises(CardRefused):
        make_card(grant)

    assert not FieldCredential.objects.exists()


def test_erasing_takes_the_name_and_leaves_the_card_valid(make_card, grant, rosa):
    card = make_card(grant)

    erase(rosa)

    card.refresh_from_db()
    assert card.name == ""
    assert verdict_on(card).state == "valid"


def test_the_list_takes_the_same_queries_for_one_card_and_for_ten(
    make_card, grant, make_member, give_role, organisation, django_assert_num_queries
):
    make_card(grant)
    with django_assert_num_queries(5):
        revoked_indexes(organisation)
    for _number in range(9):
        make_card(give_role(make_member()))
    with django_assert_num_queries(5):
        revoked_indexes(organisation)


def test_she_makes_sees_and_prints_her_card_and_nobody_else_does(browser_of, join_volunteer, give_role, place_called):
    person, neighbour = join_volunteer("Marta"), join_volunteer("Juana")
    person.territory = place_called("1609")
    person.save()
    grant = give_role(person)
    own, other = browser_of(person), browser_of(neighbour)
    address = f"/es/me/card/{grant.uuid}/"

    assert own.get(address).status_code == 200
    assert own.get(f"{address}pdf/").status_code == 404
    assert own.post(address, {"name": " "}).status_code == 422
    assert own.post(address, {"name": "Marta Caal", "shows_place": ""}).status_code == 302
    assert "Marta Caal" in own.get(address).content.decode()
    assert own.get(f"{address}pdf/")["Content-Type"] == "application/pdf"
    for browser, status in ((other, 404), (Client(), 302)):
        assert browser.get(address).status_code == status
        assert browser.get(f"{address}pdf/").status_code == status


def test_a_coordinator_prints_cards_of_her_people_only(
    staff_client, make_staff, make_member, give_role, place_called, grant
):
    address = "/es/register/cards/?place=1609"
    here = staff_client(make_staff("coordinator", territory=place_called("16")))
    elsewhere = staff_client(make_staff("coordinator", territory=place_called("0101")))

    assert here.post(address, {}).status_code == 422
    assert here.post(address, {"grant": [str(grant.uuid)]})["Content-Type"] == "application/pdf"
    assert elsewhere.post(address, {"grant": [str(grant.uuid)]}).status_code == 422
    assert FieldCredential.objects.get().name == "Rosa Xol"


def test_long_names_and_roles_stay_on_a_card_of_two_pages(make_card, grant):
    from io import BytesIO

    from pypdf import PdfReader

    reader = PdfReader(BytesIO(card_pdf(make_card(grant, name="W" * 60, shows_place=True))))

    assert len(reader.pages) == 2
    width, height = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
    assert (round(width, 1), round(height, 1)) == (85.6, 54.0)


@pytest.mark.verifier
@pytest.mark.needs("zbarimg", "pdftoppm")
@pytest.mark.parametrize("turned", [0, 4])
def test_zbar_reads_the_printed_code_turned_and_a_little_blurred(make_card, grant, tmp_path, turned):
    from PIL import Image, ImageFilter

    card = make_card(grant, shows_place=True)
    (tmp_path / "card.pdf").write_bytes(card_pdf(card))
    subprocess.run(["pdftoppm", "-r", "200", "-png", "card.pdf", "side"], cwd=tmp_path, check=True, timeout=60)
    back = Image.open(tmp_path / "side-2.png").convert("L")
    back.rotate(turned, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(0.8)).save(tmp_path / "back.png")

    told = subprocess.run(
        [shutil.which("zbarimg"), "--raw", "-q", "-Sdisable", "-Sqrcode.enable", "back.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert told.stdout.strip() == address_of(card)


@pytest.mark.verifier
@pytest.mark.needs("zbarimg", "pdftoppm")
def test_zbar_reads_all_ten_codes_of_a_sheet(make_card, make_member, give_role, tmp_path):
    cards = [make_card(give_role(make_member(str(number))), name=str(number)) for number in range(10)]
    (tmp_path / "sheet.pdf").write_bytes(sheet_pdf(cards))
    subprocess.run(["pdftoppm", "-r", "200", "-png", "sheet.pdf", "side"], cwd=tmp_path, check=True, timeout=60)

    told = subprocess.run(
        [shutil.which("zbarimg"), "--raw", "-q", "-Sdisable", "-Sqrcode.enable", "side-2.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert set(told.stdout.split()) == {address_of(card) for card in cards}


def test_a_typed_code_of_a_card_says_what_the_card_does_and_asks_for_the_name(make_card, grant, rosa):
    card = make_card(grant)
    stranger = Client()

    shown = stranger.get(f"/es/c/{card.code}/").content.decode()
    assert "verify-answer--valid" in shown
    assert grant.role.name in shown
    assert "Rosa" not in shown
    assert "Sí, es de rosa XOL" in stranger.post(f"/es/c/{card.code}/", {"name": "rosa XOL"}).content.decode()
    assert "Sí, es de Ana" not in stranger.post(f"/es/c/{card.code}/", {"name": "Ana"}).content.decode()
    pause(grant, rosa)
    gone = stranger.get(f"/es/c/{card.code}/").content.decode()
    assert "verify-answer--invalid" in gone
    assert grant.role.name not in gone


def test_a_card_for_elsewhere_does_not_say_what_she_defends(make_card, grant):
    card = make_card(grant, is_plain=True)

    assert card.role_name == grant.role.plain_name != grant.role.name
    assert verdict_on(card).facts.role == grant.role.plain_name
