"""Item analysis: what the figures are, what they stay silent about, and who may see and do what."""

import csv
import io
import math
import random
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from assessments.analysis import parts as chosen
from assessments.analysis import statistics, tables
from assessments.analysis.counting import LONGEST_SECONDS, Scope
from assessments.analysis.judging import needs_a_look_first, remarks_on, too_few
from assessments.analysis.questions import analyse
from assessments.analysis.statistics import compare, correlation, correlation_interval, mantel_haenszel
from assessments.contents import content_hash
from assessments.models import (
    Answer,
    Attempt,
    Exclusion,
    Question,
    QuestionBank,
    QuestionVersion,
    Quiz,
    Result,
    Unclear,
)
from assessments.questions import freeze
from assessments.results import exclude
from people.models import Volunteer

# --- statistics: against independent computation ----------------------------------------------------------------------

STRATA = [(12, 8, 6, 9), (15, 5, 9, 8), (22, 6, 11, 7), (25, 4, 12, 3), (18, 1, 9, 2)]


def test_mantel_haenszel_is_as_statsmodels_computes_it():
    # statsmodels 0.15.0: t = StratifiedTable([np.array([[a, b], [c, d]], float) for a, b, c, d in STRATA]);
    # t.oddsratio_pooled, t.logodds_pooled, t.logodds_pooled_se, t.test_null_odds(correction=True)
    found = mantel_haenszel(STRATA)

    assert found.odds_ratio == pytest.approx(2.3241357894698265)
    assert found.log_odds == pytest.approx(0.8433482664866294)
    assert found.standard_error == pytest.approx(0.34497506412038015)
    assert found.chi_square == pytest.approx(5.152525737737462)
    assert found.p == pytest.approx(0.023212585355527282)


def test_delta_and_its_interval_follow_from_the_log_odds():
    found = mantel_haenszel(STRATA)

    assert found.delta == pytest.approx(-2.35 * 0.8433482664866294)
    # -2.35 times the ends of t.logodds_pooled_confint()
    assert found.interval == pytest.approx((-3.5707943741583805, -0.3929424783287777))


def comparison(log_odds, standard_error, p):
    return statistics.Comparison(math.exp(log_odds), log_odds, standard_error, 0.0, p, 5)


@pytest.mark.parametrize(
    ("log_odds", "standard_error", "p", "letter"),
    [
        (0.80, 0.40, 0.06, "A"),  # large, but it may be chance
        (0.40, 0.05, 0.001, "A"),  # certain, but |delta| is below 1
        (0.50, 0.05, 0.001, "B"),
        (0.70, 0.30, 0.02, "B"),  # |delta| is over 1.5, but perhaps not over 1
        (0.70, 0.10, 0.001, "C"),
        (-0.70, 0.10, 0.001, "C"),
    ],
)
def test_classes_need_size_and_certainty(log_odds, standard_error, p, letter):
    assert comparison(log_odds, standard_error, p).letter == letter


def test_nothing_is_said_under_thirty_answers_in_a_group():
    strata = [(20, 20, 3, 6), (20, 10, 5, 5), (20, 5, 6, 4)]  # 29 in the focal group

    assert compare(strata) is None
    assert compare([*strata, (1, 1, 1, 0)]) is not None


def test_nothing_is_said_with_too_few_scores_to_compare_at():
    assert compare([(30, 30, 20, 20), (30, 10, 20, 20)]) is None


def test_thin_strata_are_joined_with_their_neighbours():
    thin = [(1, 0, 0, 0), (11, 8, 6, 9), (15, 5, 9, 8), (22, 6, 11, 7), (25, 4, 12, 3), (18, 0, 9, 2), (0, 1, 0, 0)]

    assert compare(thin) == mantel_haenszel(STRATA)


def test_the_plainest_case_is_not_the_silent_one():
    found = compare([(12, 0, 0, 12)] * 4)

    assert found.letter == "C"
    assert found.delta < 0
    assert math.isfinite(found.standard_error)


