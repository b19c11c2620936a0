"""Long work as rows: the table is the truth, whatever carries the message."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=60)


class JobQuerySet(models.QuerySet["Job"]):
    """Questions about long work."""

    def due(self) -> "JobQuerySet":
        """Waiting jobs whose time has come, and running ones whose worker has died."""
        now = timezone.now()
        return self.filter(
            Q(state=Job.State.WAITING, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )


class Job(models.Model):
    """One piece of long work: what, how far, and how it ended."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=128, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    run_after = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "run_after"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def hold(self, how_long: timedelta) -> None:
        """Take a longer lease, for work that cannot renew it before it ends."""
        self.lease_until = timezone.now() + how_long
        self.save(update_fields=["lease_until"])

    def progress(self, done: int, total: int) -> None:
        """Keep how far the work is and renew the lease; raise `JobCancelled` when someone cancelled it."""
        self.done, self.total, self.lease_until = done, total, timezone.now() + LEASE
        kept = Job.objects.filter(pk=self.pk, state=Job.State.RUNNING).update(
            done=done, total=total, lease_until=self.lease_until
        )
        if not kept:
            raise JobCancelled


class JobCancelled(Exception):
    """Someone cancelled the job while it was running."""
