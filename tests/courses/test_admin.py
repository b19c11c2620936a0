"""What trainers of two organisations, translators and administrators meet in the admin of courses."""

import io
import uuid
import zipfile

import pytest
from django.urls import reverse
from wagtail.models import Locale

from assessments.models import Question, QuestionBank, Quiz
from cms.models import HomePage, Job
from cms.working import run_next
from courses.blocks import LESSON_BLOCKS
from courses.models import CoursePage, Edition, LessonPage, ModulePage, QuarantinedEvent
from courses.package_format import canonical_text
from courses.packaging import package_files
from courses.tasks import uploads
from people.models import Responsibility

Kind = Responsibility.Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbours(other_organisation):
    """A course, bank, question and quiz of another organisation."""
    home = HomePage.objects.get(locale__language_code="es")
    bank = QuestionBank.objects.create(organisation=other_organisation, name="Banco ajeno", slug="ajeno")
    spanish = Locale.objects.get(language_code="es")
    content = [
        (
            "true_false",
            {"prompt": "Pregunta ajena", "answer": True, "feedback_true": "Sí", "feedback_false": "No"},
        )
    ]
    question = Question.objects.create(bank=bank, locale=spanish, content=content)
    quiz = Quiz.objects.create(organisation=other_organisation, title="Evaluación ajena", slug="ajena", locale=spanish)
    course = home.add_child(
        instance=CoursePage(
            title="Curso ajeno", slug="curso-ajeno", organisation=other_organisation, summary="x", locale=spanish
        )
    )
    module = course.add_child(
        instance=ModulePage(title="Módulo ajeno", slug="modulo", objective="x", check_quiz=quiz, locale=spanish)
    )
    lesson = module.add_child(instance=LessonPage(title="Lección ajena", slug="leccion", objective="x", locale=spanish))
    return {"bank": bank, "question": question, "quiz": quiz, "course": course, "module": module, "lesson": lesson}


@pytest.fixture
def trainer(make_staff, staff_client):
    return staff_client(make_staff(Kind.TRAINER))


@pytest.fixture
def neighbour(make_staff, staff_client, other_organisation):
    return staff_client(make_staff(Kind.TRAINER, organisation=other_organisation))


@pytest.fixture
def administrator(make_staff, staff_client):
    return staff_client(make_staff(Kind.ADMINISTRATOR))


@pytest.fixture(autouse=True)
def _no_uploads():
    yield
    for left in uploads().glob("*"):
        left.unlink()


SNIPPETS = ["questionbank", "question", "quiz"]


@pytest.mark.parametrize("model", SNIPPETS)
def test_a_neighbours_rows_are_neither_listed_nor_opened(trainer, administrator, neighbours, model):
    key = "bank" if model == "questionbank" else model
    name = f"wagtailsnippets_assessments_{model}"
    for client in (trainer, administrator):
        listed = client.get(reverse(f"{name}:list"), {"locale": "es"})
        assert listed.status_code == 200
        assert "ajen" not in listed.content.decode()
        for view in ("edit", "delete", "usage", "history"):
            assert client.get(reverse(f"{name}:{view}", args=[neighbours[key].pk])).status_code == 404, view


@pytest.mark.parametrize("model", ["questionbank", "quiz"])
def test_a_chooser_offers_only_own_rows(trainer, neighbours, model):
    key = "bank" if model == "questionbank" else model
    name = f"wagtailsnippetchoosers_assessments_{model}"
    assert "ajen" not in trainer.get(reverse(f"{name}:choose")).content.decode()
    assert trainer.get(reverse(f"{name}:chosen", args=[neighbours[key].pk])).status_code == 404


def test_the_neighbour_opens_her_own_rows(neighbour, neighbours):
    for model, key in (("questionbank", "bank"), ("question", "question"), ("quiz", "quiz")):
        name = f"wagtailsnippets_assessments_{model}"
        assert "ajen" in neighbour.get(reverse(f"{name}:list")).content.decode()
        assert neighbour.get(reverse(f"{name}:edit", args=[neighbours[key].pk])).status_code == 200


