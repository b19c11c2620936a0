"""The interface in Spanish, and the few words of Qʼeqchiʼ that a source attests."""

import gettext
import subprocess
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from cms.catalogues import compile_catalogues

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def entries_of(code, name="django"):
    return polib.pofile(str(LOCALE / code / "LC_MESSAGES" / f"{name}.po"))


def said(entry):
    """Everything a translation says, singular and plural."""
    return "".join([entry.msgstr, *entry.msgstr_plural.values()])


def test_spanish_is_whole():
    spanish = entries_of("es")

    assert [entry.msgid for entry in spanish.untranslated_entries() + spanish.fuzzy_entries()] == []


@pytest.mark.needs("msgfmt")
@pytest.mark.parametrize("path", ["es/LC_MESSAGES/django.po", "es/LC_MESSAGES/wagtail.po", "kek/LC_MESSAGES/django.po"])
def test_translations_keep_placeholders_and_plural_forms(path):
    checked = subprocess.run(
        ["msgfmt", "--check", "--output-file=-", LOCALE / path],
        capture_output=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr.decode()) == (0, "")


def test_spanish_does_not_shout():
    loud = [entry.msgid for entry in entries_of("es") if set("¡!") & set(said(entry))]

    assert loud == []


def test_the_spanish_that_wagtail_lacks_says_nothing_the_school_says_itself():
    own = {entry.msgid for entry in entries_of("es")}

    assert [entry.msgid for entry in entries_of("es", "wagtail") if entry.msgid in own] == []


def test_every_file_of_a_language_goes_into_its_catalogue(tmp_path):
    compile_catalogues(LOCALE, tmp_path)

    spanish = gettext.translation("django", tmp_path, ["es"])
    assert [spanish.gettext("Start learning"), spanish.gettext("Search all pages…")] == [
        "Comenzar a aprender",
        "Buscar en todas las páginas…",
    ]


def test_every_qeqchi_word_names_its_source():
    kek = entries_of("kek")

    assert "borrador sin revisar" in kek.header
    assert [entry.msgid for entry in kek if said(entry) and not entry.tcomment.startswith("Fuente: ")] == []


def test_qeqchi_is_stored_with_its_own_glottal_sign():
    assert [entry.msgid for entry in entries_of("kek") if set("'’ꞌ`´") & set(said(entry))] == []


@pytest.fixture
def small_school(tmp_path, settings):
    """A school of one text, with catalogues made by the command."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "locale").mkdir()
    (tmp_path / "pages.py").write_text('from django.utils.translation import gettext\n\ngettext("Good day")\n')
    call_command("update_catalogues", verbosity=0)
    return tmp_path


def translate(school, text, translation):
    path = school / "locale" / "es" / "LC_MESSAGES" / "django.po"
    spanish = polib.pofile(str(path))
    spanish.find(text).msgstr = translation
    spanish.save()


def files_of(school):
    return {path: path.read_bytes() for path in school.rglob("*") if path.is_file()}


@pytest.mark.needs("xgettext", "msgmerge")
def test_checking_whole_catalogues_changes_no_file(small_school):
    translate(small_school, "Good day", "Buen día")
    before = files_of(small_school)

    call_command("update_catalogues", "--check")

    assert files_of(small_school) == before


@pytest.mark.needs("xgettext", "msgmerge")
def test_a_text_without_spanish_fails_the_check(small_school):
    with pytest.raises(CommandError, match="Without Spanish:\nGood day"):
        call_command("update_catalogues", "--check")


@pytest.mark.needs("xgettext", "msgmerge")
def test_a_text_that_was_not_gathered_fails_the_check(small_school):
    translate(small_school, "Good day", "Buen día")
    with (small_school / "pages.py").open("a") as code:
        code.write('gettext("Good night")\n')

    with pytest.raises(CommandError, match=r"behind the code.*\nGood night"):
        call_command("update_catalogues", "--check")


def test_staff_pages_are_in_spanish_whatever_the_browser_wishes(client, db):
    page = client.get("/staff/sign-in/", headers={"accept-language": "en-US,en"})

    assert '<html lang="es">' in page.content.decode()
