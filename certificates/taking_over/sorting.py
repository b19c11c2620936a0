"""What each row of the table would do: a new person, one the school knows, a doubt to be decided, or why not."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from certificates.eligibility import Facts, facts_of, last_day
from certificates.models import Role
from certificates.requiring import day_in_words
from certificates.spanning import today
from certificates.taking_over.reading import ATTESTER, CODE, DEPARTMENT, LANGUAGES, NAME, PLACE, ROLE, Given
from cms.languages import languages
from cms.orthography import search_key
from people.models import Organisation, Territory, User, Volunteer
from people.public import clean_code, responsibilities_for

DEED = "take_over_network"
LONGEST = timedelta(days=365 * 5)
LONGEST_NAME = 60
NEW, KNOWN, DOUBTFUL, STANDS, REFUSED = "new", "known", "doubtful", "stands", "refused"
STATES = (REFUSED, DOUBTFUL, NEW, KNOWN, STANDS)
OTHER, LEAVE_OUT = "other", "leave-out"


@dataclass(frozen=True)
class Choice:
    """One person a doubtful row may mean: `key` is her uuid, or `row-` and the number of an earlier row."""

    key: str
    words: str


@dataclass(frozen=True)
class Line:
    """One row and what would be done with it (a state of `STATES`), in words where it is not done."""

    given: Given
    state: str = NEW
    words: str = ""
    place: Territory | None = None
    role: Role | None = None
    languages: tuple[str, ...] = ()
    person: Volunteer | None = None
    choices: list[Choice] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The row's number in the spreadsheet."""
        return self.given.number

    @property
    def name(self) -> str:
        """The name she wants to be called: as the school has it, else as it was written."""
        return _name_of(self.person) if self.person else self.given.text(NAME)

    @property
    def attester(self) -> str:
        """Who recognises her."""
        return self.given.text(ATTESTER)

    @property
    def language_names(self) -> str:
        """The interview languages by their own names."""
        return ", ".join(languages()[code].name for code in self.languages)


class _Refused(Exception):
    """A row cannot be taken; the message says why."""


