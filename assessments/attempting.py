"""Taking a quiz: may she start, what is asked, keeping answers on the way, and grading once."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale

from assessments.answering import OwnWords, Sent
from assessments.contents import Content, content_of, without_key
from assessments.drawing import draw, frozen_order
from assessments.grading import MOST_POINTS, clean_answer, grade
from assessments.models import Answer, Attempt, ExtraTime, OpenAnswer, Question, QuestionVersion, Quiz, Result
from assessments.questions import freeze
from assessments.results import settle
from people.models import Volunteer


class AttemptRefused(Exception):
    """The quiz cannot be started or sent now. The message says why and what to do; `until` when to come back."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


@dataclass(frozen=True)
class Asked:
    """One question of an attempt as it is shown: in the reader's language where it has one."""

    number: int
    version_id: int
    content: dict[str, Any]
    """Without key; options and matches in the attempt's order, matches named by their place in it."""
    language: str
    section: str
    saved: list[str]


def start(
    volunteer: Volunteer,
    quiz: Quiz,
    *,
    edition: int,
    manifest_hash: str,
    language: str,
    device: uuid.UUID | None = None,
) -> Attempt:
    """Return the person's open attempt at a quiz (the source-language one), drawing a new one if there is none.

    `device` names the telephone to which it is issued beforehand, to be answered without signal. Raises
    `AttemptRefused` when tries are used up, she must wait, or the quiz has no questions.
    """
    open_attempt = Attempt.objects.of(volunteer, quiz.translation_key).filter(submitted_at=None).first()
    if open_attempt:
        return open_attempt
    refuse_if_too_soon(volunteer, quiz)
    drawn = draw(quiz)
    if not drawn:
        raise AttemptRefused(_("This evaluation has no questions yet. Tell your facilitator."))
    versions = freeze([question for question, _section in drawn])
    attempt = Attempt(
        volunteer=volunteer,
        quiz_key=quiz.translation_key,
        purpose=quiz.purpose,
        drawn=[
            {"version": version.pk, "section": section, **frozen_order(quiz, version.content)}
            for version, (_question, section) in zip(versions, drawn, strict=True)
        ],
        pass_mark=quiz.pass_mark,
        minutes=ExtraTime.minutes_for(volunteer, quiz.minutes),
        reasons=quiz.reasons,
        may_be_offline=quiz.offline,
        edition=edition,
        manifest_hash=manifest_hash,
        language=language,
        device=device,
        started_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:  # started twice at once: the first one counts
        return Attempt.objects.of(volunteer, quiz.translation_key).get(submitted_at=None)
    return attempt


def refuse_if_too_soon(volunteer: Volunteer, quiz: Quiz) -> None:
    """Raise `AttemptRefused` when the quiz's tries or waiting time do not let her start now."""
    sent = Attempt.objects.of(volunteer, quiz.translation_key).submitted().order_by("submitted_at")
    ended = [at for at in sent.values_list("submitted_at", flat=True) if at]
    if quiz.most_tries and len(ended) >= quiz.most_tries:
        raise AttemptRefused(_("You have used all your tries. Your facilitator can help you."))
    if ended and quiz.wait_minutes:
        until = ended[-1] + timedelta(minutes=quiz.wait_minutes)
        if until > timezone.now():
            raise AttemptRefused(_("You can try again later. Meanwhile, read the lessons once more."), until)


def asked(attempt: Attempt, language: str) -> list[Asked]:
    """Return the questions of an attempt without their keys, in a language where translated (3 queries)."""
    versions = versions_of(attempt)
    words = translations([version.key for version in versions.values()], language)
    return [
        _shown(attempt, number, row, versions[row["version"]], words, language)
        for number, row in enumerate(attempt.drawn, 1)
    ]


def translations(keys: Sequence[uuid.UUID], language: str) -> dict[uuid.UUID, Content]:
    """Return questions in a language by key, where there are published translations (2 queries; source: none)."""
    if language == settings.LANGUAGE_CODE:
        return {}
    locale = Locale.objects.filter(language_code=language).first()
    found = Question.objects.filter(translation_key__in=keys, locale=locale, live=True) if locale else []
    return {question.translation_key: content_of(question.block.value) for question in found}


def versions_of(attempt: Attempt) -> dict[int, QuestionVersion]:
    """Return the question versions an attempt froze, with what was said about them, by id (1 query)."""
    drawn = [row["version"] for row in attempt.drawn]
    return QuestionVersion.objects.select_related("exclusion").in_bulk(drawn)


@transaction.atomic
def save_answers(attempt_uuid: uuid.UUID, volunteer: Volunteer, answers: Mapping[int, Sequence[str]]) -> bool:
    """Keep answers not yet sent, so that she can go on elsewhere; return whether the attempt was still open.

    The last word on each question counts. Raises `Attempt.DoesNotExist` for an attempt that is not hers.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt_uuid, volunteer=volunteer)
    if attempt.submitted_at:
        return False
    drawn = {row["version"] for row in attempt.drawn}
    attempt.saved |= {str(version): list(answer) for version, answer in answers.items() if version in drawn}
    attempt.save(update_fields=["saved"])
    return True


def why_not_taken(
    volunteer: Volunteer, attempt_uuid: uuid.UUID, quiz_key: uuid.UUID, answers: Mapping[int, Sequence[str]]
) -> str:
    """Return why an attempt answered without signal cannot be taken ("" when it can), as quarantine keeps it.

    The same answers once more are no second sending: the first answer of the school was lost on the way.
    """
    attempt = Attempt.objects.filter(pk=attempt_uuid).first()
    if attempt is None or attempt.quiz_key != quiz_key:
        return "unknown attempt"
    if attempt.volunteer_id != volunteer.pk:
        return "attempt of another person"
    if not attempt.may_be_offline:
        return "not allowed without signal"
    if not {row["version"] for row in attempt.drawn}.issuperset(answers):
        return "question not drawn"
    return "already sent" if attempt.submitted_at and not _were_sent(attempt, answers) else ""


@transaction.atomic
def submit(
    attempt_uuid: uuid.UUID,
    volunteer: Volunteer,
    sent: Sent,
    language: str,
    *,
    offline_since: datetime | None = None,
    offline_until: datetime | None = None,
) -> Attempt:
    """Grade an attempt from the frozen versions; return it. Sending it again changes nothing.

    What was not drawn is ignored, what is missing earns nothing. `offline_since` and `offline_until` are the
    telephone's own times of an attempt answered without signal. Time over the limit is marked, not refused. Raises
    `Attempt.DoesNotExist` for an attempt that is not this person's.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt_uuid, volunteer=volunteer)
    if attempt.submitted_at:
        return attempt
    attempt.volunteer = volunteer
    attempt.submitted_at = timezone.now()
    attempt.was_offline = offline_until is not None
    attempt.seconds_over = _seconds_over(
        attempt, offline_since or attempt.started_at, offline_until or attempt.submitted_at
    )
    attempt.saved = {}
    versions = versions_of(attempt)
    words = translations([version.key for version in versions.values()], language)
    seen_in = {pk: _as_seen(version, words, language)[1] for pk, version in versions.items()}
    answers = [_answer(attempt, row, versions[row["version"]], sent, seen_in) for row in attempt.drawn]
    Answer.objects.bulk_create(answers)
    _keep_own_words(answers, sent)
    settle(attempt, Result.Cause.SENT, answers=answers)
    return attempt


def to_review(attempt: Attempt) -> list[uuid.UUID]:
    """Return the keys of the lessons to read again after a graded attempt, most missed first (1 query)."""
    missed = attempt.answers.filter(points__lt=MOST_POINTS, version__exclusion=None).values("version__key")
    keys = Question.objects.filter(translation_key__in=missed, locale__language_code=settings.LANGUAGE_CODE)
    counts: dict[uuid.UUID, int] = {}
    for key in filter(None, keys.values_list("review_key", flat=True)):
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: -counts[key])


