"""Who did what to which row. Ids only: no names, addresses or free text."""

import hashlib
import json

from django.db import models


class AuditEntry(models.Model):
    """One deed of a person with responsibility. Written once, never changed (`cms.auditing.record`)."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=128)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["target", "id"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"

    def digest(self, previous: str) -> str:
        """Return the SHA-256 (hex) of this entry joined to the one before it."""
        row = [previous, self.pk, self.at.isoformat(), self.actor, self.action, self.target, self.details]
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


class AuditSeal(models.Model):
    """The chained hash over all entries up to one: a changed or missing entry breaks every later seal."""

    last_entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["last_entry_id"]

    def __str__(self) -> str:
        return self.digest
