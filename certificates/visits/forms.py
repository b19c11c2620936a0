"""What is typed about a visit; whom to ask by her code; what came of it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Role, Visit
from certificates.spanning import today
from certificates.visits.closing import Reason, may_have_gone
from certificates.visits.planning import DEED, Plan, places_for, roles_for
from certificates.visits.team import Asked
from cms.orthography import search_key
from people.models import Organisation, Territory, User, Volunteer
from people.public import CodeField, DayField, organisations_where

MOST_PEOPLE = 20
MOST_OFFERED = 20
NO_CASES = gettext_lazy("Do not write names of patients or cases.")


class RoleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A role, told with its organisation where there are several."""

    names_organisation = False

    def label_from_instance(self, role: Any) -> str:
        """Return the name of a role."""
        return f"{role.name} · {role.organisation}" if self.names_organisation else role.name


class VisitForm(forms.Form):
    """Day, municipality, service, role and number of a visit. Never a patient: the fields say so."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.none(),
        error_messages={"required": gettext_lazy("Choose for which organisation the visit is.")},
    )
    day = DayField(label=gettext_lazy("Day of the visit"))
    municipality = forms.CharField(
        label=gettext_lazy("Municipality"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Write part of its name."),
        error_messages={"required": gettext_lazy("Write the municipality.")},
    )
    territory = forms.CharField(max_length=16, required=False)
    facility_kind = forms.ChoiceField(label=gettext_lazy("Kind of service"), choices=Visit.Facility.choices)
    facility = forms.CharField(
        label=gettext_lazy("Name of the service"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: CAP San Pedro. Never the name of a patient."),
    )
    place = forms.CharField(
        label=gettext_lazy("Community or place (if you want to say it)"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Do not write whose house it is."),
    )
    role = RoleField(
        label=gettext_lazy("Role that is needed"),
        queryset=Role.objects.none(),
        required=False,
        empty_label=gettext_lazy("As the monitoring cycle says"),
    )
    people_needed = forms.IntegerField(
        label=gettext_lazy("How many people are needed?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        help_text=gettext_lazy("Leave it empty to follow the monitoring cycle."),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What the visit is for, in plain words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_CASES,
    )
    contact = forms.CharField(
        label=gettext_lazy("Whom to call on that day: name and number"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("It stands on the letter. Empty: there is a line to write it by hand."),
    )

    def __init__(self, user: User, *args: Any, visit: Visit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.visit = user, visit
        self.places: list[Territory] = []
        """The municipalities to choose from, where what was typed fits several."""
        self.chosen: Territory | None = None
        organisations = [visit.organisation] if visit else organisations_where(user, DEED)
        offered: Any = self.fields["organisation"]
        offered.queryset = Organisation.objects.filter(pk__in=[row.pk for row in organisations])
        roles: Any = self.fields["role"]
        roles.queryset, roles.names_organisation = roles_for(organisations), len(organisations) > 1
        if len(organisations) == 1:
            del self.fields["organisation"]
        self.only = organisations[0] if len(organisations) == 1 else None
        self.fields["day"].widget.attrs["min"] = min(today(), visit.day if visit else today()).isoformat()
        self.initial = {**(_told_of(visit) if visit else _usual()), **self.initial}

    def clean(self) -> dict[str, Any]:
        """Find the municipality by what was typed; where several fit, ask which one."""
        cleaned = super().clean() or {}
        typed = cleaned.get("municipality", "")
        if typed:
            found = sorted(places_for(self.user, typed), key=lambda place: search_key(place.name) != search_key(typed))
            picked = [place for place in found if place.code == self._picked(typed)]
            if len(found) == 1 or picked:
                self.chosen = (picked or found)[0]
            elif found:
                self.places = found[:MOST_OFFERED]
                self.add_error("municipality", _("Several municipalities fit. Choose which one it is."))
            else:
                words = _("We found no municipality with that name in your care. Try with fewer letters.")
                self.add_error("municipality", words)
        return cleaned

    def _picked(self, typed: str) -> str:
        """Return the code of the place chosen among several, or the visit's own where its name was left as it was."""
        unchanged = self.visit is not None and typed == self.visit.territory.name
        own = self.visit.territory.code if self.visit and unchanged else ""
        return self.cleaned_data.get("territory") or own

    @property
    def plan(self) -> Plan:
        """What was told, once the form is valid."""
        told = self.cleaned_data
        names = ("uuid", "day", "facility_kind", "facility", "place", "role", "people_needed", "purpose", "contact")
        assert self.chosen is not None  # noqa: S101  (a valid form has found it; tells mypy)
        organisation = self.only or told["organisation"]
        return Plan(organisation=organisation, territory=self.chosen, **{name: told[name] for name in names})


def _usual() -> dict[str, Any]:
    return {
        "uuid": uuid.uuid4(),
        "facility_kind": Visit.Facility.POST,
        "purpose": _("To see how people are attended and what is lacking, with permission and without disturbing."),
    }


def _told_of(visit: Visit) -> dict[str, Any]:
    names = ("uuid", "day", "facility_kind", "facility", "place", "people_needed", "purpose", "contact")
    told = {name: getattr(visit, name) for name in names}
    place = visit.territory
    return {**told, "role": visit.role_id, "municipality": place.name}


class PersonForm(forms.Form):
    """A person by the code of her card."""

    code = CodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of the person")
        self.fields["code"].widget.attrs["autocomplete"] = "off"


class OutcomeForm(forms.Form):
    """What came of a visit: it took place and who went, or it did not and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[
            (Visit.State.TOOK_PLACE, gettext_lazy("It took place")),
            (Visit.State.CANCELLED, gettext_lazy("It did not take place")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether the visit took place.")},
    )
    went = forms.MultipleChoiceField(
        label=gettext_lazy("Who went?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("If it did not: why?"),
        choices=[("", gettext_lazy("Choose")), *Reason.choices],
        required=False,
    )

    def __init__(self, visit: Visit, team: list[Asked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(asked.person.uuid): asked for asked in team if may_have_gone(asked)}
        went: Any = self.fields["went"]
        went.choices = [(key, asked.name) for key, asked in self.people.items()]
        if today() < visit.day:
            outcome: Any = self.fields["outcome"]
            outcome.choices = [(Visit.State.CANCELLED, _("It will not take place"))]
            self.initial.setdefault("outcome", Visit.State.CANCELLED)
        elif visit.state != Visit.State.PLANNED:
            self.initial.setdefault("outcome", visit.state)
        self.initial.setdefault("went", [key for key, asked in self.people.items() if _probably_went(visit, asked)])

    def clean(self) -> dict[str, Any]:
        """Ask for what the outcome needs."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Visit.State.TOOK_PLACE and not cleaned.get("went"):
            words = _("Mark who went. If nobody went, say that the visit did not take place.")
            self.add_error("went", words)
        if cleaned.get("outcome") == Visit.State.CANCELLED and not cleaned.get("reason"):
            self.add_error("reason", _("Choose why the visit does not take place."))
        return cleaned

    @property
    def those_who_went(self) -> list[Volunteer]:
        """The people marked."""
        return [self.people[key].person for key in self.cleaned_data["went"]]


def _probably_went(visit: Visit, asked: Asked) -> bool:
    return asked.counts if visit.state == Visit.State.PLANNED else bool(asked.row.went)
