"""Practicals: who may observe whom, what one observation says, and what the observations of a person come to.

Observations are facts that stay; a correction is a new one beside the old. They form rounds in the order of their
days: a round is decided by one observer, or by two who agree, or by a third where two differ; what follows is a new
round. The outcome is that of the last decided round.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.blocks import criteria_of
from assessments.contents import content_hash
from assessments.models import Observation, Practical, PracticalResult
from assessments.models.attempts import percent_of
from assessments.signals import practical_graded
from cms.auditing import record
from people.models import Territory, User, Volunteer
from people.public import organisations_where, person_may

Source = Observation.Source


class ObservationRefused(Exception):
    """The observation cannot be taken. The message says why and who can; `first` is the one already there."""

    def __init__(self, message: str, first: Observation | None = None) -> None:
        super().__init__(message)
        self.first = first


@dataclass(frozen=True)
class Seen:
    """What an observer saw: points by criterion id, when, where, and what she says to it."""

    scores: dict[str, int]
    day: date
    territory: Territory | None = None
    place: str = ""
    comment: str = ""
    is_no_relative: bool = False
    on_paper: bool = False


@dataclass(frozen=True)
class PracticalState:
    """Where a person stands with a practical."""

    passed: bool | None
    """The outcome of the last decided round; None while there is none."""
    waits_for: str
    """`second` or `third` observer; empty when nobody is waited for."""
    counted: list[Observation]
    """The observations behind the outcome, or those that wait for another one."""

    @property
    def name(self) -> str:
        """`none`, `second` or `third` (the observer waited for), `passed` or `again`."""
        if self.passed:
            return "passed"
        return self.waits_for or ("none" if self.passed is None else "again")


@dataclass(frozen=True)
class _Round:
    observations: list[Observation]
    passed: bool | None

    @property
    def waits_for(self) -> str:
        return "" if self.passed is not None else ("second", "third")[len(self.observations) - 1]


def content_of_practical(practical: Practical) -> dict[str, Any]:
    """Return a practical as plain data: `title`, `introduction`, `rubric` (see `criteria_of`) and its rules."""
    return {
        "title": practical.title,
        "introduction": practical.introduction,
        "rubric": criteria_of(practical.rubric),
        "pass_mark": practical.pass_mark,
        "observers": practical.observers,
        "no_relatives": practical.no_relatives,
        "no_granter": practical.no_granter,
    }


def find_practical(key: uuid.UUID, language: str) -> tuple[Practical, dict[str, Any]] | None:
    """Return a practical (in the source language) and its content in the words of a language where translated.

    None when there is no such practical. The content's `language` says which language its words are in. 1 query.
    """
    rows = Practical.objects.filter(translation_key=key, locale__language_code__in={settings.LANGUAGE_CODE, language})
    found = {row.locale.language_code: row for row in rows.select_related("locale", "organisation")}
    practical = found.get(settings.LANGUAGE_CODE)
    if practical is None:
        return None
    content = content_of_practical(practical)
    return practical, _in_words_of(content, found.get(language), language)


def in_words_of_reader(observation: Observation, language: str) -> dict[str, Any]:
    """Return the frozen content of an observation in a language where the practical is translated (1 query)."""
    rows = Practical.objects.filter(translation_key=observation.practical_key, locale__language_code=language)
    return _in_words_of(observation.content, rows.first(), language)


def practicals_for(user: User, language: str) -> list[Practical]:
    """Return the practicals in use, in a language where translated, those of the user's organisations first.

    Courses are open to every organisation, and so is what is observed at their end. 2 queries.
    """
    own = {organisation.pk for organisation in organisations_where(user, "observe")}
    rows = Practical.objects.filter(locale__language_code__in={settings.LANGUAGE_CODE, language})
    rows = rows.select_related("locale", "organisation")
    by_language: dict[str, dict[uuid.UUID, Practical]] = {settings.LANGUAGE_CODE: {}, language: {}}
    for row in rows:
        by_language[row.locale.language_code][row.translation_key] = row
    in_use = [key for key, row in by_language[settings.LANGUAGE_CODE].items() if not row.retired]
    read = {**by_language[settings.LANGUAGE_CODE], **by_language[language]}
    return sorted((read[key] for key in in_use), key=lambda row: (row.organisation_id not in own, row.title))


def _in_words_of(content: dict[str, Any], translated: Practical | None, language: str) -> dict[str, Any]:
    """Return a practical's content with a translation's words; `language`, of each line too, says which they are in."""
    if translated is None or language == settings.LANGUAGE_CODE or translated.title == content["title"]:
        return {**content, "language": settings.LANGUAGE_CODE}
    words = {line["id"]: {"text": line["text"], "help": line["help"]} for line in criteria_of(translated.rubric)}
    rubric = [{**line, **words.get(line["id"], {})} for line in content["rubric"]]
    for line, source in zip(rubric, content["rubric"], strict=True):
        line["language"] = settings.LANGUAGE_CODE if line["text"] == source["text"] else language
    return {
        **content,
        "title": translated.title,
        "introduction": translated.introduction,
        "rubric": rubric,
        "language": language,
    }


def why_not_observer(practical: Practical, volunteer: Volunteer, observer: Volunteer) -> str:
    """Return in words why a person may not observe another in a practical ("" when she may): 1 or 2 queries."""
    if observer.pk == volunteer.pk:
        return _("Nobody observes herself. Ask another person of your organisation.")
    if not person_may(observer, "observe", volunteer):
        return _("This person is not in the care of who observed. A facilitator of her organisation can observe her.")
    if practical.no_granter and person_may(observer, "grant_role", volunteer):
        return _(
            "Who coordinates grants the role later, so she may not observe. "
            "A facilitator or a trainer of the organisation can."
        )
    return ""


def refuse_second_on_day(
    practical_key: uuid.UUID, volunteer: Volunteer, observer: Volunteer, day: date, besides: Observation | None = None
) -> None:
    """Raise `ObservationRefused` when this observer has an observation of this day that stands (1 query)."""
    found = Observation.objects.filter(practical_key=practical_key, volunteer=volunteer, observer=observer, day=day)
    first = found.filter(replaced_by=None).first()
    if first and first != besides:
        raise ObservationRefused(
            _("The observation of this person on this day is already kept. If something in it is wrong, correct it."),
            first,
        )


@transaction.atomic
def observe(
    practical: Practical, volunteer: Volunteer, seen: Seen, *, observer: Volunteer, recorded_by: Volunteer
) -> Observation:
    """Keep what an observer saw, and the outcome where it is a new one; return the observation.

    `recorded_by` is who types: she may be another than the observer, and must be allowed to observe too. Raises
    `ObservationRefused` in words.
    """
    _hold(volunteer)
    _refuse_who_may_not(practical, volunteer, observer, recorded_by, seen)
    refuse_second_on_day(practical.translation_key, volunteer, observer, seen.day)
    observation = _observation(content_of_practical(practical), practical.translation_key, volunteer, seen)
    observation.observer, observation.recorded_by = observer, recorded_by
    observation.source = Source.PAPER if seen.on_paper else Source.SCREEN
    observation.save(force_insert=True)
    record("practical_observed", observation, actor=recorded_by)
    _settle(practical.translation_key, volunteer)
    return observation


@transaction.atomic
def correct(observation: Observation, seen: Seen, *, by: Volunteer, reason: str) -> Observation:
    """Replace an observation by a corrected one with author and reason; both stay, the outcome is reckoned anew.

    The checklist and the rules are those the observation froze. Raises `ObservationRefused` in words.
    """
    volunteer = observation.volunteer
    _hold(volunteer)
    if Observation.objects.filter(replaces=observation).exists():
        raise ObservationRefused(_("Somebody has corrected this meanwhile. Look at the newest one first."))
    if by == volunteer or not person_may(by, "observe", volunteer):
        raise ObservationRefused(_("Only an observer or the coordination of her organisation can correct this."))
    refuse_second_on_day(observation.practical_key, volunteer, observation.observer, seen.day, besides=observation)
    corrected = _observation(observation.content, observation.practical_key, volunteer, seen)
    corrected.observer, corrected.recorded_by = observation.observer, by
    corrected.source, corrected.is_no_relative = observation.source, observation.is_no_relative
    corrected.replaces, corrected.reason = observation, reason
    corrected.save(force_insert=True)
    record("observation_corrected", observation, actor=by)
    _settle(observation.practical_key, volunteer)
    return corrected


def practical_state(volunteer: Volunteer, practical_key: uuid.UUID) -> PracticalState:
    """Return where a person stands with a practical (by its `translation_key`): 1 query."""
    return _state(_rounds(observations_of(volunteer, practical_key)))


def observations_of(volunteer: Volunteer, practical_key: uuid.UUID) -> list[Observation]:
    """Return all observations of a person in a practical, corrected ones included, as they were kept (1 query)."""
    rows = Observation.objects.filter(volunteer=volunteer, practical_key=practical_key)
    return list(rows.select_related("observer__identity", "territory__parent", "replaced_by").order_by("recorded_at"))


def _hold(volunteer: Volunteer) -> None:
    """Hold the person's row, so that two observers at once do not each count alone."""
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)


