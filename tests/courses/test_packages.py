"""A course travels as a package: the same bytes back, and a bad one leaves nothing behind."""

import io
import json
import shutil
import stat
import uuid
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image as PillowImage

from assessments.models import Question, Quiz
from cms.models import HomePage
from courses.importing import import_course
from courses.models import CoursePage, Edition, LessonPage
from courses.package_format import FORMAT, MOST_TEXT_BYTES, PackageRefused
from courses.packaging import export_course, package_files
from courses.releasing import is_genuine, manifest_of, release

MODULE = "modules/01-derechos-humanos-y-pueblos-indigenas"
LESSON = f"{MODULE}/01-la-declaracion-universal.json"
OTHER_LESSON = f"{MODULE}/02-cuatro-preguntas.json"
TRANSLATION = f"translations/kek/{LESSON}"


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit_json(path, edit):
    data = json.loads(path.read_text(encoding="utf-8"))
    edit(data)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def everything_there_is():
    """Count the rows of every table, and list the files of the school."""
    rows = {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}
    media = Path(settings.MEDIA_ROOT)
    return rows, sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


@pytest.fixture
def home(db):
    return HomePage.objects.get(locale__language_code="es")


@pytest.fixture
def shipped(shipped_course):
    """The shipped package, by name of file."""
    return files_of(shipped_course)


@pytest.fixture(scope="session")
def small_course(tmp_path_factory):
    """The shipped package cut down to its second module: as whole as the first, and taken in faster."""
    from courses.opening import SHIPPED_COURSE

    folder = tmp_path_factory.mktemp("small") / "course"
    shutil.copytree(SHIPPED_COURSE, folder)
    for place in (folder, folder / "translations" / "kek"):
        shutil.move(place / MODULE.replace("01", "02"), place / MODULE)
    for name in files_of(folder):
        other_module = name.startswith("modules/") and not name.startswith(MODULE)
        other_questions = name.startswith(("banks/", "quizzes/modulo")) and not name.endswith("-2.json")
        if other_module or other_questions:
            (folder / name).unlink()
    edit_json(folder / "course.json", lambda course: course.update(modules=[MODULE.removeprefix("modules/")]))
    edit_json(
        folder / "quizzes" / "evaluacion-final.json",
        lambda quiz: quiz.update(draws=[{"bank": "final-2", "count": 3}]),
    )
    texts = b"".join(
        content for name, content in files_of(folder).items() if name.startswith(("course", "modules", "banks"))
    )
    unused = [name for name in json.loads((folder / "media.json").read_text()) if f'"{name}"'.encode() not in texts]
    edit_json(folder / "media.json", lambda media: [media.pop(name) for name in unused])
    for name in unused:
        (folder / "media" / name).unlink()
    return folder


@pytest.fixture
def package(tmp_path, small_course):
    """A copy of the small package to change."""
    folder = tmp_path / "package"
    shutil.copytree(small_course, folder)
    return folder


@pytest.fixture
def change(package):
    """Return a function that changes one JSON file of the package by a function."""

    return lambda name, edit: edit_json(package / name, edit)


@pytest.fixture
def zipped(tmp_path, shipped):
    """Return a function that zips the shipped package, with some files put in, replaced or left out (None)."""

    def make(**changes):
        target = tmp_path / "package.zip"
        changed = {
            **shipped,
            **{name.replace("__", "."): content for name, content in changes.pop("files", {}).items()},
        }
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in changed.items():
                if content is not None:
                    archive.writestr(name, content)
        return target

    return make


@pytest.fixture
def take_in(home, other_organisation):
    """Return a function that takes a package in for another organisation than the basic course's."""
    return lambda path: import_course(path, home=home, organisation=other_organisation)


@pytest.fixture
def refused(take_in):
    """Return a function that brings a package and gives the words of its refusal, with nothing written."""

    def bring(path):
        before = everything_there_is()
        with pytest.raises(PackageRefused) as refusal:
            take_in(path)
        assert everything_there_is() == before
        assert all(len(problem) > 10 for problem in refusal.value.problems)
        return "\n".join(refusal.value.problems)

    return bring


