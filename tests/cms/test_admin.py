"""The staff's admin: in Spanish, behind the second factor, and no further than one's responsibility."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from certificates.models import IssuerProfile
from cms.models import AuditEntry, HomePage
from people.models import Cohort, Organisation, Responsibility, User

Kind = Responsibility.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_staff, staff_client):
    return staff_client(make_staff(Kind.ADMINISTRATOR))


@pytest.fixture
def partners_administrator(make_staff, staff_client, other_organisation):
    """She administers another organisation, and is no superuser."""
    user = make_staff(Kind.ADMINISTRATOR, organisation=other_organisation)
    User.objects.filter(pk=user.pk).update(is_superuser=False)
    return staff_client(User.objects.get(pk=user.pk))


@pytest.mark.parametrize("browser", ["en", "kek", "fr", ""])
def test_the_admin_is_in_spanish_whatever_the_browser_wishes(administrator, browser):
    page = administrator.get("/admin/", headers={"accept-language": browser}).content.decode()
    assert '<html lang="es"' in page
    assert "Panel de control" in page


def test_without_a_second_factor_the_admin_leads_to_setting_it_up(make_staff, staff_client):
    client = staff_client(make_staff(Kind.TRAINER, second_factor=False))
    answer = client.get("/admin/")
    assert answer.status_code == 302
    assert answer.url == reverse("mfa_activate_totp")


def test_who_has_nothing_to_do_in_the_admin_is_led_to_her_desk(make_staff, staff_client):
    client = staff_client(make_staff(Kind.FACILITATOR))
    assert client.get("/admin/").url == reverse("facilitate")


def test_a_learner_does_not_come_in(learner_client):
    assert learner_client.get("/admin/").url.startswith(reverse("account_login"))


def test_the_editor_has_its_own_policy_and_learners_keep_theirs(administrator, client):
    assert "'unsafe-inline'" in administrator.get("/admin/").headers["Content-Security-Policy"]
    assert "unsafe" not in client.get("/es/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in client.get("/es/").headers["Content-Security-Policy"]


def test_an_administrator_takes_a_trainer_on(administrator, organisation):
    answer = administrator.post(
        reverse("wagtailusers_users:add"),
        {
            "username": "rosario",
            "safe_name": "Rosario",
            "organisation": organisation.pk,
            "kind": Kind.TRAINER,
            "password": "maíz y frijol 2026",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    user = User.objects.get(username="rosario")
    assert user.volunteer.safe_name == "Rosario"
    assert user.check_password("maíz y frijol 2026")
    assert not user.is_superuser
    assert user.has_perm("wagtailadmin.access_admin")
    assert user.volunteer.responsibilities.get().kind == Kind.TRAINER
    assert AuditEntry.objects.filter(action="staff_taken_on").exists()


def test_a_weak_password_is_refused(administrator, organisation):
    data = {"username": "rosario", "safe_name": "Rosario", "organisation": organisation.pk, "kind": Kind.TRAINER}
    answer = administrator.post(reverse("wagtailusers_users:add"), {**data, "password": "1234"})
    assert answer.status_code == 200
    assert not User.objects.filter(username="rosario").exists()


def test_an_administrator_takes_nobody_on_for_another_organisation(administrator, other_organisation):
    data = {"username": "rosario", "safe_name": "R", "organisation": other_organisation.pk, "kind": Kind.TRAINER}
    administrator.post(reverse("wagtailusers_users:add"), {**data, "password": "maíz y frijol 2026"})
    assert not User.objects.filter(username="rosario").exists()


def test_accounts_of_another_organisation_are_neither_listed_nor_opened(administrator, make_staff, other_organisation):
    stranger = make_staff(Kind.TRAINER, organisation=other_organisation)
    assert stranger.username not in administrator.get(reverse("wagtailusers_users:index")).content.decode()
    assert administrator.get(reverse("wagtailusers_users:edit", args=[stranger.pk])).status_code == 404
    bulk = reverse("wagtail_bulk_action", args=["people", "user", "delete"])
    assert administrator.post(f"{bulk}?id={stranger.pk}").status_code == 404


def test_a_trainer_makes_no_accounts(make_staff, staff_client):
    trainer = staff_client(make_staff(Kind.TRAINER))
    assert trainer.get(reverse("wagtailusers_users:index")).status_code == 302
    assert trainer.get(reverse("wagtailusers_users:add")).status_code == 302


def test_a_lost_second_factor_is_set_up_again(administrator, make_staff):
    user = make_staff(Kind.TRAINER)
    administrator.post(
        reverse("wagtailusers_users:edit", args=[user.pk]),
        {"username": user.username, "safe_name": "Ana", "password": "", "is_active": "on", "second_factor_lost": "on"},
    )
    assert not Authenticator.objects.filter(user=user).exists()
    user.refresh_from_db()
    assert user.volunteer.safe_name == "Ana"
    assert user.check_password("una-clave-larga")


def test_the_end_of_a_responsibility_closes_the_screens(make_staff, staff_client):
    user = make_staff(Kind.TRAINER)
    yesterday = timezone.localdate() - timedelta(days=1)
    Responsibility.objects.filter(volunteer=user.volunteer).update(starts_on=yesterday, ends_on=yesterday)
    assert staff_client(user).get(reverse("wagtailsnippets_assessments_quiz:list")).status_code == 302


def test_who_founds_an_organisation_can_take_on_its_people(administrator):
    data = {"name": "Red nueva", "slug": "red-nueva", "emergency_contact": "", "facilitator_contact": ""}
    administrator.post(reverse("wagtailsnippets_people_organisation:add"), data)
    founded = Organisation.objects.get(slug="red-nueva")
    assert administrator.get(reverse("wagtailsnippets_people_organisation:edit", args=[founded.pk])).status_code == 200
    assert "Red nueva" in administrator.get(reverse("wagtailusers_users:add")).content.decode()


def test_a_partners_administrator_keeps_to_her_organisation(partners_administrator, organisation, other_organisation):
    client = partners_administrator
    edit = "wagtailsnippets_people_organisation:edit"
    assert client.get(reverse(edit, args=[other_organisation.pk])).status_code == 200
    assert client.get(reverse(edit, args=[organisation.pk])).status_code == 404
    assert client.get(reverse("wagtailsnippets_people_organisation:add")).status_code == 302
    for name in ("wagtaillocales:index", "wagtailadmin_reports:site_history"):
        assert client.get(reverse(name)).status_code == 403
    home = HomePage.objects.get(locale__language_code="es")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[home.pk])).status_code == 302


def test_an_organisation_says_whom_to_call_in_danger(administrator, organisation):
    data = {
        "name": organisation.name,
        "slug": organisation.slug,
        "emergency_contact": "Doña Ana, de confianza",
        "facilitator_contact": "",
        "languages": ["es", "kek"],
    }
    administrator.post(reverse("wagtailsnippets_people_organisation:edit", args=[organisation.pk]), data)
    organisation.refresh_from_db()
    assert (organisation.emergency_contact, organisation.languages) == ("Doña Ana, de confianza", ["es", "kek"])


def test_a_cohort_of_another_organisation_is_not_found(administrator, other_organisation):
    cohort = Cohort.objects.create(organisation=other_organisation, name="Grupo ajeno")
    assert "Grupo ajeno" not in administrator.get(reverse("wagtailsnippets_people_cohort:list")).content.decode()
    assert administrator.get(reverse("wagtailsnippets_people_cohort:edit", args=[cohort.pk])).status_code == 404


def test_territories_are_found_without_accents(administrator):
    page = administrator.get(reverse("wagtailsnippets_people_territory:list"), {"q": "totonicapan"}).content.decode()
    assert "Totonicapán" in page
    chooser = administrator.get(reverse("wagtailsnippetchoosers_people_territory:choose_results"), {"q": "peten"})
    assert "Petén" in chooser.content.decode()


def test_the_issuer_of_certificates_is_ones_own(administrator, organisation, other_organisation):
    own, _made = IssuerProfile.objects.get_or_create(organisation=organisation, defaults={"display_name": "Propia"})
    foreign = IssuerProfile.objects.create(organisation=other_organisation, display_name="Ajena")
    edit = "wagtailsnippets_certificates_issuerprofile:edit"
    assert administrator.get(reverse(edit, args=[own.pk])).status_code == 200
    assert administrator.get(reverse(edit, args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_asks_the_same_number_of_questions_whatever_its_length(
    administrator, organisation, rows, django_assert_max_num_queries
):
    administrator.get(reverse("wagtailsnippets_people_cohort:list"))
    Cohort.objects.bulk_create([Cohort(organisation=organisation, name=f"Grupo {n}") for n in range(rows)])
    with django_assert_max_num_queries(22):
        administrator.get(reverse("wagtailsnippets_people_cohort:list"))


def test_staff_sign_in_is_never_stored(client):
    assert settings.LOGIN_URL == "account_login"
    assert "no-store" in client.get(reverse("account_login")).headers["Cache-Control"]


def test_a_new_member_of_staff_sets_up_her_second_factor_in_spanish(make_staff, client):
    user = make_staff(Kind.TRAINER, second_factor=False)
    client.post(reverse("account_login"), {"login": user.username, "password": "una-clave-larga"})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Su segundo paso para entrar" in text
    assert "data:image/svg+xml" in text
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    codes = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert "Sus códigos de recuperación" in codes.content.decode()
    assert client.get("/admin/").status_code == 200