class Sorter:
    """Says what rows would do, for a member of staff and an organisation (a fixed number of queries)."""

    def __init__(self, by: User, organisation: Organisation) -> None:
        self.by = by
        self.organisation = organisation
        self.responsibilities = [
            held for held in responsibilities_for(by, DEED) if held.organisation_id == organisation.pk
        ]
        self.places = _places_by_name()
        self.roles = _roles_by_name(organisation)
        self.spoken = _languages_by_name()
        self.by_code: dict[str, Volunteer] = {}
        self.near: dict[tuple[str, int | None], list[Volunteer]] = {}
        self.facts: dict[int, Facts] = {}

    def sort(self, rows: Iterable[Given]) -> list[Line]:
        """Return a line for each row, in the same order."""
        lines = [self._understood(row) for row in rows]
        self._meet(lines)
        earlier: dict[tuple[str, int | None], list[Line]] = defaultdict(list)
        found = []
        for line in lines:
            sorted_out = line if line.state == REFUSED else self._placed(line, earlier)
            if sorted_out.state in {NEW, DOUBTFUL}:
                earlier[_likeness(line)].append(sorted_out)
            found.append(sorted_out)
        return found

    # --- one row by itself ---

    def _understood(self, given: Given) -> Line:
        """Return the row with what its words mean, or refused."""
        try:
            if given.problem:
                raise _Refused(given.problem)
            return Line(
                given,
                place=self._place(given),
                role=self._role(given),
                languages=self._languages(given),
                words=_problem_with(given),
            )
        except _Refused as reason:
            return Line(given, REFUSED, str(reason))

    def _place(self, given: Given) -> Territory:
        typed, department = given.text(PLACE), search_key(given.text(DEPARTMENT))
        key = search_key(typed)
        found = self.places.get(key.zfill(4) if key.isdecimal() else key, [])
        if department:
            found = [place for place in found if place.parent and _is_called(place.parent, department)]
        if not found:
            raise _Refused(_("We know no municipality called «%s». Look at how it is written.") % typed)
        if len(found) > 1:
            raise _Refused(_("Several municipalities are called «%s». Fill in the column «departamento».") % typed)
        if not self._reaches(found[0]):
            raise _Refused(_("%s lies outside what you are responsible for.") % found[0])
        return found[0]

    def _reaches(self, place: Territory | None) -> bool:
        return any(
            held.territory is None or place is None or place.is_within(held.territory) for held in self.responsibilities
        )

    def _role(self, given: Given) -> Role:
        role = self.roles.get(search_key(given.text(ROLE)))
        if role is None:
            raise _Refused(_("Your organisation gives no role called «%s».") % given.text(ROLE))
        return role

    def _languages(self, given: Given) -> tuple[str, ...]:
        text = given.text(LANGUAGES).replace(";", ",").replace("/", ",").replace(" y ", ",")
        found = []
        for word in [search_key(part) for part in text.split(",")]:
            if word and word not in self.spoken:
                raise _Refused(_("We know no language called «%s».") % word)
            if word:
                found.append(self.spoken[word])
        return tuple(dict.fromkeys(found))

    # --- people the school knows ---

    def _meet(self, lines: list[Line]) -> None:
        """Look up the people that the rows name by code, and those who live in the same municipalities."""
        wanted = [line for line in lines if line.state != REFUSED]
        codes = {code for line in wanted if (code := clean_code(line.given.text(CODE)))}
        rows = Volunteer.objects.filter(organisation=self.organisation, erased_at=None, merged_into=None)
        rows = rows.select_related("identity", "territory__parent", "sign_in", "organisation")
        self.by_code = {person.sign_in.code: person for person in rows.filter(sign_in__code__in=codes)}
        places = {line.place.pk for line in wanted if line.place}
        self.near = defaultdict(list)
        names = {search_key(line.given.text(NAME)) for line in wanted}
        for person in rows.filter(territory__in=places):
            key = search_key(_name_of(person))
            if key in names:
                self.near[key, person.territory_id].append(person)
        met = {person.pk: person for people in self.near.values() for person in people}
        self.facts = facts_of([*met.values(), *(row for row in self.by_code.values() if row.pk not in met)])

    def _placed(self, line: Line, earlier: dict[tuple[str, int | None], list[Line]]) -> Line:
        """Return what would be done with a row that is understood."""
        try:
            if line.words:
                raise _Refused(line.words)
            if line.given.text(CODE):
                return self._known(line, self._by_code(line))
            return self._by_name(line, earlier[_likeness(line)])
        except _Refused as reason:
            return replace(line, state=REFUSED, words=str(reason))

    def _by_code(self, line: Line) -> Volunteer:
        person = self.by_code.get(clean_code(line.given.text(CODE)) or "")
        if person is None or not self._reaches(person.territory):
            raise _Refused(_("Nobody in your care has this code. Look at her card again."))
        if person.pk == self.by.volunteer_id:
            raise _Refused(_("Nobody decides about herself. Ask another coordinator."))
        if person.territory_id not in {None, line.place.pk if line.place else None}:
            raise _Refused(_("She has said in the school that she lives in another municipality. Ask her."))
        return person

    def _known(self, line: Line, person: Volunteer) -> Line:
        """Return the row as one of a person the school knows: the role is added, or stands already."""
        end = self._end(person, line.role)
        if end is None:
            return replace(line, state=KNOWN, person=person)
        if line.given.until and end >= line.given.until:
            return replace(line, state=STANDS, person=person, words=_holds_until(line, person, end))
        raise _Refused(
            _("She holds this role until %(day)s already. Extend it on her page in the register.")
            % {"day": day_in_words(end)}
        )

    def _end(self, person: Volunteer, role: Role | None) -> date | None:
        """Return the last day on which a person holds the role that a row says; None where she does not today."""
        facts = self.facts[person.pk]
        own = [facts.standing(grant) for grant in facts.grants if role and grant.role_id == role.pk]
        return max((last_day(standing, today()) for standing in own if standing.is_active(today())), default=None)

    def _by_name(self, line: Line, alike: list[Line]) -> Line:
        """Return the row as a new person, or as a doubt where somebody of her name lives there."""
        same_row = next((row for row in alike if row.role == line.role), None)
        if same_row:
            raise _Refused(
                _("Row %s says the same. If she is another person, add to her name what tells them apart.")
                % same_row.number
            )
        people = [row for row in self.near[_likeness(line)] if row.pk != self.by.volunteer_id]
        for person in people:
            if self._end(person, line.role) is not None:
                return self._known(line, person)
        choices = [Choice(str(person.uuid), self._seen(person)) for person in people]
        choices += [Choice(f"row-{row.number}", _("the same person as in row %s") % row.number) for row in alike[:1]]
        return replace(line, state=DOUBTFUL, choices=choices) if choices else line

    def _seen(self, person: Volunteer) -> str:
        """Return in words whom the school knows by this name: since when, and what she does."""
        told = {"name": _name_of(person), "place": person.territory, "code": str(person.uuid)[:8]}
        roles = ", ".join(
            str(grant.role)
            for grant in self.facts[person.pk].grants
            if self.facts[person.pk].standing(grant).is_active(today())
        )
        if roles:
            return _("%(name)s, %(place)s, in the register as %(code)s: %(roles)s") % {**told, "roles": roles}
        return _("%(name)s, %(place)s, in the register as %(code)s: no role yet") % told