@pytest.mark.parametrize("page", ["course", "module", "lesson"])
@pytest.mark.parametrize("view", ["edit", "delete", "history", "copy", "move", "unpublish", "usage", "privacy"])
def test_a_neighbours_page_answers_404_whatever_one_wants_of_it(trainer, administrator, neighbours, page, view):
    address = (
        reverse("wagtailadmin_pages:set_privacy", args=[neighbours[page].pk])
        if view == "privacy"
        else reverse(f"wagtailadmin_pages:{view}", args=[neighbours[page].pk])
    )
    assert trainer.get(address).status_code == 404
    assert administrator.get(address).status_code == 404


def test_the_page_tree_leaves_out_a_neighbours_course(trainer, neighbour, neighbours):
    home = HomePage.objects.get(locale__language_code="es")
    tree = reverse("wagtailadmin_explore", args=[home.pk])
    assert "Curso ajeno" not in trainer.get(tree).content.decode()
    own = neighbour.get(tree).content.decode()
    assert "Curso ajeno" in own
    assert "Defender el derecho a la salud" not in own
    assert trainer.get(reverse("wagtailadmin_explore", args=[neighbours["course"].pk])).status_code == 404


def test_a_trainer_edits_her_own_lesson_and_not_the_schools_home(trainer, lessons):
    assert trainer.get(reverse("wagtailadmin_pages:edit", args=[lessons[0].pk])).status_code == 200
    home = HomePage.objects.get(locale__language_code="es")
    refused = trainer.get(reverse("wagtailadmin_pages:edit", args=[home.pk]))
    assert refused.status_code == 302


def test_a_course_cannot_be_given_to_another_organisation(trainer, other_organisation, course):
    form_class = CoursePage.get_edit_handler().get_form_class()
    from people.models import User

    user = User.objects.get(username__startswith="trainer")
    form = form_class(instance=course, for_user=user, parent_page=course.get_parent())
    assert [place.pk for place in form.fields["organisation"].queryset] == [course.organisation_id]


def test_a_quiz_cannot_draw_from_a_neighbours_bank(trainer, neighbours, organisation):
    answer = trainer.post(
        reverse("wagtailsnippets_assessments_quiz:add"),
        {
            "title": "Mía",
            "slug": "mia",
            "organisation": organisation.pk,
            "purpose": "check",
            "pass_mark": 70,
            "most_tries": 0,
            "wait_minutes": 0,
            "draws-TOTAL_FORMS": 1,
            "draws-INITIAL_FORMS": 0,
            "draws-MIN_NUM_FORMS": 1,
            "draws-MAX_NUM_FORMS": 1000,
            "draws-0-bank": neighbours["bank"].pk,
            "draws-0-count": 1,
            "draws-0-ORDER": 1,
            "draws-0-id": "",
            "draws-0-DELETE": "",
        },
    )
    assert answer.status_code == 200
    assert not Quiz.objects.filter(slug="mia").exists()


def test_bulk_actions_do_not_reach_a_neighbours_rows(trainer, neighbours):
    address = reverse("wagtail_bulk_action", args=["assessments", "question", "delete"])
    assert trainer.post(f"{address}?id={neighbours['question'].pk}").status_code == 404
    assert trainer.post(f"{address}?id=all").status_code == 403
    assert Question.objects.filter(pk=neighbours["question"].pk).exists()


def test_translation_screens_do_not_reach_a_neighbours_rows(trainer, neighbours):
    submit = "wagtail_localize:submit_snippet_translation"
    assert trainer.get(reverse(submit, args=["assessments", "quiz", neighbours["quiz"].pk])).status_code == 404
    page = reverse("wagtail_localize:submit_page_translation", args=[neighbours["lesson"].pk])
    assert trainer.get(page).status_code == 404
    listing = reverse("wagtail_localize:snippets_api_listing", args=["assessments", "quiz"])
    assert trainer.get(listing).status_code == 404