# --- there and back ------------------------------------------------------------------------------------------------


def test_export_gives_the_bytes_of_the_shipped_package(course, shipped):
    exported = package_files(course)

    assert sorted(exported) == sorted(shipped)
    assert [name for name in shipped if exported[name] != shipped[name]] == []


def test_another_organisation_takes_it_over_with_new_keys_and_gives_the_same_bytes(
    take_in, package, course, other_organisation
):
    edition = take_in(package)

    copy = CoursePage.objects.source().get(organisation=other_organisation)
    exported, brought = package_files(copy), files_of(package)
    assert (edition.number, edition.course_key) == (1, copy.translation_key)
    assert copy.translation_key != course.translation_key
    assert sorted(exported) == sorted(brought)
    assert [name for name in brought if exported[name] != brought[name]] == ["course.json"]
    assert json.loads(exported["course.json"]) == {**json.loads(brought["course.json"]), "slug": copy.slug}


def test_two_organisations_courses_share_nothing(take_in, package, course, other_organisation):
    take_in(package)

    copy = CoursePage.objects.source().get(organisation=other_organisation)
    assert set(copy.lessons.values_list("translation_key", flat=True)).isdisjoint(
        course.lessons.values_list("translation_key", flat=True)
    )
    assert copy.final != course.final
    assert set(
        Question.objects.filter(bank__organisation=other_organisation).values_list("translation_key")
    ).isdisjoint(Question.objects.filter(bank__organisation=course.organisation).values_list("translation_key"))


def test_an_empty_school_takes_it_with_its_own_keys_and_gives_the_same_bytes(
    course, home, organisation, tmp_path, shipped
):
    target = tmp_path / "out.zip"
    export_course(course, target)
    key = course.translation_key
    for page in CoursePage.objects.filter(translation_key=key):
        CoursePage.objects.get(pk=page.pk).delete()
    Quiz.objects.all().delete()
    Question.objects.all().delete()
    for model in ("courses.CourseFile", "courses.Edition", "assessments.QuestionBank", "wagtailimages.Image"):
        apps.get_model(model).objects.all().delete()

    edition = import_course(target, home=home, organisation=organisation)

    again = CoursePage.objects.source().get()
    assert (again.translation_key, edition.number) == (key, 1)
    assert package_files(again) == shipped


def test_a_folder_and_a_zip_hold_the_same_files(course, tmp_path):
    folder, archive = tmp_path / "course", tmp_path / "course.zip"

    assert export_course(course, folder) == export_course(course, archive)

    with zipfile.ZipFile(archive) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files_of(folder)


def test_exporting_twice_gives_the_same_zip(course, tmp_path):
    for name in ("one.zip", "two.zip"):
        export_course(course, tmp_path / name)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_commands_export_and_import(other_organisation, package, tmp_path, shipped):
    call_command("export_course", "curso-basico", str(tmp_path / "out"), stdout=io.StringIO())
    told = io.StringIO()
    call_command("import_course", str(package), organisation="otra", stdout=told)

    assert files_of(tmp_path / "out") == shipped
    assert CoursePage.objects.source().filter(organisation=other_organisation).count() == 1
    assert "1" in told.getvalue()


def test_the_command_tells_why_a_package_is_refused(db, tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"no zip at all")

    with pytest.raises(CommandError, match=r"zip"):
        call_command("import_course", str(tmp_path / "bad.zip"))


# --- the next edition ----------------------------------------------------------------------------------------------


@pytest.fixture
def taken(take_in, package, other_organisation):
    """The small package taken in once."""
    take_in(package)
    return CoursePage.objects.source().get(organisation=other_organisation)


def test_the_same_package_again_makes_no_new_edition_page_question_or_file(take_in, taken, package):
    before = everything_there_is()

    edition = take_in(package)

    after = everything_there_is()
    counted = [
        "courses.CoursePage",
        "courses.LessonPage",
        "courses.Edition",
        "assessments.Question",
        "assessments.Quiz",
    ]
    assert edition.number == 1
    assert {name: after[0][name] for name in counted} == {name: before[0][name] for name in counted}
    assert after[1] == before[1]


