"""Models of the ground floor."""

from cms.models.audit import AuditEntry, AuditSeal
from cms.models.pages import HomePage, StandardPage
from cms.models.throttle import Throttle
from cms.models.work import Job

__all__ = ["AuditEntry", "AuditSeal", "HomePage", "Job", "StandardPage", "Throttle"]
