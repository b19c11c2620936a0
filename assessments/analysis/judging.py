"""What a question's figures say in plain words, and which questions need a look first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.analysis.questions import LEAST_JUDGED, LEAST_SHOWN, AnalysedQuestion
from cms.languages import languages

VERY_HARD, VERY_EASY = 0.30, 0.95
"""Facility below which a question is very hard, and above which nearly everybody is right."""
TELLS_LITTLE = 0.1
"""Discrimination below which a question hardly tells who knows (Ebel & Frisbie 1991 call less than 0.2 poor; points of
few questions correlate less)."""
MANY_UNCLEAR = 0.10
"""Share of answers from which «I do not understand this question» is many."""


@dataclass(frozen=True)
class Remark:
    """Something to look at: what kind it is, a sentence that says it, and how urgent it is (the higher, the more)."""

    kind: str
    sentence: str
    weight: int


def language_name(code: str) -> str:
    """Return a language's name in Spanish, or its code where the school does not know it."""
    return languages()[code].name_es if code in languages() else code


def remarks_on(question: AnalysedQuestion) -> list[Remark]:
    """Return what to look at in a question, most urgent first; nothing once it is taken out of results."""
    if question.is_taken_out:
        return []
    found = [*_on_discrimination(question), *_on_languages(question), *_on_words(question), *_on_facility(question)]
    return sorted(found, key=lambda remark: -remark.weight)


def needs_a_look_first(questions: Iterable[AnalysedQuestion]) -> list[AnalysedQuestion]:
    """Return the questions, those with the most urgent remarks first, then the hardest; taken out ones last."""

    def urgency(question: AnalysedQuestion) -> tuple[bool, list[int], float, str]:
        facility = question.whole.facility
        weights = [-remark.weight for remark in remarks_on(question)]
        return question.is_taken_out, [*weights, 0], 1.0 if facility is None else facility, str(question.key)

    return sorted(questions, key=urgency)


def _on_discrimination(question: AnalysedQuestion) -> list[Remark]:
    value = question.whole.discrimination
    if value is None or not question.whole.is_judged or value >= TELLS_LITTLE:
        return []
    if value < 0:
        words = _("Who knows more gets it wrong more often. Perhaps the wrong answer is marked as right.")
        return [Remark("negative", words, 70)]
    return [Remark("tells_little", _("It hardly tells who knows from who does not."), 30)]


def _on_languages(question: AnalysedQuestion) -> list[Remark]:
    found = []
    for code, comparison in question.comparisons.items():
        if comparison is None or comparison.letter == "A":
            continue
        name = language_name(code)
        if comparison.delta < 0:
            words = _(
                "For the translator: with equal knowledge, who reads it in %(language)s fails it more than who reads "
                "it in Spanish. Look at the words of the translation."
            )
            found.append(
                Remark("harder_in_language", words % {"language": name}, 65 if comparison.letter == "C" else 50)
            )
        elif comparison.letter == "C":
            words = _(
                "For the translator: with equal knowledge, it is easier in %(language)s than in Spanish. Look whether "
                "the translation gives the answer away, or the Spanish confuses."
            )
            found.append(Remark("easier_in_language", words % {"language": name}, 40))
    return found


def _on_words(question: AnalysedQuestion) -> list[Remark]:
    found = []
    unclear, answers = question.whole.unclear, question.whole.answers
    if unclear >= LEAST_SHOWN and unclear >= MANY_UNCLEAR * answers:
        found.append(Remark("unclear", _("Many say that they do not understand it."), 60))
    for text in question.unused:
        words = _("Nobody chooses «%(option)s»: it helps nobody to tell who knows.")
        found.append(Remark("unused", words % {"option": text}, 10))
    return found


def _on_facility(question: AnalysedQuestion) -> list[Remark]:
    facility = question.whole.facility
    if facility is None or not question.whole.is_judged:
        return []
    if facility < VERY_HARD:
        return [Remark("very_hard", _("Very hard: fewer than 30 of 100 points are earned."), 45)]
    if facility > VERY_EASY:
        return [Remark("very_easy", _("Nearly everybody is right."), 5)]
    return []


def too_few(question: AnalysedQuestion) -> str:
    """Return the sentence that says that it is too early to judge a question; "" when it is not."""
    if question.whole.is_judged:
        return ""
    return _("Too few answers to say anything yet: from %(least)s on it can be judged.") % {"least": LEAST_JUDGED}
