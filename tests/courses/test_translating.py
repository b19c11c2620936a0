"""One course, many languages: the same keys, what is missing shown in Spanish and marked as such."""

import re

import pytest
from wagtail.models import Locale

from courses.models import CoursePage, LessonPage, ModulePage
from courses.translating import TextNotFound, TranslatedText, write_translation


@pytest.fixture
def kek(db):
    return Locale.objects.get(language_code="kek")


@pytest.fixture
def declaration(course):
    """Lesson 2.1, of which one quotation is translated."""
    return LessonPage.objects.source().get(slug="la-declaracion-universal")


def in_kek(page):
    return type(page).objects.get(translation_key=page.translation_key, locale__language_code="kek")


def ids_of(page):
    return [(child.id, child.block_type) for child in page.body]


def blocks_of(html):
    """Return the HTML of each block of a lesson, by its id."""
    found = re.split(r'<section class="block[^"]*" id="b-([0-9a-f-]{36})"', html.partition("lesson-end")[0])
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_page_stands_in_both_languages_under_one_key(course):
    for model, count in ((CoursePage, 1), (ModulePage, 8), (LessonPage, 34)):
        keys = {
            code: set(model.objects.in_language(code).live().values_list("translation_key", flat=True))
            for code in ("es", "kek")
        }
        assert keys["es"] == keys["kek"]
        assert len(keys["es"]) == count


def test_every_block_has_one_id_in_both_languages(lessons):
    for lesson in lessons:
        page = LessonPage.objects.get(pk=lesson.pk)
        assert ids_of(in_kek(page)) == ids_of(page)


def test_what_is_translated_is_in_qeqchi_and_the_rest_in_spanish(declaration, client):
    page = client.get(f"/kek{declaration.url.removeprefix('/es')}").content.decode()
    translated = {child.id for child in declaration.body if child.block_type == "law"}
    blocks = blocks_of(page)

    in_kek_blocks = {key for key, html in blocks.items() if re.search(r'<(?:p|blockquote|span)[^>]* lang="kek"', html)}
    spanish = {key for key, html in blocks.items() if 'lang="es"' in html}
    assert len(blocks) == len(declaration.body)
    assert len(in_kek_blocks & translated) == 1
    assert spanish >= set(blocks) - in_kek_blocks - {c.id for c in declaration.body if c.block_type == "quotation"}


def test_a_spanish_page_carries_no_marks_of_fallback(declaration, client):
    assert "fallback-sign" not in client.get(declaration.url).content.decode()


def test_what_is_shown_in_spanish_for_want_of_a_translation_says_so(lessons, client):
    page = client.get(lessons[0].url.replace("/es/", "/kek/")).content.decode()
    lesson = LessonPage.objects.get(pk=lessons[0].pk)

    blocks = blocks_of(page)
    assert [child.id for child in lesson.body if "fallback-sign" not in blocks[child.id]] == []
    assert '<html lang="kek"' in page


def test_after_editing_and_publishing_the_source_keys_and_ids_are_equal_again(declaration):
    raw = [dict(block) for block in declaration.body.raw_data]
    raw[0], raw[1] = raw[1], raw[0]
    declaration.body = declaration.body.stream_block.to_python(raw[:-1])
    declaration.title = "Otro título"
    declaration.save_revision().publish()

    source, translated = LessonPage.objects.get(pk=declaration.pk), in_kek(declaration)
    assert ids_of(translated) == ids_of(source)
    assert len(ids_of(source)) == len(raw) - 1
    assert translated.title == "Otro título"


def test_after_publishing_the_source_a_finished_translation_stays(declaration):
    law = next(child for child in declaration.body if child.block_type == "law" and child.value["quote"])
    before = next(child for child in in_kek(declaration).body if child.id == law.id).value["quote"]
    declaration.title = "Otro título"
    declaration.save_revision().publish()

    after = next(child for child in in_kek(declaration).body if child.id == law.id).value["quote"]
    assert after == before != law.value["quote"]


def test_a_translated_text_whose_source_changed_is_shown_in_spanish_again(declaration):
    raw = [dict(block) for block in declaration.body.raw_data]
    place = next(n for n, block in enumerate(raw) if block["type"] == "law" and block["value"].get("quote"))
    raw[place] = {**raw[place], "value": {**raw[place]["value"], "quote": "Palabras nuevas"}}
    declaration.body = declaration.body.stream_block.to_python(raw)
    declaration.save_revision().publish()

    shown = next(child for child in in_kek(declaration).body if child.id == raw[place]["id"])
    assert shown.value["quote"] == "Palabras nuevas"


def test_a_new_lesson_is_readable_in_both_languages_at_once(course, lessons, client):
    module = ModulePage.objects.get(pk=lessons[0].get_parent().pk)
    lesson = LessonPage(title="Nueva", slug="nueva", objective="x", minutes=5, locale=course.locale, live=False)
    module.add_child(instance=lesson)
    lesson.save_revision().publish()

    assert client.get(LessonPage.objects.get(pk=lesson.pk).url).status_code == 200
    assert client.get(in_kek(lesson).url).status_code == 200


def test_a_translated_question_keeps_its_right_answer(lessons, kek):
    lesson = LessonPage.objects.get(pk=lessons[0].pk)
    question = next(child for child in lesson.body if child.block_type == "single_choice")
    prompt = TranslatedText(f"body.{question.id}.prompt", question.value["prompt"], "Kʼaru?", "Prueba")
    write_translation(lesson, kek, [prompt])

    translated = in_kek(lesson).practice_question(question.id)
    assert translated.value["prompt"] == "Kʼaru?"
    assert [(option.id, option.value["correct"]) for option in translated.value["options"].bound_blocks] == [
        (option.id, option.value["correct"]) for option in question.value["options"].bound_blocks
    ]


@pytest.mark.parametrize("sign", "'\u2019`\ua78c\u00b4")
def test_mayan_text_is_kept_with_the_glottal_letter(lessons, kek, sign):
    lesson = LessonPage.objects.get(pk=lessons[0].pk)

    write_translation(lesson, kek, [TranslatedText("title", lesson.title, f"Q{sign}eqchi{sign}", "Prueba")])

    assert in_kek(lesson).title == "Q\u02bceqchi\u02bc"


def test_a_translation_of_a_text_the_page_does_not_have_writes_nothing(lessons, kek):
    lesson = LessonPage.objects.get(pk=lessons[0].pk)
    good = TranslatedText("title", lesson.title, "Kʼaru", "Prueba")

    with pytest.raises(TextNotFound):
        write_translation(lesson, kek, [good, TranslatedText("title", "No está", "x", "x")])

    assert in_kek(lesson).title == lesson.title


def test_switching_the_language_leads_to_this_same_lesson(lessons, client):
    page = client.get(lessons[5].url).content.decode()

    assert f'href="{lessons[5].url.replace("/es/", "/kek/")}"' in page


def test_each_language_is_named_in_itself(client, lessons):
    page = client.get(lessons[0].url).content.decode()

    assert re.findall(r'hreflang="(\w+)".*?<span>([^<]+)</span></a></li>', page) == [
        ("es", "Español"),
        ("kek", "Qʼeqchiʼ"),
    ]
