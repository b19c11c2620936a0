"""Every address of the school × GET and POST × kind of person, against the table `who_may_what.txt`.

An address without a row fails: who adds one says there who may open it.
"""

import re
import uuid
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone

PEOPLE = [
    "stranger",
    "learner",
    "neighbour",  # another learner; what the addresses name is the learner's
    "facilitator",
    "trainer",
    "coordinator",
    "partner",  # of another organisation
    "administrator",
]
TABLE = Path(__file__).with_name("who_may_what.txt")
# A letter for each kind of answer.
ANSWERS = {
    200: "o",  # open
    204: "o",
    400: "a",  # asked again: nothing, or nothing fitting, was sent
    409: "a",
    415: "a",
    422: "a",
    401: "s",  # sign in
    403: "f",  # forbidden
    404: "n",  # there is no such thing for her
    405: "m",  # not with this method
    410: "x",  # an invitation that is over
}
INSIDE = set("oagm")
"""In the admin it matters only who is let in (`+`), sent to sign in (`s`) or kept out (`-`)."""


def all_routes(resolver=None, before=""):
    """Yield every route of the school as text, the language as `es/`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + (str(pattern.pattern).removeprefix("^") if before else str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern, route)
        else:
            yield route


def read_table():
    """Return the rows of the table: route (or its beginning, where it ends in `*`) → letters for GET and for POST."""
    rows = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, get, post = line.split()
            assert route not in rows, f"two rows for {route}"
            rows[route] = {"GET": get, "POST": post}
    return rows


def row_for(route, rows):
    """Return the row of a route: its own, else the one with the longest beginning."""
    route = route or '""'
    beginnings = [name for name in rows if name.endswith("*") and route.startswith(name[:-1])]
    return route if route in rows else max(beginnings, key=len, default=None)


def letter(response, in_admin):
    """Return the letter of an answer; `E` where the school failed (Wagtail does, when its own form comes empty)."""
    if response.status_code in (301, 302):
        target = urlsplit(response["Location"]).path
        if re.fullmatch(r"/(\w+|staff)/sign-in/", target):
            found = "s"
        elif in_admin and (target == "/admin/" or not target.startswith("/admin/")):
            found = "f"  # so Wagtail says that this is for others
        else:
            found = "g"  # goes on elsewhere
    else:
        found = ANSWERS.get(response.status_code, "E")
    if in_admin and found not in "sE":
        return "+" if found in INSIDE else "-"
    return found


@pytest.fixture
def open_answer(volunteer):
    """A spoken answer of the learner's that waits for its mark."""
    from assessments.models import Answer, Attempt, OpenAnswer, QuestionVersion

    rubric = [{"id": "a", "text": "x", "help": "", "points": 1, "essential": False}]
    content = {
        "type": "open_answer",
        "prompt": "x",
        "explanation": "x",
        "options": [],
        "spoken": True,
        "rubric": rubric,
    }
    version = QuestionVersion.objects.create(key=uuid.uuid4(), language="es", content_hash="x", content=content)
    attempt = Attempt.objects.create(
        volunteer=volunteer,
        quiz_key=uuid.uuid4(),
        purpose="check",
        drawn=[],
        pass_mark=70,
        language="es",
        started_at=timezone.now(),
        submitted_at=timezone.now(),
    )
    answer = Answer.objects.create(attempt=attempt, version=version, language="es", most_points=1)
    OpenAnswer.objects.create(answer=answer, voice="T2dnUw==", voice_type="audio/ogg")
    return answer


@pytest.fixture
def practical(organisation):
    """A practical of the organisation."""
    from wagtail.models import Locale

    from assessments.models import Practical

    definition = Practical._meta.get_field("rubric").stream_block
    rubric = definition.to_python([{"type": "criterion", "id": "a", "value": {"text": "x", "points": 1}}])
    locale = Locale.objects.get(language_code="es")
    return Practical.objects.create(organisation=organisation, locale=locale, title="x", slug="x", rubric=rubric)


@pytest.fixture
def observation(practical, volunteer, make_staff):
    """What somebody saw of the learner in it."""
    from assessments.observing import Seen, observe

    observer = make_staff("facilitator").volunteer
    seen = Seen({"a": 1}, timezone.localdate(), is_no_relative=True)
    return observe(practical, volunteer, seen, observer=observer, recorded_by=observer)


@pytest.fixture
def workshop(organisation, volunteer, make_staff):
    """An open workshop of the organisation; the learner stands on its list."""
    from courses.holding import Plan, mark_there, open_workshop
    from courses.models import WorkshopTopic

    topic, by = WorkshopTopic.objects.create(organisation=organisation, name_es="x"), make_staff("facilitator")
    told = Plan(uuid.uuid4(), topic, timezone.localdate(), by.volunteer, "es", 4)
    workshop = open_workshop(told, by)
    mark_there(workshop, [volunteer], by)
    return workshop


