"""Work of certificates that nobody waits for: what follows from a finished course, a changed role or cycle."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.deciding.many import DECIDE, decide_many
from certificates.models import CourseCertificate
from certificates.printing_many import PRINT, print_certificates
from certificates.proposing import propose_daily, raise_waiting
from certificates.rebuilding import rebuild_organisation
from certificates.reminding import remind
from certificates.taking_over.carrying_out import TAKE_OVER, take_over_network
from certificates.visits.wiping import wipe_old
from certificates.vouching import course_finished
from cms.models import Job
from cms.working import enqueue, job, set_going
from people.models import Organisation

REBUILD = "rebuild_spans"
NOTE_COURSE = "note_course"
DAILY = "keep_roles"


def register() -> None:
    """Make the long work of certificates known to the worker (called once)."""
    job(REBUILD)(rebuild_spans)
    job(NOTE_COURSE)(note_course)
    job(DECIDE)(decide_many)
    job(DAILY)(keep_roles)
    job(PRINT)(print_certificates)
    job(TAKE_OVER)(take_over_network)


def rebuild_after(changed: Model, organisation: Organisation) -> Job:
    """Return the job that writes an organisation's spans and proposals anew after a role or cycle was changed."""
    key = f"{REBUILD}:{changed._meta.model_name}:{changed.pk}:{timezone.now().isoformat()}"
    title = _("The register is reckoned anew: %(changed)s") % {"changed": changed}
    return enqueue(REBUILD, key, organisation=organisation.pk, title=title)


def rebuild_spans(row: Job) -> dict[str, Any]:
    """Write an organisation's spans and proposals anew; the result says for how many people."""
    organisation = Organisation.objects.get(pk=row.arguments["organisation"])
    return {"people": rebuild_organisation(organisation, row.progress)}


def note_after(certificate: CourseCertificate) -> None:
    """Let the worker write a certificate into the ledger; the learner who just sent her evaluation does not wait."""
    set_going(NOTE_COURSE, f"{NOTE_COURSE}:{certificate.uuid}", certificate=certificate.pk)


def note_course(row: Job) -> None:
    """Write a course certificate into the ledger of evidence, and propose what follows. Twice is once."""
    course_finished(CourseCertificate.objects.select_related("volunteer").get(pk=row.arguments["certificate"]))


def keep_roles_daily(today: date) -> None:
    """Let the worker do what the calendar brings, once a day, however often this is asked."""
    set_going(DAILY, f"{DAILY}:{today.isoformat()}")


def keep_roles(row: Job) -> dict[str, Any]:
    """Raise what waited, propose renewals and lapses, remind, forget old visits. Late or twice does nothing twice."""
    return {
        "rose": raise_waiting(timezone.now()),
        "proposed": propose_daily(progress=row.progress),
        "reminded": remind(timezone.localdate()),
        "wiped": wipe_old(timezone.localdate()),
    }