def test_correlation_is_pearsons():
    xs, ys = [0, 1, 1, 0.5, 1, 0], [0.2, 0.9, 0.6, 0.5, 0.7, 0.4]
    sums = (
        sum(xs),
        sum(ys),
        sum(x * x for x in xs),
        sum(y * y for y in ys),
        sum(x * y for x, y in zip(xs, ys, strict=True)),
    )

    # numpy.corrcoef(xs, ys)[0, 1]
    assert correlation(6, *sums) == pytest.approx(0.8793361291643653)


def test_correlation_says_nothing_where_nothing_varies():
    assert correlation(3, 3 * 0.1, 1.5, 3 * 0.1 * 0.1, 0.83, 0.15) is None
    assert correlation(1, 1, 1, 1, 1, 1) is None


def test_interval_of_a_correlation_narrows_with_answers():
    few, many = correlation_interval(0.3, 30), correlation_interval(0.3, 300)

    assert few == pytest.approx((-0.067, 0.596), abs=0.001)
    assert many[0] > few[0]
    assert many[1] < few[1]


def simulated(seed, unfair, reference=300, focal=100, less_knowing=0.0, questions=20):
    """Return the comparison of the first of some questions, which is harder for the focal group by `unfair` logits."""
    chance = random.Random(seed)
    hardness = [0.0, *(chance.gauss(0, 1) for _ in range(questions - 1))]
    strata = {score: [0, 0, 0, 0] for score in range(questions + 1)}
    for group, size in ((0, reference), (1, focal)):
        for _ in range(size):
            knows = chance.gauss(-less_knowing * group, 1)
            more = [unfair * group, *([0.0] * (questions - 1))]
            right = [
                chance.random() < 1 / (1 + math.exp(-1.2 * (knows - hard - extra + 0.5)))
                for hard, extra in zip(hardness, more, strict=True)
            ]
            strata[sum(right)][2 * group + (not right[0])] += 1
    return compare([tuple(strata[score]) for score in sorted(strata)])


@pytest.mark.parametrize("less_knowing", [0.0, 1.0])
def test_a_fair_question_is_rarely_flagged_even_where_one_group_knows_less(less_knowing):
    flagged = [simulated(seed, 0.0, less_knowing=less_knowing).letter != "A" for seed in range(100)]

    assert sum(flagged) <= 10


def test_a_question_that_fails_in_one_language_is_flagged():
    found = [simulated(seed, 1.5) for seed in range(40)]

    assert all(one.letter != "A" and one.delta < 0 for one in found)


# --- counting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(organisation):
    """Return a function that writes what people answered: for each, the place of the option chosen per question."""

    def go(quiz, people, language="es", seconds=10, person=None, days_ago=0):
        questions = Question.objects.filter(bank__slug=quiz.slug).select_related("locale").order_by("position")
        versions = freeze(list(questions))
        answers = []
        for choices in people:
            sent = timezone.now() - timedelta(days=days_ago)
            attempt = Attempt.objects.create(
                volunteer=person or Volunteer.objects.create(organisation=organisation),
                quiz_key=quiz.translation_key,
                purpose=quiz.purpose,
                drawn=[{"version": version.pk, "options": []} for version in versions],
                pass_mark=70,
                language=language,
                started_at=sent,
                submitted_at=sent,
                points=sum(choice == 0 for choice in choices),
                most_points=len(choices),
                passed=False,
            )
            for version, choice in zip(versions, choices, strict=True):
                options = version.content["options"]
                answers.append(
                    Answer(
                        attempt=attempt,
                        version=version,
                        language=language,
                        chosen=[] if choice is None else [options[choice]["id"]],
                        points=1.0 if choice == 0 else 0.0,
                        most_points=1.0,
                        seconds=seconds,
                    )
                )
        Answer.objects.bulk_create(answers)
        return versions

    return go


def scope_of(quiz, **more):
    return Scope(quiz_key=quiz.translation_key, **more)


def analysed(quiz, **more):
    """Return the questions of a quiz in the order of their bank."""
    order = list(Question.objects.filter(bank__slug=quiz.slug).values_list("translation_key", flat=True))
    return sorted(analyse(scope_of(quiz, **more)), key=lambda question: order.index(question.key))