@pytest.fixture
def role_held(organisation, volunteer, make_staff):
    """A role the learner holds everywhere."""
    from certificates.credentials.issuing import issue_card
    from certificates.granting import Dates, grant_of, write
    from certificates.models import Role

    today = timezone.localdate()
    grant = grant_of(volunteer, Role.objects.get(organisation=organisation, slug="monitora"), None)
    write(grant, "granted", Dates(today, today), make_staff("coordinator").volunteer)
    issue_card(grant, name="x", language="es", shows_place=False, by=volunteer)
    return grant


@pytest.fixture
def proposal_about_her(organisation, volunteer, role_held):
    """A proposal about the learner that nobody has decided."""
    from certificates.models import Proposal, Role

    role = Role.objects.get(organisation=organisation, slug="facilitadora")
    return Proposal.objects.create(volunteer=volunteer, role=role, proposed_at=timezone.now())


@pytest.fixture
def appeal_of_hers(volunteer, role_held, make_staff):
    """What the learner asks another office to look at again."""
    from certificates.models import Appeal, Proposal

    now, by = timezone.now(), make_staff("coordinator").volunteer
    declined = {"state": "declined", "reason": "x", "decided_by": by, "decided_at": now}
    proposal = Proposal.objects.create(volunteer=volunteer, role=role_held.role, proposed_at=now, **declined)
    return Appeal.objects.create(volunteer=volunteer, proposal=proposal, made_at=now)


@pytest.fixture
def asked_visit(organisation, volunteer, make_staff):
    """A visit of the organisation for which the learner is asked."""
    from certificates.models import Role, Visit
    from people.models import Territory

    visit = Visit.objects.create(
        organisation=organisation,
        day=timezone.localdate(),
        territory=Territory.objects.get(code="1609"),
        facility_kind="post",
        role=Role.objects.get(organisation=organisation, slug="monitora"),
        people_needed=1,
        made_by=make_staff("coordinator").volunteer,
        made_at=timezone.now(),
    )
    visit.people.create(volunteer=volunteer, token="x" * 22)
    return visit


@pytest.fixture
def asked_export(role_held, organisation, make_staff):
    """A file with telephones that a coordinator asks for."""
    from certificates.models import SensitiveExport

    return SensitiveExport.objects.create(
        organisation=organisation,
        question={"role": str(role_held.role.uuid), "day": timezone.localdate().isoformat(), "status": "certified"},
        columns=["phone"],
        reason="x",
        asked_by=make_staff("coordinator").volunteer,
        asked_at=timezone.now(),
    )