def test_a_translator_opens_the_translation_and_not_the_source(make_staff, staff_client, lessons):
    translator = staff_client(make_staff(Kind.TRANSLATOR))
    translated = LessonPage.objects.get(translation_key=lessons[0].translation_key, locale__language_code="kek")
    assert translator.get(reverse("wagtailadmin_pages:edit", args=[translated.pk])).status_code == 200
    assert translator.get(reverse("wagtailadmin_pages:edit", args=[lessons[0].pk])).status_code == 302


def test_a_lesson_with_every_block_still_empty_can_be_previewed(lessons, rf):
    lesson = LessonPage.objects.get(pk=lessons[0].pk)
    body = lesson.body.stream_block
    lesson.body = body.to_python(
        [
            {"type": name, "id": str(uuid.uuid4()), "value": block.get_prep_value(block.get_default())}
            for name, block in LESSON_BLOCKS
        ]
    )
    answer = lesson.make_preview_request()
    assert answer.status_code == 200
    assert answer.content.decode().count('<section class="block') == len(LESSON_BLOCKS)


def test_a_preview_is_not_the_stored_page_and_is_not_stored(client, lessons):
    address = lessons[0].url
    published = client.get(address).content
    draft = LessonPage.objects.get(pk=lessons[0].pk)
    draft.title = "Borrador que nadie ha publicado"
    preview = draft.make_preview_request()
    assert "Borrador que nadie ha publicado" in preview.content.decode()
    assert 'class="block block--question"' in preview.content.decode()
    assert client.get(address).content == published


def test_previews_begin_at_the_width_of_a_phone(lessons):
    assert lessons[0].preview_sizes[0]["device_width"] == 360
    assert lessons[0].default_preview_size == "phone"


# --- packages and editions


def packed(course, **more):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**package_files(course), **more}.items():
            archive.writestr(name, content)
    buffer.seek(0)
    buffer.name = "curso.zip"
    return buffer


@pytest.fixture
def partner(make_staff, staff_client, other_organisation):
    return staff_client(make_staff(Kind.PARTNER, organisation=other_organisation))


def test_a_partner_takes_a_course_over_from_a_package(partner, course, other_organisation):
    small = course_of_one_lesson(course)
    answer = partner.post(reverse("course_packages"), {"organisation": other_organisation.pk, "file": small})
    assert answer.status_code == 302
    job = Job.objects.get()
    assert run_next() is not None
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    assert CoursePage.objects.source().filter(organisation=other_organisation).count() == 1
    assert list(uploads().iterdir()) == []
    shown = partner.get(reverse("course_packages")).content.decode()
    assert "curso.zip" in shown
    state = partner.get(reverse("import_state", args=[job.pk])).json()
    assert state["is_over"]
    assert state["edition"] == 1


def course_of_one_lesson(course):
    """Return a package with the first lesson of a course, without checks."""
    import json

    files = package_files(course)
    text = json.loads(files["course.json"])
    folder = text["modules"][0]
    text.update(modules=[folder], final=None, practical=None, picture=None)
    module = json.loads(files[f"modules/{folder}/module.json"])
    name = module["lessons"][0]
    module.update(lessons=[name], check=None, picture=None)
    lesson = json.loads(files[f"modules/{folder}/{name}"])
    lesson.update(picture=None, body=[])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("course.json", canonical_text(text))
        archive.writestr("media.json", canonical_text({}))
        archive.writestr(f"modules/{folder}/module.json", canonical_text(module))
        archive.writestr(f"modules/{folder}/{name}", canonical_text(lesson))
    buffer.seek(0)
    buffer.name = "curso.zip"
    return buffer


def test_a_package_sent_twice_is_one_job(partner, course, other_organisation):
    package = course_of_one_lesson(course)
    for _time in range(2):
        package.seek(0)
        partner.post(reverse("course_packages"), {"organisation": other_organisation.pk, "file": package})
    assert Job.objects.count() == 1


def test_a_package_that_is_refused_says_why(partner, course, other_organisation):
    stranger = packed(course, **{"virus.exe": b"x"})
    partner.post(reverse("course_packages"), {"organisation": other_organisation.pk, "file": stranger})
    run_next()
    assert "virus.exe" in partner.get(reverse("course_packages")).content.decode()
    assert list(uploads().iterdir()) == []
    assert not CoursePage.objects.filter(organisation=other_organisation).exists()