def test_a_changed_package_makes_edition_2_and_keeps_every_key(take_in, taken, package, change):
    keys = [lesson.translation_key for lesson in taken.lessons]
    change(LESSON, lambda lesson: lesson.update(title="Otro título"))

    edition = take_in(package)

    lessons = list(taken.lessons)
    assert edition.number == 2
    assert [lesson.translation_key for lesson in lessons] == keys
    assert lessons[0].title == "Otro título"
    assert Edition.objects.filter(course_key=taken.translation_key).count() == 2


def test_a_lesson_the_package_no_longer_has_is_unpublished_and_its_key_kept(take_in, taken, package, change):
    gone = taken.lessons[1]
    change(f"{MODULE}/module.json", lambda module: module["lessons"].remove("02-cuatro-preguntas.json"))
    (package / OTHER_LESSON).unlink()
    for bank in ("banks/modulo-2.json", "banks/final-2.json"):
        change(bank, lambda bank: [question.update(review=None) for question in bank["questions"]])

    edition = take_in(package)

    assert edition.number == 2
    assert taken.lessons.count() == 3
    assert LessonPage.objects.get(translation_key=gone.translation_key, locale=gone.locale).live is False


def test_a_question_the_package_no_longer_has_is_retired_not_deleted(take_in, taken, package, change):
    questions = Question.objects.filter(bank__organisation=taken.organisation, bank__slug="final-2")
    before = questions.count()
    change("banks/final-2.json", lambda bank: bank["questions"].pop())

    take_in(package)

    assert questions.count() == before
    assert questions.filter(retired=True).count() == 1


# --- editions ------------------------------------------------------------------------------------------------------


def test_the_first_edition_is_signed_and_names_every_page_in_every_language(course):
    edition = Edition.objects.get(course_key=course.translation_key)

    assert edition.number == 1
    assert edition.languages == ["es", "kek"]
    assert is_genuine(edition)
    assert len(edition.manifest["pages"]) == 1 + 8 + 34
    assert {tuple(sorted(page["languages"])) for page in edition.manifest["pages"].values()} == {("es", "kek")}
    assert len(edition.manifest["quizzes"]) == 9


@pytest.mark.parametrize("part", ["manifest", "signature", "manifest_hash"])
def test_an_edition_someone_changed_is_not_genuine(course, part):
    edition = Edition.objects.get(course_key=course.translation_key)
    if part == "manifest":
        key = next(iter(edition.manifest["pages"]))
        edition.manifest["pages"][key]["languages"]["es"]["page"] = "0" * 64
    elif part == "signature":
        edition.signature = "00" * 64
    else:
        edition.manifest_hash = "0" * 64

    assert not is_genuine(edition)


def test_an_edition_signed_with_another_key_is_not_genuine(course, settings):
    edition = Edition.objects.get(course_key=course.translation_key)
    settings.SIGNING_KEY = "11" * 32

    assert not is_genuine(edition)


def test_releasing_without_a_change_gives_the_same_edition(course):
    assert release(course).number == release(course).number == 1


def test_releasing_after_a_translation_gives_the_next_edition(course, lessons):
    translated = LessonPage.objects.get(translation_key=lessons[0].translation_key, locale__language_code="kek")
    before = manifest_of(course)
    LessonPage.objects.filter(pk=translated.pk).update(title="Otro título")

    assert manifest_of(course)["pages"] != before["pages"]
    assert release(course).number == 2


# --- bad packages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 10], ids=repr)
def test_what_is_no_zip_is_refused(refused, tmp_path, content):
    path = tmp_path / "bad.zip"
    path.write_bytes(content)

    refused(path)