@pytest.fixture
def things(
    asked_export,
    asked_visit,
    role_held,
    proposal_about_her,
    appeal_of_hers,
    course,
    lessons,
    volunteer,
    complete_course,
    organisation,
    make_staff,
    practical,
    observation,
    open_answer,
    workshop,
):
    """What the addresses name: everything belongs to the learner, or to her organisation."""
    from django.contrib.auth.models import Group
    from wagtail.models import Collection, Locale, Site
    from wagtail_localize.models import StringSegment, Translation, TranslationSource
    from wagtailmedia.models import Media

    from assessments.answering import Sent
    from assessments.attempting import start, submit
    from assessments.models import ExtraTime, Question, QuestionBank, Quiz
    from certificates.models import Alert, ConductCode, IssuerProfile, MonitoringCycle, Role
    from certificates.vouching import sign_conduct
    from cms.models import Job
    from courses.models import Edition, LessonPage, QuarantinedEvent
    from people.joining import print_cards
    from people.models import Cohort, Responsibility, Territory, Volunteer

    lesson = LessonPage.objects.get(pk=lessons[0].pk)
    quiz = Quiz.objects.filter(purpose="check", locale__language_code="es").first()
    facilitator = make_staff("facilitator")
    source = TranslationSource.objects.filter(translations__isnull=False).first()
    graded = submit(start(volunteer, quiz, edition=1, manifest_hash="", language="es").pk, volunteer, Sent(), "es")
    question = graded.answers.first().version.key
    kept = QuarantinedEvent.objects.create(volunteer=volunteer, reason="unknown kind", content={"kind": "x"})
    job = Job.objects.create(kind="none", idempotency_key="x", arguments={"organisation": organisation.pk})
    cohort = Cohort.objects.create(organisation=organisation, name="Las Flores")
    IssuerProfile.objects.create(organisation=organisation, display_name="Red de Prueba")
    conduct = ConductCode.objects.get(organisation=organisation)
    row_of = {
        "assessments/extratime/": ExtraTime.objects.create(volunteer=volunteer),
        "assessments/practical/": practical,
        "assessments/question/": Question.objects.first(),
        "assessments/questionbank/": QuestionBank.objects.filter(questions__translation_key=question).first(),
        "assessments/quiz/": quiz,
        "certificates/conductcode/": conduct,
        "certificates/issuerprofile/": IssuerProfile.objects.first(),
        "certificates/monitoringcycle/": MonitoringCycle.objects.get(organisation=organisation),
        "certificates/role/": Role.objects.get(organisation=organisation, slug="defensora"),
        "cms/job/": job,
        "courses/edition/": Edition.objects.first(),
        "courses/quarantinedevent/": kept,
        "courses/workshoptopic/": workshop.topic,
        "people/cohort/": cohort,
        "people/organisation/": organisation,
        "people/responsibility/": Responsibility.objects.first(),
        "people/territory/": Territory.objects.get(code="1609"),
        "admin/users/": facilitator,
        "admin/groups/": Group.objects.first(),
        "admin/sites/": Site.objects.get(),
        "admin/locales/": Locale.objects.get(language_code="kek"),
        "admin/collections/": Collection.objects.first(),
    }
    values = {
        "lesson": lesson.translation_key,
        "block": next(child.id for child in lesson.body if child.block_type == "single_choice"),
        "attempt": start(volunteer, quiz, edition=1, manifest_hash="", language="es").pk,
        "graded": graded.pk,
        "quiz": quiz.slug,
        "question": question,
        "course": course.slug,
        "certificate": complete_course(volunteer).code,
        "card": print_cards(facilitator, organisation, 1)[0],
        "person": volunteer.uuid,
        "without_code": Volunteer.objects.create(organisation=organisation).uuid,
        "practical": practical.translation_key,
        "observation": observation.pk,
        "answer": open_answer.pk,
        "workshop": workshop.uuid,
        "visit": asked_visit.uuid,
        "export": asked_export.uuid,
        "organisation": organisation.uuid,
        "table": uuid.uuid4(),
        "printing": uuid.uuid4(),
        "conduct": conduct.uuid,
        "proposal": proposal_about_her.uuid,
        "appeal": appeal_of_hers.uuid,
        "decision": appeal_of_hers.proposal.uuid,
        "batch": uuid.uuid4(),
        "evidence": sign_conduct(volunteer, conduct, timezone.localdate()).uuid,
        "page_id": lesson.pk,
        "parent_page_id": lesson.get_parent().pk,
        "image_id": course.picture_id,
        "media_id": Media.objects.create(title="x", file="x.mp3", type="audio").pk,
        "translation_source_id": source.pk,
        "translation_id": Translation.objects.filter(source=source).first().pk,
        "string_segment_id": StringSegment.objects.filter(source=source).first().pk,
        "job": job.pk,
        "number": 0,
        "grant": role_held.uuid,
        "alert": Alert.objects.create(
            organisation=organisation, about=facilitator.volunteer, day=timezone.localdate(), count=99
        ).pk,
        "event": kept.pk,
        "course_pk": course.pk,
        "question_revision": Question.objects.first().save_revision().pk,
        "bank": QuestionBank.objects.filter(questions__translation_key=question).first().pk,
        "form": "csv",
        "picture": course.picture.file.name,
    }
    return {"row_of": row_of, "values": values, "facilitator": facilitator}


def path_to(route, things):
    """Return a real address of a route, naming the learner's things."""
    values = things["values"]
    special = {
        "admin/.*/$": "admin/nowhere/",
        "admin/pages/(\\d+)/revisions/compare/(live|earliest|\\d+)\\.\\.\\.(live|latest|\\d+)/$": (
            f"admin/pages/{values['page_id']}/revisions/compare/live...latest/"
        ),
        "es/((?:[\\w\\-]+/)*)$": "es/",
    }
    if route in special:
        return special[route]

    def value(found):
        name = found["name"] or found["group"]
        if name == "pk":
            row = next((row for part, row in things["row_of"].items() if part in route), None)
            return str(row.pk if row else values["page_id"])
        if name == "revision_id" and "assessments/question/" in route:
            return str(values["question_revision"])
        if name == "attempt" and route.endswith("result/"):
            return str(values["graded"])
        if name == "code":
            return values["card"].code if "join" in route else values["certificate"]
        if name == "person" and route.endswith("<uuid:person>/card/"):
            return str(values["without_code"])
        if name == "sheet":
            return str(values["card"].sheet)
        if name == "course" and "admin/" in route:
            return str(values["course_pk"])
        by_name = {
            "path": values["picture"],
            "page_to_move_id": values["page_id"],
            "destination_id": values["parent_page_id"],
            "content_type_app_name": "courses",
            "content_type_model_name": "lessonpage",
            "app_label": "courses",
            "app_name": "courses",
            "model_name": "lessonpage",
            "object_id": values["page_id"],
            "action": "publish",
            "action_name": "publish",
            "media_type": "audio",
            "filter_spec": "original",
            "mode": "default",
            "revision_id_a": "live",
            "revision_id_b": "latest",
            "uidb64": "x",
            "token": "x",
        }
        return str(by_name.get(name, values.get(name, 1)))

    text = re.sub(r"<(?:\w+:)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^)]*\)", value, route)
    return text.replace("^", "").replace("$", "").replace("\\.", ".")


