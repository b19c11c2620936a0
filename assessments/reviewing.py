"""What is weak in a question or a quiz, told to whoever writes it. Nothing of it forbids anything."""

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Locale

from assessments.contents import Content, content_of
from assessments.drawing import pools
from assessments.models import Question, Quiz
from cms.languages import languages

LONGER = 1.5
"""A right answer half as long again as any other gives itself away (item-writing guidelines: options of equal length;
Haladyna, Downing and Rodriguez 2002)."""
ENOUGH_TO_DRAW = 2


def weaknesses_of_question(question: Question) -> list[str]:
    """Return what is weak in a question as it is published, in sentences that say what to do."""
    if not question.content:
        return []
    content = content_of(question.block.value)
    found = weaknesses_of_content(content)
    if not question.review_key:
        found.append(_("It does not say which lesson teaches this: who misses it is not told what to read again."))
    if not question.block.value.get("sources"):
        found.append(_("No fact or source stands behind it. Add the one it rests on."))
    if question.pk and question.locale.language_code == settings.LANGUAGE_CODE:
        found += _missing_translations(question)
    return found


def weaknesses_of_content(content: Content) -> list[str]:
    """Return what is weak in a question's own words."""
    found = []
    silent = [option for option in content["options"] if not option["feedback"]]
    if silent and content["type"] != "true_false":
        found.append(_("Some answers have no feedback. Say kindly why each one is right or not."))
    if not content["explanation"]:
        found.append(_("It has no «why». Add the reason, to be told afterwards."))
    if gives_itself_away(content):
        found.append(_("The right answer is much longer than the others. Make them alike."))
    return found


def gives_itself_away(content: Content) -> bool:
    """Return whether the one right option is much longer than every other."""
    right = [len(option["text"]) for option in content["options"] if option.get("correct")]
    others = [len(option["text"]) for option in content["options"] if not option.get("correct")]
    is_choice = content["type"] in {"single_choice", "picture_choice"}
    return is_choice and len(right) == 1 and bool(others) and right[0] > LONGER * max(others)


def weaknesses_of_quiz(quiz: Quiz) -> list[str]:
    """Return what is weak in a quiz: draws its banks cannot fill, questions nobody may be there to mark."""
    lines = list(quiz.draws.all())
    found = []
    all_pools = pools(lines)
    for number, (line, pool) in enumerate(zip(lines, all_pools, strict=True), 1):
        where = {"number": number, "bank": line.bank, "count": line.count, "pool": len(pool)}
        if not pool:
            found.append(_("Line %(number)s finds no published question in the bank «%(bank)s».") % where)
        elif line.count > len(pool):
            found.append(_("Line %(number)s draws %(count)s, but there are only %(pool)s to draw from.") % where)
        elif not line.question_id and line.count and len(pool) < ENOUGH_TO_DRAW * line.count:
            found.append(
                _("Line %(number)s draws %(count)s of only %(pool)s: who tries again meets many of them again.") % where
            )
    wanted = {pk for pool in all_pools for pk in pool}
    blocks = [question.block for question in Question.objects.filter(pk__in=wanted).only("content")]
    if any(block.block_type == "open_answer" for block in blocks):
        found.append(_("A person must mark the answers in her own words. The result waits until then."))
    alone = sum(gives_itself_away(content_of(block.value)) for block in blocks)
    if len(blocks) >= 4 and alone > len(blocks) / 2:
        found.append(_("In most of its questions the right answer is the longest. Who notices needs to know nothing."))
    return found


def _missing_translations(question: Question) -> list[str]:
    present = Question.objects.filter(translation_key=question.translation_key, live=True)
    have = set(present.values_list("locale__language_code", flat=True))
    missing = [languages()[code].name for code in _active() if code not in have]
    return [_("Not translated yet: %s. Who reads there is asked in Spanish.") % ", ".join(missing)] if missing else []


def _active() -> list[str]:
    """Return the languages into which courses are translated here: those with pages, of those the school has chosen."""
    chosen = [code for offer in hooks.get_hooks("active_languages") for code in offer()]
    present = Locale.objects.values_list("language_code", flat=True)
    return [code for code in present if code in languages() and (not chosen or code in chosen)]