def test_a_truncated_zip_is_refused(refused, zipped, tmp_path):
    whole = zipped().read_bytes()
    for part in (len(whole) // 3, len(whole) - 30):
        path = tmp_path / "cut.zip"
        path.write_bytes(whole[:part])
        refused(path)


def test_a_zip_with_a_damaged_file_is_refused(refused, zipped):
    path = zipped()
    content = bytearray(path.read_bytes())
    content[400:460] = b"\0" * 60
    path.write_bytes(content)

    refused(path)


def test_a_file_that_is_not_there_is_refused(refused, tmp_path):
    assert "nothing.zip" in refused(tmp_path / "nothing.zip")


def test_an_empty_folder_is_refused(refused, tmp_path):
    assert "course.json" in refused(tmp_path)


def test_a_package_from_a_newer_school_is_refused(refused, package, change):
    change("course.json", lambda course: course.update(format=FORMAT + 1))

    refused(package)


@pytest.mark.parametrize("version", [None, "1", [], 0, -1, True], ids=repr)
def test_a_package_without_a_known_format_is_refused(refused, package, change, version):
    change("course.json", lambda course: course.update(format=version))

    refused(package)


@pytest.mark.parametrize(
    "name",
    ["../evil.json", "media/../../evil.svg", "/etc/evil.json", "C:/evil.json", "media\\..\\evil.svg", "a/../../b.json"],
)
def test_a_path_outside_of_the_package_is_refused(refused, zipped, name):
    assert name in refused(zipped(files={name: b"{}"}))


def test_a_symbolic_link_in_a_zip_is_refused(refused, zipped):
    path = zipped()
    link = zipfile.ZipInfo("media/link.svg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "link.svg" in refused(path)


@pytest.mark.parametrize("to_folder", [True, False])
def test_a_symbolic_link_in_a_folder_is_refused(refused, package, tmp_path, to_folder):
    target = tmp_path / "elsewhere"
    target.mkdir()
    (package / "media" / "link.svg").symlink_to(target if to_folder else "/etc/hostname")

    assert "link.svg" in refused(package)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["course.json", "COURSE.json", "Media/curso.svg"])
def test_the_same_file_twice_is_refused(refused, zipped, name):
    path = zipped()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "{}")

    refused(path)


@pytest.mark.parametrize(
    "name", ["readme.txt", "run.sh", "media/page.html", "media/program.exe", "banks/x.svg", "x.PY"]
)
def test_a_file_that_does_not_belong_is_refused(refused, zipped, name):
    assert name in refused(zipped(files={name: b"x"}))


def test_a_missing_picture_is_refused_by_name(refused, package):
    (package / "media" / "leccion-2-1.svg").unlink()

    assert "leccion-2-1.svg" in refused(package)


def test_a_picture_that_only_a_lesson_names_is_refused_by_name(refused, package, change):
    change(LESSON, lambda lesson: lesson.update(picture="nowhere.svg"))

    assert "nowhere.svg" in refused(package)


def test_a_picture_that_media_json_does_not_describe_is_refused_by_name(refused, package, change):
    change("media.json", lambda media: media.pop("leccion-2-1.svg"))

    assert "leccion-2-1.svg" in refused(package)


def test_a_text_file_nothing_refers_to_is_refused_by_name(refused, package):
    (package / "banks" / "stray.json").write_text("{}")

    assert "stray.json" in refused(package)


@pytest.mark.parametrize("name", ["course.json", "quizzes/evaluacion-final.json", "banks/modulo-2.json", LESSON])
def test_a_missing_text_file_is_refused(refused, package, name):
    (package / name).unlink()

    refused(package)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    "content",
    [
        SVG.format("<script>alert(1)</script>"),
        SVG.format('<rect onload="alert(1)"/>'),
        SVG.format('<rect ONCLICK="x"/>'),
        SVG.format('<a href="javascript:alert(1)"><rect/></a>'),
        SVG.format("<foreignObject><p/></foreignObject>"),
        SVG.format('<image href="https://x.example/y.png"/>'),
        SVG.format('<use href="https://x.example/y.svg#z"/>'),
        SVG.format('<rect fill="url(https://x.example/y)"/>'),
        SVG.format('<rect fill="url(https://x.example/y#z)"/>'),
        SVG.format('<rect style="fill:url(https://x.example/y#z)"/>'),
        SVG.format("<style>@import 'https://x.example/y.css'</style>"),
        SVG.format('<animate attributeName="href" to="javascript:alert(1)"/>'),
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("<text>&a;</text>"),
        '<?xml-stylesheet href="https://x.example/y.css"?>' + SVG.format(""),
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        SVG.format("<rect>"),
        "not a picture",
        "",
    ],
)
def test_a_picture_that_could_act_is_refused(refused, package, content):
    (package / "media" / "curso.svg").write_text(content, encoding="utf-8")

    assert "curso.svg" in refused(package)