@pytest.fixture
def browser(things, volunteer, browser_of, join_volunteer, make_staff, staff_client, other_organisation):
    """Return a function that gives the browser of a kind of person."""

    def of(person):
        if person == "stranger":
            return Client()
        if person == "learner":
            return browser_of(volunteer)
        if person == "neighbour":
            return browser_of(join_volunteer("Marta"))
        if person == "facilitator":
            return staff_client(things["facilitator"])
        if person == "partner":
            return staff_client(make_staff("partner", other_organisation))
        return staff_client(make_staff(person))

    return of


def ask(client, method, path):
    """Return the answer to a request of which nothing remains."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.generic(method, f"/{path}", content_type="application/x-www-form-urlencoded")
        if not getattr(response, "streaming", False):
            response.content  # noqa: B018  (renders it)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    return response


def test_every_address_has_a_row_and_every_row_an_address(db):
    rows = read_table()
    routes = list(all_routes())

    used = {row_for(route, rows) for route in routes}
    assert [route for route in routes if row_for(route, rows) is None] == []
    assert set(rows) - used == set()


@pytest.mark.parametrize("person", PEOPLE)
def test_each_address_answers_each_person_as_the_table_says(person, browser, things):
    rows, place = read_table(), PEOPLE.index(person)
    client = browser(person)
    client.raise_request_exception = False
    wrong = []
    for route in all_routes():
        path = path_to(route, things)
        assert resolve(f"/{path}").route == route, f"{path} does not lead to {route}"
        row = row_for(route, rows)
        for method in ("GET", "POST"):
            expected = rows[row][method][place] if row else "?"
            found = letter(ask(client, method, path), path.startswith("admin/"))
            if found != expected:
                wrong.append(f"{method} {route}: {found} instead of {expected}")

    assert wrong == [], "\n".join(wrong)


STAFF_PAGES = ["/admin/", "/admin/pages/", "/es/facilitate/", "/kek/facilitate/", "/es/register/", "/kek/register/"]


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_a_pin_never_opens_staff_pages(learner_client, page):
    response = learner_client.get(page)

    assert urlsplit(response["Location"]).path == "/staff/sign-in/"


@pytest.mark.parametrize("page", STAFF_PAGES)
@pytest.mark.parametrize("kind", ["facilitator", "administrator"])
def test_staff_without_a_second_factor_are_sent_to_set_it_up(make_staff, staff_client, page, kind):
    client = staff_client(make_staff(kind, second_factor=False))

    assert client.get(page)["Location"] == "/staff/second-factor/totp/activate/"


def test_a_password_alone_signs_nobody_in(make_staff):
    user, client = make_staff("administrator"), Client()

    response = client.post("/staff/sign-in/", {"login": user.username, "password": "una-clave-larga"})

    assert response["Location"].startswith("/staff/second-factor/authenticate/")
    assert client.get("/admin/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_no_other_address_takes_a_password(things, make_staff):
    user = make_staff("administrator")
    sent = {"login": user.username, "username": user.username, "password": "una-clave-larga"}
    opened = []
    for route in all_routes():
        client = Client(raise_request_exception=False)
        client.post(f"/{path_to(route, things)}", sent)
        if "_auth_user_id" in client.session:
            opened.append(route)

    assert opened == []


def test_after_signing_out_staff_pages_are_closed(make_staff, staff_client):
    client = staff_client(make_staff("facilitator"))
    assert client.get("/es/facilitate/").status_code == 200

    client.session.flush()

    assert client.get("/es/facilitate/").status_code == 302


def test_staff_pages_are_never_kept_in_a_cache(make_staff, staff_client):
    client = staff_client(make_staff("administrator"))

    for page in ("/admin/", "/es/facilitate/"):
        assert "no-store" in client.get(page)["Cache-Control"]
