"""Models of certificates."""

from certificates.models.course_certificates import CertificateCopy, CourseCertificate, IssuerProfile, Signatory
from certificates.models.credentials import FieldCredential
from certificates.models.evidence import Evidence
from certificates.models.grants import Appeal, Grant, Period, Proposal, Reminder, Span
from certificates.models.looking_up import Alert, LookUp, SensitiveExport
from certificates.models.roles import ConductCode, MonitoringCycle, Requirement, Role
from certificates.models.visits import Visit, VisitPerson

__all__ = [
    "Alert",
    "Appeal",
    "CertificateCopy",
    "ConductCode",
    "CourseCertificate",
    "Evidence",
    "FieldCredential",
    "Grant",
    "IssuerProfile",
    "LookUp",
    "MonitoringCycle",
    "Period",
    "Proposal",
    "Reminder",
    "Requirement",
    "Role",
    "SensitiveExport",
    "Signatory",
    "Span",
    "Visit",
    "VisitPerson",
]
