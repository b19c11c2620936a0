"""What the floors above may ask of people. Wagtail's admin has its own base classes in `owning` and `viewsets`."""

from people.forms import CodeField, DayField, NameForm, PlaceField
from people.joining import JoiningRefused, Newcomer, cards_for, join, those_to_invite
from people.permissions import may, organisations_where, person_may, responsibilities_for, those_she_may
from people.signing_in import KEPT_DEEDS, clean_code, the_learner, why_too_easy
from people.staffing import ADMINISTRATORS, COORDINATORS, TRAINERS, TRANSLATORS, take_on
from people.territories import find_places, load_guatemala

__all__ = [
    "ADMINISTRATORS",
    "COORDINATORS",
    "KEPT_DEEDS",
    "TRAINERS",
    "TRANSLATORS",
    "CodeField",
    "DayField",
    "JoiningRefused",
    "NameForm",
    "Newcomer",
    "PlaceField",
    "cards_for",
    "clean_code",
    "find_places",
    "join",
    "load_guatemala",
    "may",
    "organisations_where",
    "person_may",
    "responsibilities_for",
    "take_on",
    "the_learner",
    "those_she_may",
    "those_to_invite",
    "why_too_easy",
]
