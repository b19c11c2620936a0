"""A coordinator revokes a certificate of her organisation."""

import pytest
from django.utils import timezone

from certificates.issuing import issue
from cms.models import AuditEntry


@pytest.fixture
def certificate(volunteer, course):
    return issue(volunteer, course, None, timezone.now())


def revoke(client, certificate, reason="Se emitió por error."):
    return client.post("/es/facilitate/certificates/", {"code": certificate.spaced_code, "reason": reason})


def test_a_coordinator_revokes_with_a_reason_that_only_the_holder_reads(
    certificate, make_staff, staff_client, learner_client, client
):
    coordinator = staff_client(make_staff("coordinator"))

    assert revoke(coordinator, certificate).status_code == 302

    certificate.refresh_from_db()
    assert not certificate.is_valid()
    stranger_reads = client.get(f"/es/c/{certificate.code}/").content.decode()
    assert "verify-answer--invalid" in stranger_reads
    assert "por error" not in stranger_reads
    assert "por error" in learner_client.get(f"/es/me/certificate/{certificate.code}/").content.decode()
    entry = AuditEntry.objects.get(action="certificate_revoked")
    assert entry.details == {}


def test_another_organisations_coordinator_cannot_revoke_it(certificate, make_staff, staff_client, other_organisation):
    stranger = staff_client(make_staff("coordinator", organisation=other_organisation))

    assert revoke(stranger, certificate).status_code == 422

    certificate.refresh_from_db()
    assert certificate.is_valid()


def test_revoking_twice_keeps_the_first_reason(certificate, make_staff, staff_client):
    coordinator = staff_client(make_staff("coordinator"))
    revoke(coordinator, certificate, "Primera razón")

    assert revoke(coordinator, certificate, "Segunda razón").status_code == 422

    certificate.refresh_from_db()
    assert certificate.revoked_reason == "Primera razón"
