"""Banks of questions."""

import pytest


@pytest.fixture
def bank(organisation):
    """A bank that no quiz asks from."""
    from assessments.models import QuestionBank

    return QuestionBank.objects.create(organisation=organisation, name="Prueba", slug="prueba")
