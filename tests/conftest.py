"""A school opened once for all tests of a process, and the people in it."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.outside_programs", "tests.quizzes"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Open the school with the shipped course, committed, so that every test starts from it."""
    from courses.opening import open_school

    with django_db_blocker.unblock():
        open_school()


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import cache

    from cms import stored_pages

    cache.clear()
    stored_pages._here.clear()


@pytest.fixture
def organisation(db):
    from people.models import Organisation

    return Organisation.objects.get(is_default=True)


@pytest.fixture
def other_organisation(db):
    from people.models import Organisation

    return Organisation.objects.create(name="Otra organización", slug="otra")


@pytest.fixture
def course(db):
    from courses.models import CoursePage

    return CoursePage.objects.source().get(slug="curso-basico")


@pytest.fixture
def lessons(course):
    return list(course.lessons)


@pytest.fixture
def join_volunteer(db):
    """Return a function that makes a learner with her sign-in (PIN 836152)."""
    from people.joining import Newcomer, join

    def make(name="Candelaria", language="es", pin="836152"):
        return join(Newcomer(name, language, "read", "self", "pin", pin)).volunteer

    return make


@pytest.fixture
def volunteer(join_volunteer):
    return join_volunteer()


@pytest.fixture
def browser_of():
    """Return a function that gives a browser in which a learner is signed in."""
    from django.test import Client

    def sign_in(volunteer, pin="836152"):
        client = Client()
        client.post("/es/sign-in/", {"code": volunteer.sign_in.code, "pin": pin})
        assert "learner" in client.session
        return client

    return sign_in


@pytest.fixture
def learner_client(browser_of, volunteer):
    """A browser in which the volunteer is signed in."""
    return browser_of(volunteer)


@pytest.fixture
def complete_course(course):
    """Return a function that completes the basic course for a person and returns her certificate."""
    from django.utils import timezone

    from certificates.models import CourseCertificate
    from cms.working import run_next
    from courses.completing import complete_lessons, complete_quiz, requirement_of

    def complete(volunteer):
        now, required = timezone.now(), requirement_of(course)
        complete_lessons(volunteer, [(key, now, 1) for key in required.lessons])
        for key in [*required.checks, required.final]:
            complete_quiz(volunteer, key, now, 1)
        while run_next():  # as the worker does
            pass
        return CourseCertificate.objects.get(volunteer=volunteer, course_key=course.translation_key)

    return complete


@pytest.fixture
def make_staff(db, organisation):
    """Return a function that makes a member of staff with a responsibility and a second factor."""
    from allauth.mfa.totp.internal import auth as totp
    from django.utils import timezone

    from people.models import Identity, Responsibility, User, Volunteer

    def make(kind, organisation=organisation, territory=None, second_factor=True):
        person = Volunteer.objects.create(organisation=organisation)
        Identity.objects.create(volunteer=person, safe_name=f"{kind} de prueba")
        Responsibility.objects.create(
            volunteer=person, kind=kind, organisation=organisation, territory=territory, starts_on=timezone.localdate()
        )
        user = User.objects.create_user(f"{kind}-{person.pk}", password="una-clave-larga", volunteer=person)
        user.is_superuser = kind == "administrator"
        user.save()
        if second_factor:
            totp.TOTP.activate(user, totp.generate_totp_secret())
        return user

    return make


@pytest.fixture
def staff_client():
    """Return a function that gives a browser in which a member of staff is signed in."""
    from django.test import Client

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def shipped_course() -> Path:
    from courses.opening import SHIPPED_COURSE

    return SHIPPED_COURSE