def edit(question, **words):
    raw = list(question.content.raw_data)
    raw[0] = {**raw[0], "value": {**raw[0]["value"], **words}}
    question.content = question.content.stream_block.to_python(raw)
    question.save()


def test_figures_of_a_question(make_quiz, answer):
    quiz = make_quiz(3)
    answer(quiz, [(0, 0, 0)] * 4 + [(0, 1, 0)] * 3 + [(1, 1, 1)] * 2 + [(None, 2, 1)])

    first, second, _third = analysed(quiz)

    assert first.whole.answers == 10
    assert first.whole.facility == pytest.approx(0.7)
    assert first.whole.tally.blank == 1
    assert first.whole.seconds == 10
    assert second.whole.facility == pytest.approx(0.4)
    # numpy.corrcoef of the points and the mean of the other two questions' points
    assert first.whole.discrimination == pytest.approx(0.8669214468630106)


def test_an_open_telephone_is_no_time(make_quiz, answer):
    quiz = make_quiz(1)
    answer(quiz, [(0,)] * 2, seconds=20)
    answer(quiz, [(0,)], seconds=LONGEST_SECONDS + 1)
    answer(quiz, [(0,)], seconds=None)

    assert analysed(quiz)[0].whole.seconds == 20


def test_only_first_tries_count_unless_asked(make_quiz, answer, volunteer):
    quiz = make_quiz(1)
    answer(quiz, [(1,)], person=volunteer, days_ago=3)
    answer(quiz, [(0,)], person=volunteer, days_ago=1)

    assert analysed(quiz)[0].whole.facility == 0
    assert analysed(quiz, every_try=True)[0].whole.facility == 0.5


def test_a_second_try_since_a_day_is_still_no_first_one(make_quiz, answer, volunteer):
    quiz = make_quiz(1)
    answer(quiz, [(1,)], person=volunteer, days_ago=10)
    answer(quiz, [(0,)], person=volunteer)
    answer(quiz, [(1,)])

    since = timezone.localdate() - timedelta(days=2)
    assert analysed(quiz, since=since)[0].whole.answers == 1


def test_an_answer_that_awaits_its_mark_is_counted_but_not_judged(make_quiz, answer):
    quiz = make_quiz(2)
    answer(quiz, [(0, 0), (0, 1)])
    Answer.objects.filter(version__key=analysed(quiz)[0].key).update(points=None)

    first, second = analysed(quiz)

    assert (first.whole.answers, first.whole.tally.graded, first.whole.facility) == (2, 0, None)
    assert second.whole.discrimination is None


def test_a_question_taken_out_counts_in_no_rest(make_quiz, answer, volunteer):
    quiz = make_quiz(3)
    versions = answer(quiz, [(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)] * 3)
    before = analysed(quiz)[0].whole.discrimination
    exclude([versions[2]], "Dos respuestas eran buenas", volunteer)

    first, _second, third = analysed(quiz)

    assert before != pytest.approx(0, abs=1e-9)
    assert first.whole.discrimination == pytest.approx(0, abs=1e-9)  # with the second question alone
    assert third.is_taken_out
    assert third.whole.answers == 12
    assert remarks_on(third) == []
    assert needs_a_look_first(analysed(quiz))[-1].key == third.key


def test_versions_of_a_question_are_listed_and_added_up(make_quiz, answer):
    quiz = make_quiz(1)
    answer(quiz, [(1,)] * 6)
    edit(Question.objects.get(bank__slug=quiz.slug), prompt="Con otras palabras")
    answer(quiz, [(0,)] * 4)

    question = analysed(quiz)[0]

    assert [version.group.answers for version in question.versions] == [4, 6]
    assert question.content["prompt"] == "Con otras palabras"
    assert question.whole.facility == pytest.approx(0.4)


