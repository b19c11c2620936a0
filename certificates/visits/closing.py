"""What came of a visit: it took place and who went, which counts as practice; or it did not, and why.

It can be said from the visit's day and corrected until 30 days after it. Calling off is possible before, too.
"""

from collections.abc import Iterable

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Visit, VisitPerson
from certificates.spanning import today
from certificates.visits.planning import State, VisitRefused, hold
from certificates.visits.team import Answer, Asked, team_of
from certificates.vouching import revoke_sources, visit_made
from cms.auditing import record
from cms.models import AuditEntry
from people.models import User, Volunteer

CALLED_OFF = "visit_called_off"


class Reason(models.TextChoices):
    """Why a visit did not take place. Kept with the audit: there is no text to write a case into."""

    ROAD = "road", gettext_lazy("the road or the weather")
    PEOPLE = "people", gettext_lazy("there were not enough people")
    CLOSED = "closed", gettext_lazy("the service was closed or did not let us in")
    SAFETY = "safety", gettext_lazy("it was not safe")
    OTHER = "other", gettext_lazy("another reason")


def may_have_gone(asked: Asked) -> bool:
    """Return whether it can be said of a person that she went: she had said yes, or her role held on that day."""
    return asked.row.answer == Answer.CAN or asked.standing.may_go


@transaction.atomic
def took_place(visit: Visit, went: Iterable[Volunteer], by: User) -> Visit:
    """Write that a visit took place and who went; each of them has it in the ledger. Said anew, it corrects."""
    held = hold(visit, by)
    if today() < held.day:
        raise VisitRefused(_("This day has not come yet. Say afterwards whether the visit took place."))
    team, chosen = team_of(held), {person.pk for person in went}
    if not chosen:
        raise VisitRefused(_("Mark who went. If nobody went, say that the visit did not take place."))
    if chosen - {asked.row.volunteer_id for asked in team if may_have_gone(asked)}:
        raise VisitRefused(_("Only who was asked and could go can be marked. Ask the person first, then say it here."))
    held.state, held.closed_at, held.went_count = State.TOOK_PLACE, timezone.now(), len(chosen)
    held.save(update_fields=["state", "closed_at", "went_count"])
    for asked in team:
        _write(held, asked.row, asked.row.volunteer_id in chosen, by)
    record("visit_took_place", held, actor=by, went=len(chosen))
    return held


@transaction.atomic
def call_off(visit: Visit, reason: str, by: User) -> Visit:
    """Write that a visit does not or did not take place, with the code of a reason; nobody went."""
    held = hold(visit, by)
    if reason not in Reason.values:
        raise VisitRefused(_("Choose why the visit does not take place."))
    held.state, held.closed_at, held.went_count = State.CANCELLED, timezone.now(), 0
    held.save(update_fields=["state", "closed_at", "went_count"])
    for row in held.people.select_related("volunteer"):
        _write(held, row, False, by)
    record(CALLED_OFF, held, actor=by, reason=reason)
    return held


@transaction.atomic
def take_up_again(visit: Visit, by: User) -> Visit:
    """Plan a visit again that was called off before its day; those who were asked keep their answers."""
    held = hold(visit, by)
    if held.state != State.CANCELLED or held.day < today():
        raise VisitRefused(_("Only a visit that was called off before its day can be planned again."))
    held.state, held.closed_at = State.PLANNED, None
    held.save(update_fields=["state", "closed_at"])
    held.people.update(went=None)
    record("visit_taken_up", held, actor=by)
    return held


def _write(visit: Visit, row: VisitPerson, went: bool, by: User) -> None:
    went_before = row.went
    VisitPerson.objects.filter(pk=row.pk).update(went=went)
    if went:
        visit_made(visit, row.volunteer)
    elif went_before:
        source = f"visit:{visit.uuid}:{row.volunteer.uuid}"
        revoke_sources(source, _("What was written about the visit was corrected."), by.volunteer)


def reason_for(visit: Visit) -> str:
    """Return in words why a visit did not take place, or nothing."""
    if visit.state != State.CANCELLED:
        return ""
    entry = AuditEntry.objects.filter(target=f"certificates.visit:{visit.pk}", action=CALLED_OFF).last()
    code = entry.details.get("reason") if entry else None
    return str(Reason(code).label) if code in Reason.values else ""