def test_what_is_no_zip_is_refused_at_once(partner, other_organisation):
    rubbish = io.BytesIO(b"PK nothing")
    rubbish.name = "curso.zip"
    answer = partner.post(reverse("course_packages"), {"organisation": other_organisation.pk, "file": rubbish})
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_packages_are_taken_in_only_for_ones_own_organisation(partner, course, organisation):
    answer = partner.post(
        reverse("course_packages"), {"organisation": organisation.pk, "file": course_of_one_lesson(course)}
    )
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_who_may_exchange_downloads_her_course_and_nobody_elses(administrator, partner, trainer, course):
    answer = administrator.get(reverse("download_package", args=[course.pk]))
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()[0]
    assert partner.get(reverse("download_package", args=[course.pk])).status_code == 404
    assert trainer.get(reverse("download_package", args=[course.pk])).status_code == 302


def test_a_new_edition_is_released_only_when_something_changed(trainer, course, lessons):
    number = Edition.objects.latest_number(course.translation_key)
    address = reverse("release_edition")
    trainer.post(address, {"course": course.pk, "notes": "Nada nuevo"})
    assert Edition.objects.latest_number(course.translation_key) == number
    lesson = LessonPage.objects.get(pk=lessons[0].pk)
    lesson.title = "Título nuevo"
    lesson.save_revision().publish()
    trainer.post(address, {"course": course.pk, "notes": "Un título"})
    edition = Edition.objects.latest(course.translation_key)
    assert (edition.number, edition.notes) == (number + 1, "Un título")
    assert "Un título" in trainer.get(reverse("wagtailsnippets_courses_edition:list")).content.decode()


def test_editions_are_read_only(administrator, course):
    edition = Edition.objects.latest(course.translation_key)
    name = "wagtailsnippets_courses_edition"
    for view in ("edit", "delete"):
        assert administrator.post(reverse(f"{name}:{view}", args=[edition.pk])).status_code == 302
    assert administrator.get(reverse(f"{name}:add")).status_code == 302
    assert Edition.objects.filter(pk=edition.pk).exists()


# --- what was held back


@pytest.fixture
def held_back(volunteer):
    return QuarantinedEvent.objects.create(volunteer=volunteer, reason="unknown kind", content={"kind": "x"})


def test_a_coordinator_resolves_what_was_held_back(make_staff, staff_client, held_back):
    coordinator = staff_client(make_staff(Kind.COORDINATOR))
    assert (
        "Es de una clase que esta escuela no conoce."
        in coordinator.get(reverse("wagtailsnippets_courses_quarantinedevent:list")).content.decode()
    )
    assert (
        "Es de una clase que esta escuela no conoce."
        in coordinator.get(reverse("resolve_quarantined", args=[held_back.pk])).content.decode()
    )
    assert coordinator.post(reverse("resolve_quarantined", args=[held_back.pk])).status_code == 302
    held_back.refresh_from_db()
    assert held_back.resolved_at


def test_a_strange_coordinator_does_not_see_what_was_held_back(make_staff, staff_client, held_back, other_organisation):
    stranger = staff_client(make_staff(Kind.COORDINATOR, organisation=other_organisation))
    listed = stranger.get(reverse("wagtailsnippets_courses_quarantinedevent:list")).content.decode()
    assert "unknown kind" not in listed
    assert stranger.post(reverse("resolve_quarantined", args=[held_back.pk])).status_code == 404
    held_back.refresh_from_db()
    assert held_back.resolved_at is None


def test_a_trainer_has_nothing_to_do_with_what_was_held_back(trainer, held_back):
    assert trainer.get(reverse("resolve_quarantined", args=[held_back.pk])).status_code == 302


def test_the_form_of_a_new_lesson_is_whole(trainer, course):
    module = ModulePage.objects.child_of(course).first()
    page = trainer.get(reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", module.pk]))
    assert page.status_code == 200
    assert 'id="comments-data"' in page.content.decode()