def test_each_language_has_its_own_figures(make_quiz, answer):
    quiz = make_quiz(1)
    answer(quiz, [(0,)] * 8)
    answer(quiz, [(1,)] * 6, "kek")
    question = analysed(quiz)[0]

    assert list(question.by_language) == ["es", "kek"]
    assert question.by_language["es"].facility == 1
    assert question.by_language["kek"].facility == 0


def test_a_bank_is_analysed_over_all_its_quizzes(make_quiz, answer):
    quiz, other = make_quiz(2), make_quiz(1)
    answer(quiz, [(0, 1)] * 5)
    answer(other, [(0,)] * 5)

    found = analyse(Scope(bank_id=QuestionBank.objects.get(slug=quiz.slug).pk))

    assert sorted(question.whole.facility for question in found) == [0, 1]


def test_who_does_not_understand_is_counted(make_quiz, answer, organisation):
    quiz = make_quiz(1)
    answer(quiz, [(0,)] * 30)
    key = analysed(quiz)[0].key
    for language in ["es"] * 4 + ["kek"] * 2:
        person = Volunteer.objects.create(organisation=organisation)
        Unclear.objects.create(volunteer=person, question_key=key, language=language, at=timezone.now())

    question = analysed(quiz)[0]

    assert question.whole.unclear == 6
    assert question.by_language["kek"].unclear == 2
    assert "unclear" in [remark.kind for remark in remarks_on(question)]


def test_as_many_queries_for_thirty_questions_as_for_one(make_quiz, answer):
    counts = []
    for size in (1, 30):
        quiz = make_quiz(size)
        answer(quiz, [(0,) * size] * 3)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            analyse(scope_of(quiz))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 4


# --- remarks ----------------------------------------------------------------------------------------------------------


def kinds(question):
    return [remark.kind for remark in remarks_on(question)]


def test_questions_that_need_a_look_come_first(make_quiz, answer):
    quiz = make_quiz(5)
    # 0: who knows more fails it; 1: easy; 2 and 3: as they should be; 4: hardly anybody is right
    knows = [(1, 0, 0, 0, 1), (2, 0, 0, 0, 0), (1, 0, 0, 0, 2)] * 5
    does_not = [(0, 0, 1, 2, 1), (0, 0, 2, 1, 1), (0, 0, 1, 1, 2)] * 5
    answer(quiz, knows + does_not)

    negative, easy, good, _also_good, hard = analysed(quiz)

    assert kinds(negative) == ["negative"]
    assert kinds(easy) == ["unused", "unused", "very_easy"]
    assert kinds(good) == []
    assert kinds(hard) == ["very_hard"]
    assert next(iter(needs_a_look_first(analysed(quiz)))).key == negative.key


def test_few_answers_earn_no_remark(make_quiz, answer):
    quiz = make_quiz(2)
    answer(quiz, [(1, 0)] * 29)
    question = analysed(quiz)[0]

    assert kinds(question) == []
    assert "30" in too_few(question)


def unfair_people(chance, count, is_focal):
    """Yield choices for ten questions; the first is a coin's toss in the focal language whatever people know."""
    for _ in range(count):
        knows = chance.random()
        likely = [0.05 if is_focal else 0.2 + 0.7 * knows, *([0.15 + 0.75 * knows] * 9)]
        yield tuple(0 if chance.random() < p else chance.choice((1, 2)) for p in likely)


def test_a_question_that_fails_in_one_language_is_told_to_the_translator(make_quiz, answer):
    quiz, chance = make_quiz(10), random.Random(4)
    answer(quiz, list(unfair_people(chance, 90, is_focal=False)))
    answer(quiz, list(unfair_people(chance, 60, is_focal=True)), "kek")

    failing, *others = analysed(quiz)

    assert failing.comparisons["kek"].letter == "C"
    assert "harder_in_language" in kinds(failing)
    assert not any("harder_in_language" in kinds(question) for question in others)


def test_the_same_knowledge_in_two_languages_is_no_difference(make_quiz, answer):
    quiz, chance = make_quiz(10), random.Random(5)
    answer(quiz, list(unfair_people(chance, 90, is_focal=False)))
    answer(quiz, list(unfair_people(chance, 40, is_focal=False)), "kek")

    flagged = [question for question in analysed(quiz) if "harder_in_language" in kinds(question)]

    assert len(flagged) <= 1