def _problem_with(given: Given) -> str:
    """Return what is wrong with a row's name, day or word, or nothing."""
    if not given.text(NAME):
        return _("The name is missing.")
    if len(given.text(NAME)) > LONGEST_NAME:
        return _("The name is too long. Write only how she wants to be called.")
    if not given.text(ATTESTER):
        return _("Write who recognises her.")
    if given.until is None:
        return _("Write until when she is recognised as a date, for example 31/12/2027.")
    if given.until < today():
        return _("The day until which she is recognised is over.")
    if given.until > today() + LONGEST:
        return _("Recognise for five years at most.")
    if given.text(CODE) and clean_code(given.text(CODE)) is None:
        return _("The code on her card has eight digits. One of these is missing or wrong.")
    return ""


def _holds_until(line: Line, person: Volunteer, end: date) -> str:
    told = {"name": _name_of(person), "role": line.role, "day": day_in_words(end)}
    return _("%(name)s is %(role)s until %(day)s. Nothing is changed.") % told


def _name_of(person: Volunteer) -> str:
    identity = getattr(person, "identity", None)
    return identity.safe_name if identity else "—"


def _likeness(line: Line) -> tuple[str, int | None]:
    return search_key(line.given.text(NAME)), line.place.pk if line.place else None


def _is_called(place: Territory, key: str) -> bool:
    return key in {search_key(place.name), search_key(place.code), search_key(place.alternative_name)}


def _places_by_name() -> dict[str, list[Territory]]:
    """Return the municipalities by what a person may write: name, other name, code, name with its department."""
    found: dict[str, list[Territory]] = defaultdict(list)
    for place in Territory.objects.filter(kind="municipality").select_related("parent__parent"):
        for key in {search_key(text) for text in (place.name, place.alternative_name, place.code, str(place)) if text}:
            found[key].append(place)
    return found


def _roles_by_name(organisation: Organisation) -> dict[str, Role]:
    roles = Role.objects.filter(organisation=organisation, retired=False)
    found: dict[str, Role] = {}
    for role in roles:
        for text in (role.slug, role.name, *(getattr(role, f"name_{code}", "") for code in languages())):
            if text:
                found.setdefault(search_key(text), role)
    return found


def _languages_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in languages().values():
        for text in (row.code, row.name, row.name_es):
            found.setdefault(search_key(text), row.code)
    return found
