"""Long work: written once as a function of a job, run by the embedded worker or by Celery.

Jobs must be idempotent: a killed worker's job is run again from the start when its lease has passed.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cms.celery import RUN_JOB, app
from cms.models.work import LEASE, Job, JobCancelled

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
_kinds: dict[str, Callable[[Job], dict[str, Any] | None]] = {}


def job(kind: str) -> Callable[[Callable[[Job], dict[str, Any] | None]], Callable[[Job], dict[str, Any] | None]]:
    """Register a function as the work of a kind of job. It may return a result (JSON)."""

    def register(function: Callable[[Job], dict[str, Any] | None]) -> Callable[[Job], dict[str, Any] | None]:
        _kinds[kind] = function
        return function

    return register


def enqueue(kind: str, idempotency_key: str, **arguments: Any) -> Job:
    """Return the job with this key, made now if there is none; it runs after the transaction commits."""
    row, created = Job.objects.get_or_create(
        idempotency_key=idempotency_key, defaults={"kind": kind, "arguments": arguments}
    )
    if created and settings.REDIS_URL:
        transaction.on_commit(partial(app.send_task, RUN_JOB, [row.pk]))
    return row


def set_going(kind: str, idempotency_key: str, **arguments: Any) -> None:
    """Do as `enqueue` in one query, for learners' requests: what follows from a deed and need not be seen at once."""
    Job.objects.bulk_create(
        [Job(kind=kind, idempotency_key=idempotency_key, arguments=arguments)], ignore_conflicts=True
    )
    if settings.REDIS_URL:
        transaction.on_commit(partial(_send, idempotency_key))


def _send(idempotency_key: str) -> None:
    waiting = Job.objects.due().filter(idempotency_key=idempotency_key)
    for job_id in waiting.values_list("pk", flat=True):
        app.send_task(RUN_JOB, [job_id])


def run_job(job_id: int) -> Job | None:
    """Run one job if it is due; return it, or None when another worker has it or it has ended."""
    if not _lease(job_id):
        return None
    row = Job.objects.get(pk=job_id)
    try:
        result = _kinds[row.kind](row)
    except JobCancelled:
        log.info("job %s was cancelled", job_id)
    except Exception as error:
        log.exception("job %s failed", job_id)
        again = row.attempts < MOST_ATTEMPTS
        _finish(job_id, Job.State.WAITING if again else Job.State.FAILED, error=f"{type(error).__name__}: {error}")
    else:
        _finish(job_id, Job.State.DONE, result=result or {})
    row.refresh_from_db()
    return row


def run_next() -> Job | None:
    """Run the oldest due job; return it, or None when nothing waits."""
    for job_id in Job.objects.due().values_list("pk", flat=True)[:5]:
        row = run_job(job_id)
        if row:
            return row
    return None


def cancel(row: Job) -> bool:
    """Cancel a job that has not ended; return whether it was in time."""
    return bool(
        Job.objects.filter(pk=row.pk, state__in=[Job.State.WAITING, Job.State.RUNNING]).update(
            state=Job.State.CANCELLED, finished_at=timezone.now()
        )
    )


def _lease(job_id: int) -> bool:
    """Take the job in one statement, so that two workers cannot both have it."""
    return bool(
        Job.objects.due()
        .filter(pk=job_id)
        .update(state=Job.State.RUNNING, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1)
    )


def _finish(job_id: int, state: str, **fields: Any) -> None:
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(state=state, finished_at=timezone.now(), **fields)