def test_a_language_with_few_answers_is_not_compared(make_quiz, answer):
    quiz, chance = make_quiz(10), random.Random(6)
    answer(quiz, list(unfair_people(chance, 60, is_focal=False)))
    answer(quiz, list(unfair_people(chance, 29, is_focal=True)), "kek")

    assert all(question.comparisons["kek"] is None for question in analysed(quiz))


# --- what was chosen --------------------------------------------------------------------------------------------------


def test_options_are_counted_by_language_and_by_who_knows_more(make_quiz, answer):
    quiz = make_quiz(2)
    answer(quiz, [(0, 0)] * 6 + [(0, 1)] * 6)
    answer(quiz, [(1, 1)] * 6, "kek")
    question = analysed(quiz)[0]

    thirds = chosen.thirds_of(question)
    parts = chosen.parts_of(question, scope_of(quiz, question=question.key), thirds)

    assert [(part.count, part.is_right) for part in parts] == [(12, True), (6, False), (0, False)]
    assert [part.by_language for part in parts] == [{"es": 12}, {"kek": 6}, {}]
    assert (thirds.low_size, thirds.high_size) == (6, 6)
    assert [(part.low, part.high) for part in parts] == [(0, 6), (6, 0), (0, 0)]


@pytest.fixture
def answer_content(organisation, make_quiz):
    """Return a function that writes answers to one question of any content and returns it analysed, with its scope."""

    def go(content, answers):
        content = {"prompt": "?", "picture": None, "recording": None, "explanation": "", "options": [], **content}
        digest = content_hash(content)
        version = QuestionVersion.objects.create(key=uuid.uuid4(), language="es", content_hash=digest, content=content)
        quiz_key = uuid.uuid4()
        for given in answers:
            attempt = Attempt.objects.create(
                volunteer=Volunteer.objects.create(organisation=organisation),
                quiz_key=quiz_key,
                purpose="check",
                drawn=[],
                pass_mark=70,
                language="es",
                started_at=timezone.now(),
                submitted_at=timezone.now(),
            )
            Answer.objects.create(
                attempt=attempt, version=version, language="es", chosen=given, points=1.0, most_points=1.0
            )
        scope = Scope(quiz_key=quiz_key, question=version.key)
        return analyse(scope)[0], scope

    return go


def test_steps_are_counted_in_their_place(answer_content):
    content = {"type": "ordering", "options": [{"id": name, "text": name.upper()} for name in "abc"]}
    question, scope = answer_content(content, [["a", "b", "c"], ["b", "a", "c"], []])

    parts = chosen.parts_of(question, scope, None)

    assert [(part.label, part.count) for part in parts] == [("1. A", 1), ("2. B", 1), ("3. C", 2)]


def test_pairs_are_counted_right_and_wrong(answer_content):
    content = {
        "type": "matching",
        "options": [{"id": "a", "text": "A", "match": "1"}, {"id": "b", "text": "B", "match": "2"}],
        "matches": [{"id": "1", "text": "uno"}, {"id": "2", "text": "dos"}],
    }
    question, scope = answer_content(content, [["a=1", "b=2"], ["a=2", "b=2"]])

    parts = chosen.parts_of(question, scope, None)

    assert [(part.of, part.label, part.is_right, part.count) for part in parts] == [
        ("A", "uno", True, 1),
        ("A", "dos", False, 1),
        ("B", "dos", True, 2),
    ]


def test_typed_words_are_shown_only_when_several_people_wrote_them(answer_content):
    content = {
        "type": "gaps",
        "typed": True,
        "pieces": ["", ""],
        "options": [{"id": "g", "text": "", "match": "m", "accepted": ["salud"]}],
        "matches": [{"id": "m", "text": "salud"}],
    }
    question, scope = answer_content(content, [["g=salud"]] * 6 + [["g=salut"]] * 5 + [["g=Candelaria"]] * 4)

    words, gaps = chosen.words_of(question, scope)

    assert [(word.text, word.points, word.count) for word in words] == [("salud", 1.0, 6), ("salut", 0.5, 5)]
    assert gaps == {"1": 6}
    assert chosen.parts_of(question, scope, None) == []