@pytest.mark.parametrize("content", [b"not a picture", b"\x89PNG\r\n\x1a\n", b""], ids=repr)
def test_a_broken_photograph_is_refused(refused, package, change, content):
    (package / "media" / "foto.png").write_bytes(content)
    change("media.json", lambda media: media.update({"foto.png": {"title": "Foto", "description": "x"}}))

    assert "foto.png" in refused(package)


def test_a_whole_photograph_is_taken(take_in, package, change):
    PillowImage.new("RGB", (4, 4)).save(package / "media" / "foto.png")
    change("media.json", lambda media: media.update({"foto.png": {"title": "Foto", "description": "x"}}))
    change(LESSON, lambda lesson: lesson.update(picture="foto.png"))
    (package / "media" / "leccion-2-1.svg").unlink()
    change("media.json", lambda media: media.pop("leccion-2-1.svg"))

    assert take_in(package).number == 1


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b"[" * 100_000, b"nul", b""], ids=["open", "not utf-8", "deep", "word", "empty"]
)
def test_a_text_file_that_cannot_be_read_is_refused_by_name(refused, package, content):
    (package / LESSON).write_bytes(content)

    assert "01-la-declaracion-universal.json" in refused(package)


def test_a_huge_text_file_is_refused(refused, zipped):
    refused(zipped(files={LESSON: b'{"x": "' + b"x" * MOST_TEXT_BYTES + b'"}'}))


def first_block(lesson, **parts):
    lesson["body"][0].update(parts)


@pytest.mark.parametrize(
    "edit",
    [
        lambda lesson: first_block(lesson, type="iframe"),
        lambda lesson: first_block(lesson, id="not a uuid"),
        lambda lesson: first_block(lesson, value={"title": "x"}),
        lambda lesson: first_block(lesson, value={"title": "x", "text": ["<p>x</p>"], "onclick": "x"}),
        lambda lesson: first_block(lesson, value=7),
        lambda lesson: first_block(lesson, value={"title": ["x"], "text": 7}),
        lambda lesson: first_block(lesson, value={"title": "x" * 400, "text": ["<p>x</p>"]}),
        lambda lesson: first_block(lesson, extra=1),
        lambda lesson: lesson["body"].append(7),
        lambda lesson: lesson.update(body={}),
        lambda lesson: lesson.update(minutes=0),
        lambda lesson: lesson.update(minutes="ten"),
        lambda lesson: lesson.update(title="x" * 300),
        lambda lesson: lesson.update(title=""),
        lambda lesson: lesson.update(slug="Con Espacios"),
        lambda lesson: lesson.update(key="1"),
        lambda lesson: lesson.update(surprise=1),
        lambda lesson: lesson.pop("objective"),
    ],
)
def test_a_lesson_of_a_wrong_shape_is_refused(refused, package, change, edit):
    change(LESSON, edit)

    refused(package)


def test_a_question_without_a_right_answer_is_refused(refused, package, change):
    def unmark(bank):
        for option in bank["questions"][0]["block"]["value"]["options"]:
            option["value"]["correct"] = False

    change("banks/final-2.json", unmark)

    assert "final-2" in refused(package)


def test_a_question_that_sends_to_no_lesson_is_refused(refused, package, change):
    change("banks/final-2.json", lambda bank: bank["questions"][0].update(review=str(uuid.uuid4())))

    refused(package)


def test_a_link_to_no_page_is_refused(refused, package, change):
    link = f'<p><a linktype="page" key="{uuid.uuid4()}">allá</a></p>'
    change(LESSON, lambda lesson: lesson["body"][0]["value"]["text"].append(link))

    refused(package)


def test_two_pages_with_one_key_are_refused(refused, package, change):
    other = json.loads((package / LESSON).read_text())["key"]
    change(OTHER_LESSON, lambda lesson: lesson.update(key=other))

    assert other in refused(package)


