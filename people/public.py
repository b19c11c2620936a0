"""What the floors above may ask of people. Wagtail's admin has its own base classes in `owning` and `viewsets`."""

from people.forms import NameForm
from people.joining import Newcomer, join
from people.permissions import may, organisations_where, those_she_may
from people.signing_in import KEPT_DEEDS, the_learner, why_too_easy
from people.staffing import ADMINISTRATORS, COORDINATORS, TRAINERS, TRANSLATORS, take_on
from people.territories import load_guatemala

__all__ = [
    "ADMINISTRATORS",
    "COORDINATORS",
    "KEPT_DEEDS",
    "TRAINERS",
    "TRANSLATORS",
    "NameForm",
    "Newcomer",
    "join",
    "load_guatemala",
    "may",
    "organisations_where",
    "take_on",
    "the_learner",
    "those_she_may",
    "why_too_easy",
]