def test_numbers_are_counted(answer_content):
    content = {"type": "number", "answer": 3, "tolerance": 0, "unit": ""}
    question, scope = answer_content(content, [["3"]] * 5 + [["4"]] * 5 + [["7"]])

    words, right = chosen.words_of(question, scope)

    assert [(word.text, word.points, word.count) for word in words] == [("3", 1.0, 5), ("4", 0.0, 5)]
    assert right == {"": 5}


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(make_quiz, answer):
    quiz = make_quiz(3)
    answer(quiz, [(0, 1, 0), (1, 0, 0), (0, 0, 1)] * 10)
    answer(quiz, [(0, 1, 0)] * 4, "kek")
    return quiz


@pytest.fixture
def trainer(make_staff, staff_client):
    return staff_client(make_staff("trainer"))


def page_of(quiz, question=None):
    return f"/admin/assessments/quiz/{quiz.pk}/analysis/" + (f"{question.key}/" if question else "")


def test_a_trainer_sees_the_questions_of_a_quiz_and_of_a_bank(trainer, quiz):
    bank = QuestionBank.objects.get(slug=quiz.slug)

    for page in (page_of(quiz), f"/admin/assessments/questionbank/{bank.pk}/analysis/"):
        html = trainer.get(page).content.decode()
        assert all(f"Pregunta {number}" in html for number in range(3))


def test_lists_of_quizzes_and_banks_lead_to_the_analysis(trainer, quiz):
    bank = QuestionBank.objects.get(slug=quiz.slug)

    assert page_of(quiz) in trainer.get("/admin/snippets/assessments/quiz/").content.decode()
    banks = trainer.get("/admin/snippets/assessments/questionbank/").content.decode()
    assert f"/admin/assessments/questionbank/{bank.pk}/analysis/" in banks


@pytest.mark.parametrize("kind", ["facilitator", "coordinator", "translator", "partner"])
def test_the_analysis_is_only_for_who_writes_courses_there(
    make_staff, staff_client, quiz, kind, organisation, other_organisation
):
    place = other_organisation if kind == "partner" else organisation
    client = staff_client(make_staff(kind, place))
    question = analysed(quiz)[0]

    for page in (page_of(quiz), page_of(quiz, question)):
        assert client.get(page).status_code in (302, 404)
    assert client.post(page_of(quiz, question), {"reason": "x"}).status_code in (302, 404)
    assert not Exclusion.objects.exists()


def test_each_chart_has_its_sentence_and_its_table(trainer, quiz, answer):
    answer(quiz, [(1, 1, 1)] * 6, "kek")

    html = trainer.get(page_of(quiz, analysed(quiz)[0])).content.decode()

    assert html.count("<figure>") == html.count("<figcaption") == 2
    assert html.count('aria-labelledby="chart-') == 2


def test_a_language_of_four_people_shows_no_figures(trainer, quiz):
    question = next(row for row in trainer.get(page_of(quiz)).context["rows"] if row["prompt"] == "Pregunta 0")
    in_language = question["languages"][1]["figures"]

    assert "4" not in in_language["answers"]
    assert "5" in in_language["answers"]
    assert in_language["facility"] == "—"


def test_a_question_nobody_answered_is_not_there(trainer, quiz):
    assert trainer.get(f"{page_of(quiz)}{uuid.uuid4()}/").status_code == 404


def test_a_quiz_without_answers_says_so(trainer, make_quiz):
    response = trainer.get(page_of(make_quiz(1)))

    assert response.status_code == 200
    assert response.context["rows"] == []


def test_a_date_that_is_none_is_told_not_failed(trainer, quiz):
    response = trainer.get(page_of(quiz), {"since": "ayer"})

    assert response.status_code == 200
    assert response.context["form"].errors