@pytest.mark.parametrize("language", ["xx", "klingon", "es-GT"])
def test_a_language_the_school_does_not_know_is_refused(refused, package, language):
    folder = package / "translations" / language
    folder.mkdir()
    (folder / "course.json").write_text('{"texts": []}')

    assert language in refused(package)


def test_a_translated_text_that_belongs_to_no_text_is_refused(refused, package, change):
    change(TRANSLATION, lambda page: page["texts"][0].update(source="Un texto que no está"))

    refused(package)


@pytest.mark.parametrize("name", ["kek.json", "kek/modules/99-otro/01-otra.json", "kek/banks/final-2.json"])
def test_a_translation_of_no_page_is_refused_by_name(refused, package, name):
    path = package / "translations" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"texts": []}')

    assert path.name in refused(package) or "kek" in refused(package)


@pytest.mark.parametrize("name", ["course.json", "media.json", "banks/final-2.json", LESSON])
@pytest.mark.parametrize("data", ["[]", "7", '"x"', "null"])
def test_a_text_file_of_another_kind_is_refused(refused, package, name, data):
    (package / name).write_text(data)

    refused(package)


# --- practicals, tags and the rules of quizzes ---------------------------------------------------------------------

PRACTICAL = {
    "key": "0b8a7c8e-3a51-4a0b-9a35-0e2d5a2c7f11",
    "title": "Visita de prueba",
    "introduction": "Visite el puesto con otra persona.",
    "rubric": [
        {
            "id": "b0a4c53e-64f1-4b53-8b43-7a3f5f1f2a01",
            "type": "criterion",
            "value": {"text": "Saluda", "points": 1, "essential": True},
        },
        {
            "id": "b0a4c53e-64f1-4b53-8b43-7a3f5f1f2a02",
            "type": "criterion",
            "value": {"text": "Anota", "help": "Sin nombres.", "points": 3, "essential": False},
        },
    ],
    "pass_mark": 80,
    "observers": 2,
    "no_relatives": True,
    "no_granter": False,
}
QUIZ_RULES = {"counts": "last", "minutes": 30, "reasons": "passed", "offline": False}


@pytest.fixture
def full_package(package, change):
    """The small package with a practical, tags, and a quiz that uses every rule."""
    shutil.rmtree(package / "practicals", ignore_errors=True)
    (package / "practicals").mkdir()
    (package / "practicals" / "visita.json").write_text(json.dumps(PRACTICAL), encoding="utf-8")
    bank = json.loads((package / "banks" / "final-2.json").read_text())
    first = bank["questions"][0]["key"]
    draws = [
        {"section": "Primera parte", "bank": "final-2", "count": 1, "question": first},
        {"bank": "final-2", "tags": "dificil, modulo 2", "count": 0},
    ]
    change("course.json", lambda course: course.update(practical="visita"))
    change("quizzes/evaluacion-final.json", lambda quiz: quiz.update(QUIZ_RULES, draws=draws))
    change("banks/final-2.json", lambda data: data["questions"][1].update(tags=["dificil", "modulo 2"]))
    return package


def taken_by(organisation):
    return CoursePage.objects.source().get(organisation=organisation)


def test_practicals_tags_and_rules_come_back_as_they_went(take_in, full_package, other_organisation, home, tmp_path):
    take_in(full_package)
    first = package_files(taken_by(other_organisation))
    for name, content in first.items():
        (tmp_path / "again" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "again" / name).write_bytes(content)

    take_in(tmp_path / "again")

    quiz, bank = json.loads(first["quizzes/evaluacion-final.json"]), json.loads(first["banks/final-2.json"])
    brought = json.loads((full_package / "quizzes" / "evaluacion-final.json").read_text())
    assert json.loads(first["practicals/visita.json"]) == PRACTICAL
    assert json.loads(first["course.json"])["practical"] == "visita"
    assert {name: quiz[name] for name in QUIZ_RULES} == QUIZ_RULES
    assert quiz["draws"] == brought["draws"]
    assert bank["questions"][1]["tags"] == ["dificil", "modulo 2"]
    assert package_files(taken_by(other_organisation)) == first