def _refuse_who_may_not(
    practical: Practical, volunteer: Volunteer, observer: Volunteer, recorded_by: Volunteer, seen: Seen
) -> None:
    if problem := why_not_observer(practical, volunteer, observer):
        raise ObservationRefused(problem)
    if recorded_by == volunteer or not person_may(recorded_by, "observe", volunteer):
        raise ObservationRefused(
            _("This person is not in your care. A facilitator of her organisation can type it in.")
        )
    if practical.no_relatives and not seen.is_no_relative:
        raise ObservationRefused(_("A relative may not observe. Another person of the organisation can."))


def _observation(content: dict[str, Any], key: uuid.UUID, volunteer: Volunteer, seen: Seen) -> Observation:
    points, most_points, passed = _verdict(content, seen.scores)
    return Observation(
        practical_key=key,
        content=content,
        volunteer=volunteer,
        day=seen.day,
        territory=seen.territory,
        place=seen.place,
        comment=seen.comment,
        is_no_relative=seen.is_no_relative,
        scores=seen.scores,
        points=points,
        most_points=most_points,
        passed=passed,
        recorded_at=timezone.now(),
    )


def _verdict(content: dict[str, Any], scores: dict[str, int]) -> tuple[int, int, bool]:
    """Return points, most points, and whether they pass: the mark is reached and no essential line falls short."""
    rubric = content["rubric"]
    points = sum(scores[line["id"]] for line in rubric)
    most_points = sum(line["points"] for line in rubric)
    has_essentials = all(scores[line["id"]] == line["points"] for line in rubric if line["essential"])
    return points, most_points, has_essentials and percent_of(points, most_points) >= content["pass_mark"]


