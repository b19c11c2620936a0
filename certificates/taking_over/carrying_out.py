"""Taking a table over: kept encrypted while it waits, seen before anything is written, then done row by row.

A table is known by its organisation and content, so the same file twice is one table and one job. Each row is one
transaction together with the count of rows done: a killed worker's job goes on with the next row.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates.granting import GrantRefused, take_over
from certificates.kept_files import forget, is_kept, keep, kept
from certificates.models import Evidence, Requirement, Role
from certificates.spanning import today
from certificates.taking_over.reading import NAME, Table, TableRefused, read
from certificates.taking_over.sorting import DEED, DOUBTFUL, KNOWN, LEAVE_OUT, NEW, OTHER, Line, Sorter
from certificates.vouching import EvidenceRefused, attest_language, recognise
from cms.auditing import record
from cms.languages import SOURCE_LANGUAGE
from cms.models import Job
from cms.models.work import JobCancelled
from cms.working import MOST_ATTEMPTS, enqueue
from people.models import Identity, Organisation, Territory, User, Volunteer
from people.public import organisations_where
from people.signals import volunteer_placed

TAKE_OVER = "take_over_network"
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


@dataclass(frozen=True)
class Upload:
    """A table that was sent to an organisation: `key` names it in addresses."""

    organisation: Organisation
    key: UUID

    @property
    def name(self) -> str:
        """The name under which its file is kept."""
        return f"network-{self.organisation.pk}-{self.key}"

    @property
    def job(self) -> Job | None:
        """The job that takes it over, once it was confirmed."""
        return Job.objects.filter(idempotency_key=f"{TAKE_OVER}:{self.key}").first()

    @property
    def is_there(self) -> bool:
        """Whether its file is still kept or it was confirmed."""
        return is_kept(self.name) or self.job is not None

    def read(self) -> Table:
        """Return its rows. Raises `TableRefused` in words, also when its file is gone."""
        content = kept(self.name)
        if content is None:
            raise TableRefused(_("The school keeps this file for a day only, and it is gone. Choose it again."))
        return read(content)


def send_in(content: bytes, organisation: Organisation) -> Upload:
    """Keep a table that can be read; return it. Raises `TableRefused` in words: then nothing is kept."""
    read(content)
    upload = Upload(organisation, uuid5(organisation.uuid, hashlib.sha256(content).hexdigest()))
    if upload.job is None:
        keep(upload.name, content)
    return upload


def upload_of(user: User, key: UUID) -> Upload | None:
    """Return a table sent to an organisation for which a member of staff may take people over, or None."""
    uploads = [Upload(organisation, key) for organisation in organisations_where(user, DEED)]
    return next((upload for upload in uploads if upload.is_there), None)


def plan_of(lines: list[Line], choices: dict[int, str]) -> list[list[Any]]:
    """Return what is to be done: row number and `new`, a person's uuid, or `row-` and an earlier row's number."""
    plan: list[list[Any]] = []
    for line in lines:
        choice = choices.get(line.number, LEAVE_OUT) if line.state == DOUBTFUL else ""
        if line.state == NEW or choice == OTHER:
            plan.append([line.number, NEW])
        elif line.state == KNOWN and line.person:
            plan.append([line.number, str(line.person.uuid)])
        elif choice and choice != LEAVE_OUT:
            plan.append([line.number, choice])
    return plan


@transaction.atomic
def confirm(upload: Upload, lines: list[Line], choices: dict[int, str], by: User) -> Job:
    """Ask the worker to take over what was seen; the same table confirmed twice is one job. Audited."""
    plan = plan_of(lines, choices)
    earlier = upload.job
    if earlier:
        return earlier
    row = enqueue(
        TAKE_OVER,
        f"{TAKE_OVER}:{upload.key}",
        organisation=upload.organisation.pk,
        by=by.pk,
        key=str(upload.key),
        plan=plan,
        language=get_language() or SOURCE_LANGUAGE,
        title=_("The existing network is taken over"),
    )
    record("network_taken_over", row, actor=by, organisation=upload.organisation.pk, rows=len(plan))
    return row


def take_over_network(row: Job) -> dict[str, Any]:
    """Take over the rows of a job's plan and delete the file.

    The result says `done` (a number), `refused`: pairs of a row's number and the reason in the asker's words, and
    `new`: the ids of the people it made.
    """
    asked = row.arguments
    upload = Upload(Organisation.objects.get(pk=asked["organisation"]), UUID(asked["key"]))
    is_over = row.attempts >= MOST_ATTEMPTS
    try:
        with translation.override(asked["language"]):
            result = _Work(row, upload).done()
        is_over = True
        return result
    except TableRefused as refused:
        is_over = True
        told = {name: row.result.get(name, empty) for name, empty in (("done", 0), ("refused", []), ("new", []))}
        return {**told, "stopped": str(refused)}
    except JobCancelled:
        is_over = True
        raise
    finally:
        if is_over:
            forget(upload.name)


class _Work:
    """One run of a job: goes on after the last row that was done."""

    def __init__(self, row: Job, upload: Upload) -> None:
        self.row = row
        self.by = User.objects.select_related("volunteer").get(pk=row.arguments["by"])
        self.organisation = upload.organisation
        self.plan: list[list[Any]] = row.arguments["plan"]
        self.result: dict[str, Any] = {"done": 0, "refused": [], "new": [], "people": {}, **row.result}
        self.lines = {}
        if row.done < len(self.plan):
            found = upload.read().rows
            self.lines = {line.number: line for line in Sorter(self.by, self.organisation).sort(found)}
        self.referred = {target.removeprefix("row-") for _number, target in self.plan if target.startswith("row-")}

    def done(self) -> dict[str, Any]:
        """Do what is left; return the result."""
        for place in range(self.row.done, len(self.plan)):
            number, target = self.plan[place]
            problem = self._one(place, number, target)
            if problem:
                self.result["refused"].append([number, problem])
                self._keep(place)
        return {key: value for key, value in self.result.items() if key != "people"}

    def _one(self, place: int, number: int, target: str) -> str:
        """Take one row over and count it, or return why it cannot be."""
        try:
            with transaction.atomic():
                person = self._person(number, target)
                _give(person, self._understood(number), self.by)
                self.result["done"] += 1
                if target == NEW:
                    self.result["new"].append(person.pk)
                if str(number) in self.referred:
                    self.result["people"][str(number)] = person.pk
                self._keep(place)
        except (GrantRefused, EvidenceRefused) as refused:
            return str(refused)
        return ""

    def _keep(self, place: int) -> None:
        """Write how far it is, with what is needed to go on; raises `JobCancelled`, which undoes the row."""
        Job.objects.filter(pk=self.row.pk).update(result=self.result)
        self.row.progress(place + 1, len(self.plan))

    def _understood(self, number: int) -> Line:
        line = self.lines[number]
        if line.place is None or line.role is None:
            raise GrantRefused(line.words)
        return line

    def _person(self, number: int, target: str) -> Volunteer:
        """Return the person of a row, made now where she is new, with her place where she had none."""
        line = self._understood(number)
        if target == NEW:
            return _new_person(line, self.organisation)
        rows = Volunteer.objects.select_related("organisation", "territory__parent__parent")
        if target.startswith("row-"):
            key = self.result["people"].get(target.removeprefix("row-"))
            person = rows.filter(pk=key, erased_at=None).first() if key else None
        else:
            person = rows.filter(uuid=target, organisation=self.organisation, erased_at=None).first()
        if person is None:
            raise GrantRefused(_("The person meant here is not in the school, or was not taken over herself."))
        if person.territory_id is None and line.place:
            _place(person, line.place)
        return person


def _new_person(line: Line, organisation: Organisation) -> Volunteer:
    person = Volunteer.objects.create(organisation=organisation, territory=line.place)
    Identity.objects.create(volunteer=person, safe_name=line.given.text(NAME))
    return person


def _place(person: Volunteer, place: Territory) -> None:
    person.territory = place
    person.save(update_fields=["territory"])
    volunteer_placed.send(Volunteer, volunteer=person)


def _give(person: Volunteer, line: Line, by: User) -> None:
    """Write that she is recognised until a day, what she interviews in, and the role that rests on it."""
    role, until, author = line.role, line.given.until, by.volunteer
    if role is None or until is None or author is None:
        raise GrantRefused(line.words)
    evidence = recognise(
        person,
        role,
        today(),
        recorded_by=author,
        attester=line.attester,
        until=until,
        medium=Evidence.Medium.IMPORT,
    )
    for language in line.languages:
        if not _speaks(person, language):
            attest_language(person, language, today(), recorded_by=author, attester=line.attester)
    take_over(person, role, role.place_for(person.territory), until, by, [_frozen(evidence, role)])


def _speaks(person: Volunteer, language: str) -> bool:
    found = Evidence.objects.standing(today()).filter(volunteer=person, kind=Requirement.Kind.LANGUAGE)
    return found.filter(subject=language).exists()


def _frozen(evidence: Evidence, role: Role) -> dict[str, Any]:
    """Return the recognition as a period keeps it (the form of `requiring.frozen`)."""
    return {
        "words": _("Be recognised by experience"),
        "kind": evidence.kind,
        "subject": str(role.uuid),
        "evidence": str(evidence.uuid),
        "day": evidence.day.isoformat(),
        "lapses_on": evidence.until.isoformat() if evidence.until else None,
    }