def _seconds_over(attempt: Attempt, since: datetime, until: datetime) -> int:
    if not attempt.minutes:
        return 0
    return max(0, int((until - since).total_seconds()) - 60 * attempt.minutes)


def _shown(
    attempt: Attempt,
    number: int,
    row: dict[str, Any],
    version: QuestionVersion,
    words: dict[uuid.UUID, Content],
    language: str,
) -> Asked:
    content, seen_in = _as_seen(version, words, language)
    options = {option["id"]: option for option in content["options"]}
    shown = {**content, "options": [options[option] for option in row["options"]]}
    if "matches" in row:
        matches = {match["id"]: match for match in content["matches"]}
        shown["matches"] = [{**matches[match], "id": str(place)} for place, match in enumerate(row["matches"])]
    else:
        shown.pop("matches", None)
    saved = attempt.saved.get(str(version.pk), [])
    return Asked(number, version.pk, shown, seen_in, row.get("section", ""), saved)


def _as_seen(version: QuestionVersion, words: Mapping[uuid.UUID, Content], language: str) -> tuple[dict[str, Any], str]:
    """Return a question without key as it is shown to who reads in a language, and the language it is shown in."""
    source = without_key(version.content)
    translated = in_words_of(source, words.get(version.key))
    if translated is None or translated["prompt"] == source["prompt"]:
        return source, version.language
    return translated, language