def _rounds(observations: Iterable[Observation]) -> list[_Round]:
    """Return the rounds of a person's observations that stand, in the order of their days."""
    rows = {row.pk: row for row in observations}
    replaced = {row.replaces_id for row in rows.values()}

    def first_kept(row: Observation) -> Any:
        while row.replaces_id:  # a correction keeps the place of what it corrects
            row = rows[row.replaces_id]
        return row.recorded_at

    standing = [row for row in rows.values() if row.pk not in replaced]
    rounds: list[_Round] = []
    for row in sorted(standing, key=lambda row: (row.day, first_kept(row))):
        open_round = rounds.pop().observations if rounds and rounds[-1].passed is None else []
        together = [other for other in open_round if other.observer_id != row.observer_id] + [row]
        rounds.append(_Round(together, _decided(together)))
    return rounds


def _decided(together: list[Observation]) -> bool | None:
    """Return what the observations of one round decide, None while another observer is needed."""
    if together[0].content["observers"] == 1 or len(together) == 3:
        return together[-1].passed
    if len(together) == 2 and together[0].passed == together[1].passed:
        return together[0].passed
    return None


def _state(rounds: list[_Round]) -> PracticalState:
    decided = _last_decided(rounds)
    passed = decided.passed if decided else None
    open_round = rounds[-1] if rounds and rounds[-1].passed is None else None
    shown = decided if passed or open_round is None else open_round
    return PracticalState(passed, open_round.waits_for if open_round else "", shown.observations if shown else [])


def _last_decided(rounds: list[_Round]) -> _Round | None:
    return next((one for one in reversed(rounds) if one.passed is not None), None)


def _settle(practical_key: uuid.UUID, volunteer: Volunteer) -> None:
    """Write the outcome as a new fact where it differs from the last one written, and announce it.

    A correction that leaves a passed practical undecided takes it back: the fact then says «not passed».
    """
    rounds = _rounds(observations_of(volunteer, practical_key))
    decided = _last_decided(rounds)
    last = PracticalResult.objects.filter(practical_key=practical_key, volunteer=volunteer).last()
    if decided is None and not (last and last.passed):
        return
    rests_on = (decided or rounds[-1]).observations
    passed = bool(decided and decided.passed)
    uuids = sorted(str(row.pk) for row in rests_on)
    if last and (last.passed, last.observations) == (passed, uuids):
        return
    result = PracticalResult.objects.create(
        practical_key=practical_key,
        volunteer=volunteer,
        passed=passed,
        observations=uuids,
        content_hash=content_hash(rests_on[-1].content),
        day=max(row.day for row in rests_on),
        at=timezone.now(),
    )
    practical_graded.send(PracticalResult, result=result)
