"""Taking deeds in: every event once, or kept whole in quarantine with a reason; never dropped.

Each floor registers the kinds of event it understands. Handlers get the new events of one kind in one call and must do
the same when called twice.
"""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assessments.public import Quiz
from courses.models import Event, LessonPage, QuarantinedEvent
from people.models import Volunteer

MOST_EVENTS = 500
CLOCK_TOLERANCE = timedelta(minutes=5)
SCHOOL_OPENED = datetime(2024, 1, 1, tzinfo=timezone.get_default_timezone())
MOST_DATA = 4_000
# Wider than any telephone's clock is wrong, narrow enough for every database and time zone.
NO_CLOCK_BEFORE, NO_CLOCK_AFTER = datetime(1960, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_REFUSED_IN_JSON = re.compile(r"\\u0000|\\ud[89a-f]|Infinity|NaN")

Handler = Callable[[Volunteer, Sequence[Event]], None]
Check = Callable[[Volunteer, Sequence["Incoming"]], dict[UUID, str]]


class Incoming(BaseModel):
    """One event as a device sends it."""

    model_config = ConfigDict(extra="forbid")

    uuid: UUID
    kind: str = Field(max_length=32)
    activity: UUID
    edition: int = Field(default=0, ge=0, le=1_000_000)
    language: str = Field(default="es", max_length=16)
    at: AwareDatetime = Field(ge=NO_CLOCK_BEFORE, lt=NO_CLOCK_AFTER)
    data: dict[str, Any] = Field(default_factory=dict)


class EventData(BaseModel):
    """Base of the shapes of events' data: ids and numbers only, never free text, for events outlive their person."""

    model_config = ConfigDict(extra="forbid")


class NoData(EventData):
    """The data of an event that needs none."""


VersionId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
OptionId = Annotated[str, Field(pattern=r"^(true|false|[0-9a-f-]{36}(=[0-9a-f-]{36})?)$")]
"""An option, or the pair of a part and what was chosen for it."""


class PracticeData(EventData):
    """A practice question answered: which block, which options, how many points (0 to 1)."""

    block: uuid.UUID
    chosen: list[OptionId] = Field(max_length=20)
    points: float = Field(ge=0, le=1)


class BlockData(EventData):
    """The data of an event about one block of a lesson."""

    block: uuid.UUID


class AttemptData(EventData):
    """An evaluation answered without signal: answers and seconds by question version, when she began."""

    attempt: uuid.UUID
    answers: dict[VersionId, list[Annotated[str, Field(max_length=2_000)]]] = Field(max_length=200)
    seconds: dict[VersionId, int] = Field(default_factory=dict, max_length=200)
    since: AwareDatetime | None = Field(default=None, ge=NO_CLOCK_BEFORE, lt=NO_CLOCK_AFTER)


@dataclass(frozen=True)
class Kind:
    """A kind of event: the shape of its data, and what to do with new ones.

    `check` names the events that must not be taken, with the reason kept in quarantine. `kept` names the parts of the
    data that stay in the event, where not all of it may: the handler gets all of it in `event.sent`.
    """

    data: type[BaseModel]
    handle: Handler | None = None
    check: Check | None = None
    kept: frozenset[str] | None = None
    most_data: int = MOST_DATA


@dataclass
class Taken:
    """What became of a batch: uuids as the device wrote them."""

    accepted: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    quarantined: list[dict[str, str]] = field(default_factory=list)


_kinds: dict[str, Kind] = {}


def register_kind(name: str, kind: Kind) -> None:
    """Make a kind of event known (called once by each floor, when the app registry is ready)."""
    _kinds[name] = kind


def take(
    volunteer: Volunteer,
    events: Sequence[Any],
    *,
    device: uuid.UUID | None = None,
    source: str = Event.Source.WEB,
    handed_in_by: Volunteer | None = None,
) -> Taken:
    """Take a batch of raw events (JSON objects) of one person; return what became of each.

    An event already known by its uuid, here or in quarantine, changes nothing. What cannot be understood is kept whole
    in quarantine. An event without a uuid of its own gets one, so that it too is kept.
    """
    now = timezone.now()
    taken = Taken()
    good: dict[uuid.UUID, Incoming] = {}
    bad: dict[uuid.UUID, tuple[str, Any]] = {}
    for raw in events:
        key = _uuid_of(raw, volunteer)
        if key in good or key in bad:
            taken.duplicate.append(str(key))
            continue
        try:
            good[key] = _read(raw)
        except Unreadable as problem:
            bad[key] = (str(problem), raw)
    known = _known([*good, *bad])
    taken.duplicate += [str(key) for key in [*good, *bad] if key in known]
    activities = _activities([event.activity for event in good.values()])
    for key, event in good.items():
        if key not in known and event.activity not in activities:
            bad[key] = ("unknown activity", event.model_dump(mode="json"))
    untaken = [event for key, event in good.items() if key not in known and key not in bad]
    for key, reason in _refused(volunteer, untaken).items():
        bad[key] = (reason, good[key].model_dump(mode="json"))
    new = [
        _fact(volunteer, event, now, device, source, handed_in_by)
        for key, event in good.items()
        if key not in known and key not in bad
    ]
    refused = {key: row for key, row in bad.items() if key not in known}
    with transaction.atomic():
        Event.objects.bulk_create(new, ignore_conflicts=True)
        QuarantinedEvent.objects.bulk_create(
            [
                QuarantinedEvent(uuid=key, volunteer=volunteer, reason=reason, content=_storable(content))
                for key, (reason, content) in refused.items()
            ],
            ignore_conflicts=True,
        )
        for name in dict.fromkeys(event.kind for event in new):
            handle = _kinds[name].handle
            if handle:
                handle(volunteer, [event for event in new if event.kind == name])
    taken.accepted = [str(event.uuid) for event in new]
    taken.quarantined = [{"uuid": str(key), "reason": reason} for key, (reason, _content) in refused.items()]
    return taken


class Unreadable(Exception):
    """An event that cannot be understood; the message is the reason kept with it."""


def _uuid_of(raw: Any, volunteer: Volunteer) -> uuid.UUID:
    """Return the event's own uuid, or one made of its content, so that sent again it is the same event."""
    try:
        return uuid.UUID(str(raw["uuid"]))
    except (KeyError, TypeError, ValueError):
        return uuid.uuid5(volunteer.uuid, json.dumps(raw))


def _storable(raw: Any) -> Any:
    """Return what was sent, as text where it is nothing or holds something that databases refuse in JSON."""
    text = json.dumps(raw)
    return {"as_text": text} if raw is None or _REFUSED_IN_JSON.search(text) else raw


def _read(raw: Any) -> Incoming:
    try:
        event = Incoming.model_validate(raw)
    except ValidationError as problem:
        raise Unreadable("wrong shape") from problem
    if event.kind not in _kinds:
        raise Unreadable("unknown kind")
    if len(str(event.data)) > _kinds[event.kind].most_data:
        raise Unreadable("too much data")
    try:
        _kinds[event.kind].data.model_validate(event.data)
    except ValidationError as problem:
        raise Unreadable("wrong data") from problem
    return event


def _known(keys: list[uuid.UUID]) -> set[uuid.UUID]:
    taken = Event.objects.filter(uuid__in=keys).values_list("uuid", flat=True)
    kept = QuarantinedEvent.objects.filter(uuid__in=keys).values_list("uuid", flat=True)
    return set(taken.union(kept))


def _refused(volunteer: Volunteer, events: list[Incoming]) -> dict[uuid.UUID, str]:
    """Return the events that their kind does not let in, with the reason."""
    refused: dict[uuid.UUID, str] = {}
    for name in dict.fromkeys(event.kind for event in events):
        if check := _kinds[name].check:
            refused |= check(volunteer, [event for event in events if event.kind == name])
    return refused


def _activities(keys: list[uuid.UUID]) -> set[uuid.UUID]:
    wanted = set(keys)
    lessons = LessonPage.objects.filter(translation_key__in=wanted).values_list("translation_key", flat=True)
    found = set(lessons)
    if found < wanted:
        found |= set(Quiz.objects.filter(translation_key__in=wanted).values_list("translation_key", flat=True))
    return found


def _fact(
    volunteer: Volunteer,
    event: Incoming,
    now: datetime,
    device: uuid.UUID | None,
    source: str,
    handed_in_by: Volunteer | None,
) -> Event:
    possible = min(max(event.at, SCHOOL_OPENED), now)
    kept = _kinds[event.kind].kept
    fact = Event(
        uuid=event.uuid,
        volunteer=volunteer,
        kind=event.kind,
        activity=event.activity,
        edition=event.edition,
        language=event.language,
        data=event.data if kept is None else {name: event.data[name] for name in kept & set(event.data)},
        device=device,
        device_at=event.at,
        received_at=now,
        at=possible,
        clock_was_wrong=abs(event.at - possible) > CLOCK_TOLERANCE,
        source=source,
        handed_in_by=handed_in_by,
    )
    fact.sent = event.data
    return fact