def test_a_practical_taken_in_again_is_the_same_row_with_new_words(take_in, full_package, change, other_organisation):
    take_in(full_package)
    before = taken_by(other_organisation).practical
    change("practicals/visita.json", lambda practical: practical.update(title="Otra visita"))

    edition = take_in(full_package)

    after = taken_by(other_organisation).practical
    assert (after.pk, after.title, after.organisation) == (before.pk, "Otra visita", other_organisation)
    assert edition.number == 2


def test_a_changed_tag_makes_the_next_edition(take_in, full_package, change):
    take_in(full_package)
    change("banks/final-2.json", lambda data: data["questions"][1].update(tags=["dificil"]))

    assert take_in(full_package).number == 2


def test_an_older_package_without_the_new_fields_is_taken_in(take_in, package, change, other_organisation):
    shutil.rmtree(package / "practicals", ignore_errors=True)
    change("course.json", lambda course: course.pop("practical", None))
    for path in (package / "quizzes").iterdir():
        change(f"quizzes/{path.name}", lambda quiz: [quiz.pop(name, None) for name in QUIZ_RULES])
    for path in (package / "banks").iterdir():
        change(f"banks/{path.name}", lambda bank: [question.pop("tags", None) for question in bank["questions"]])
    change("quizzes/evaluacion-final.json", lambda quiz: quiz.update(draws=[{"bank": "final-2", "count": 3}]))

    take_in(package)

    course = taken_by(other_organisation)
    assert course.practical is None
    assert (course.final.counts, course.final.minutes, course.final.reasons) == ("best", 0, "never")
    assert course.final.offline


def test_importing_over_an_edited_question_leaves_no_older_draft(take_in, taken, package, change):
    question = Question.objects.filter(bank__organisation=taken.organisation, bank__slug="final-2").first()
    question.save_revision(clean=False)
    change("banks/final-2.json", lambda bank: bank["questions"][0]["block"]["value"].update(prompt="¿Otra pregunta?"))

    take_in(package)

    question.refresh_from_db()
    assert str(question.get_latest_revision_as_object()) == str(question) == "¿Otra pregunta?"


def test_a_question_never_published_does_not_travel(taken):
    bank = Question.objects.filter(bank__organisation=taken.organisation, bank__slug="final-2")
    hidden = bank.first()
    Question.objects.filter(pk=hidden.pk).update(live=False)

    exported = json.loads(package_files(taken)["banks/final-2.json"])

    assert len(exported["questions"]) == bank.count() - 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda practical: practical.update(observers=3),
        lambda practical: practical.update(pass_mark=0),
        lambda practical: practical.update(rubric=[]),
        lambda practical: practical["rubric"][0].update(type="card"),
        lambda practical: practical["rubric"][0]["value"].update(points=9),
        lambda practical: practical["rubric"][0]["value"].update(text=""),
        lambda practical: practical.update(surprise=1),
        lambda practical: practical.pop("title"),
    ],
)
def test_a_practical_of_a_wrong_shape_is_refused(refused, full_package, change, edit):
    change("practicals/visita.json", edit)

    refused(full_package)


@pytest.mark.parametrize(
    "change_of_quiz",
    [
        {"counts": "worst"},
        {"reasons": "always"},
        {"minutes": -1},
        {"purpose": "exam"},
        {"draws": [{"bank": "final-2", "count": 1, "question": "22c3279a-cb4d-4e0b-ba32-f3920cf79b57"}]},
        {"draws": [{"bank": "nowhere", "count": 1}]},
    ],
    ids=str,
)
def test_a_quiz_of_a_wrong_shape_is_refused(refused, full_package, change, change_of_quiz):
    change("quizzes/evaluacion-final.json", lambda quiz: quiz.update(change_of_quiz))

    refused(full_package)


def test_a_tag_with_a_comma_is_refused(refused, full_package, change):
    change("banks/final-2.json", lambda bank: bank["questions"][0].update(tags=["a, b"]))

    refused(full_package)


def test_a_practical_nobody_asks_for_is_refused_by_name(refused, full_package, change):
    change("course.json", lambda course: course.update(practical=None))

    assert "visita.json" in refused(full_package)