def in_words_of(source: Content, translated: Content | None) -> Content | None:
    """Return a question without key in translated words; None where the translation does not fit its parts."""
    if translated is None or translated["type"] != source["type"]:
        return None
    seen = without_key(translated)
    if any(_ids(seen, part) != _ids(source, part) for part in ("options", "matches", "scenes")):
        return None
    if len(seen.get("pieces", [])) != len(source.get("pieces", [])):
        return None
    # where things stand and lead to is the source's; only words, pictures and voices are the translation's
    return {**seen, "options": _with_words(source["options"], seen["options"])}


def _with_words(source: list[dict[str, Any]], translated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    words = {option["id"]: option for option in translated}
    taken = ("text", "picture", "recording")
    return [{**option, **{name: words[option["id"]][name] for name in taken if name in option}} for option in source]


def _ids(content: Content, part: str) -> set[str]:
    return {one["id"] for one in content.get(part, [])}


def _answer(
    attempt: Attempt, row: dict[str, Any], version: QuestionVersion, sent: Sent, seen_in: Mapping[int, str]
) -> Answer:
    given = _by_real_ids(row, sent.answers.get(version.pk, ()))
    awaits_mark = version.content["type"] == "open_answer" and bool(_own_words(version.pk, sent))
    return Answer(
        attempt=attempt,
        version=version,
        language=seen_in[version.pk],
        chosen=clean_answer(version.content, given),
        points=None if awaits_mark else grade(version.content, given),
        most_points=MOST_POINTS,
        seconds=sent.seconds.get(version.pk),
    )


def _by_real_ids(row: dict[str, Any], answer: Sequence[str]) -> list[str]:
    """Return an answer with the matches' places in this attempt replaced by their ids."""
    if "matches" not in row:
        return list(answer)
    real = {str(place): match for place, match in enumerate(row["matches"])}
    split = [text.partition("=") for text in answer]
    return [f"{left}={real[right]}" for left, _sign, right in split if right in real]


def _own_words(version_id: int, sent: Sent) -> OwnWords | None:
    """Return what she wrote or said, None where it was nothing."""
    text = "\n".join(sent.answers.get(version_id, ())).strip()
    voice = sent.voices.get(version_id, OwnWords())
    return OwnWords(text, voice.voice, voice.voice_type) if text or voice.voice else None


def _were_sent(attempt: Attempt, answers: Mapping[int, Sequence[str]]) -> bool:
    """Return whether these are the very answers an attempt was graded by (own words, kept apart, are not compared)."""
    kept = dict(attempt.answers.values_list("version_id", "chosen"))
    versions = versions_of(attempt)
    given = {row["version"]: _by_real_ids(row, answers.get(row["version"], ())) for row in attempt.drawn}
    return all(clean_answer(versions[key].content, given[key]) == chosen for key, chosen in kept.items())


def _keep_own_words(answers: list[Answer], sent: Sent) -> None:
    waiting = [(answer, _own_words(answer.version_id, sent)) for answer in answers if answer.points is None]
    OpenAnswer.objects.bulk_create(
        [
            OpenAnswer(
                answer=answer,
                text=words.text,
                voice=base64.b64encode(words.voice).decode(),
                voice_type=words.voice_type,
            )
            for answer, words in waiting
            if words
        ]
    )