def test_choices_are_kept_from_page_to_page(trainer, quiz):
    day = timezone.localdate().isoformat()
    page = trainer.get(page_of(quiz), {"since": day, "every_try": "on"})

    address = page.context["rows"][0]["address"]
    assert f"since={day}&every_try=True" in address
    assert trainer.get(address).context["back"].endswith(f"?since={day}&every_try=True")


def test_pages_take_as_many_queries_for_thirty_questions_as_for_one(trainer, make_quiz, answer):
    counts = []
    for size in (1, 30):
        quiz = make_quiz(size)
        answer(quiz, [(0,) * size] * 6)
        trainer.get(page_of(quiz))
        with CaptureQueriesContext(connection) as queries:
            trainer.get(page_of(quiz))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_taking_a_question_out_needs_a_reason(trainer, quiz):
    question = analysed(quiz)[0]

    response = trainer.post(page_of(quiz, question), {"versions": [question.versions[0].row.pk], "reason": " "})

    assert response.status_code == 422
    assert not Exclusion.objects.exists()


def test_taking_a_question_out_recomputes_results_and_says_how_many(trainer, quiz):
    question = analysed(quiz)[0]
    sent = {"versions": [question.versions[0].row.pk], "reason": "Dos respuestas eran buenas"}

    response = trainer.post(page_of(quiz, question), sent, follow=True)

    assert Exclusion.objects.get().reason == "Dos respuestas eran buenas"
    assert Result.objects.filter(cause="excluded").count() == 34
    assert "34" in str(next(iter(response.context["messages"])))
    assert response.context["form"] is None


def test_a_foreign_version_is_not_taken_out(trainer, quiz, make_quiz, answer):
    foreign = answer(make_quiz(1), [(0,)])[0]

    response = trainer.post(page_of(quiz, analysed(quiz)[0]), {"versions": [foreign.pk], "reason": "x"})

    assert response.status_code == 422
    assert not Exclusion.objects.exists()


def test_a_question_of_anothers_bank_is_shown_but_not_taken_out(trainer, quiz, other_organisation):
    QuestionBank.objects.filter(slug=quiz.slug).update(organisation=other_organisation)
    question = analysed(quiz)[0]

    assert trainer.get(page_of(quiz, question)).context["form"] is None
    sent = {"versions": [question.versions[0].row.pk], "reason": "x"}
    assert trainer.post(page_of(quiz, question), sent).status_code == 404
    assert not Exclusion.objects.exists()


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_table_as_csv(trainer, quiz):
    response = trainer.get(page_of(quiz), {"export": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response.content.startswith(b"\xef\xbb\xbf")
    assert len(rows) == 1 + 3 * 3  # headings; each question in all languages and in two
    assert {len(row) for row in rows} == {17}


def test_the_table_as_a_workbook(trainer, quiz):
    response = trainer.get(page_of(quiz), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(response.content)).active

    assert sheet.max_row == 10
    assert sheet["D2"].value == 34


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_text_becomes_a_formula(make_quiz, answer, start):
    quiz = make_quiz(1)
    edit(Question.objects.get(bank__slug=quiz.slug), prompt=f"{start}1+1")
    answer(quiz, [(0,)] * 6)
    questions = analysed(quiz)

    rows = list(csv.reader(io.StringIO(tables.as_csv(questions).decode("utf-8-sig"))))
    cell = load_workbook(io.BytesIO(tables.as_xlsx(questions))).active["A2"]

    assert rows[1][0] == cell.value == f"'{start}1+1"
    assert cell.data_type == "s"


def test_nothing_in_the_analysis_names_a_person(trainer, quiz):
    people = Volunteer.objects.filter(attempts__quiz_key=Quiz.objects.get(pk=quiz.pk).translation_key)
    pages = [page_of(quiz), page_of(quiz, analysed(quiz)[0]), f"{page_of(quiz)}?export=csv"]
    shown = "".join(trainer.get(page).content.decode() for page in pages)

    assert not any(str(person.uuid) in shown for person in people)
