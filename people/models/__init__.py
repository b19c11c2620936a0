"""Models of people."""

from people.models.organisations import Organisation, Responsibility, Territory
from people.models.signing_in import Cohort, CohortMembership, DeviceCredential, Invitation, SignIn, User
from people.models.volunteers import Consent, Identity, Volunteer

__all__ = [
    "Cohort",
    "CohortMembership",
    "Consent",
    "DeviceCredential",
    "Identity",
    "Invitation",
    "Organisation",
    "Responsibility",
    "SignIn",
    "Territory",
    "User",
    "Volunteer",
]
