"""A volunteer with a role, signed in, and those who decide about her."""

import pytest
from django.utils import timezone, translation

from certificates.granting import confirm
from certificates.models import ConductCode, Proposal
from certificates.vouching import sign_conduct


@pytest.fixture(autouse=True)
def _in_spanish():
    """Whatever language was asked for before."""
    with translation.override("es"):
        yield


@pytest.fixture
def coordinator(make_staff):
    return make_staff("coordinator")


@pytest.fixture
def ready(volunteer, place_called, complete_course, organisation):
    """The volunteer, who lives in Carchá and has done everything that «defensora» asks."""
    volunteer.territory = place_called("1609")
    volunteer.save()
    complete_course(volunteer)
    sign_conduct(volunteer, ConductCode.objects.get(organisation=organisation), timezone.localdate())
    return volunteer


@pytest.fixture
def proposal(ready, role_called):
    return Proposal.objects.get(volunteer=ready, role=role_called("defensora"))


@pytest.fixture
def grant(proposal, coordinator):
    return confirm(proposal, coordinator).grant
