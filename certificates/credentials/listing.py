"""What the database knows of field credentials: whose there are, and which count no more."""

from people.models import Organisation


def organisations_with_credentials() -> list[Organisation]:
    """Return the organisations that have ever issued a field credential."""
    return []


def revoked_indexes(organisation: Organisation) -> list[int]:
    """Return the status indexes of an organisation's credentials that are revoked or suspended now."""
    return []
