"""The question to the register, as a form whose address can be kept and sent on."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import MonitoringCycle, Role
from certificates.register.asking import STATUSES, Question, Scope, today
from cms.languages import languages
from cms.orthography import search_key
from people.models import Cohort, Territory
from people.public import DayField, find_places

STATUS_WORDS = {
    "certified": gettext_lazy("may do it"),
    "ends_soon": gettext_lazy("ends within 60 days"),
    "paused": gettext_lazy("paused"),
    "training": gettext_lazy("in training"),
    "not_valid": gettext_lazy("not valid"),
}
NEVER_SPOKEN = {"en", "fr", "pt"}


class QuestionForm(forms.Form):
    """Who may do [role] in [place] on [day], and narrower."""

    role = forms.ModelChoiceField(label=gettext_lazy("Role"), queryset=Role.objects.none(), to_field_name="uuid")
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    day = DayField(label=gettext_lazy("Day"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Who"), choices=list(STATUS_WORDS.items()), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Interview language"), required=False)
    cohort = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Cohort.objects.none(),
        required=False,
        to_field_name="uuid",
        empty_label=gettext_lazy("whichever"),
    )

    places: list[Territory]
    """The places that what was typed may mean, when it means several."""

    def __init__(self, data: Any, scope: Scope) -> None:
        organisations = scope.organisations
        roles = Role.objects.filter(organisation__in=organisations, retired=False).select_related("organisation")
        self.places = []
        super().__init__({**_first_question(organisations), **{key: data[key] for key in data}})
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["cohort"].queryset = Cohort.objects.filter(organisation__in=organisations)  # type: ignore[attr-defined]
        spoken = [("", _("whichever"))]
        spoken += [(row.code, row.name) for row in languages().values() if row.code not in NEVER_SPOKEN]
        self.fields["language"].choices = spoken  # type: ignore[attr-defined]  # a ChoiceField

    def clean_day(self) -> date:
        """Return the day asked for, today when none was."""
        return self.cleaned_data["day"] or today()

    def clean_status(self) -> str:
        """Return the status asked for."""
        return self.cleaned_data["status"] or next(iter(STATUSES))

    def clean_place(self) -> Territory | None:
        """Return the place that was typed or chosen (by its code), None for anywhere."""
        typed = self.cleaned_data["place"].strip()
        if not typed:
            return None
        known = Territory.objects.select_related("parent__parent").filter(code=typed).first()
        if known:
            return known
        bare = typed.partition("(")[0].strip()
        whole = Territory.objects.select_related("parent__parent").filter(search_text=_key(bare), kind="department")
        found = list(find_places(bare)) + list(whole)
        exact = [place for place in found if str(place) == typed] or [
            place for place in found if search_key(place.name) == search_key(bare)
        ]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        self.places = exact or found
        if self.places:
            raise forms.ValidationError(_("Several places have this name. Choose one."))
        raise forms.ValidationError(_("We know no municipality of this name. Look at how it is written."))

    def clean(self) -> dict[str, Any]:
        """Show the place by its name, however it was told."""
        found = super().clean() or {}
        if found.get("place"):
            self.data = {**self.data, "place": str(found["place"])}
        return found

    @property
    def question(self) -> Question:
        """What is asked."""
        given = self.cleaned_data
        return Question(
            given["role"], given["day"], given["place"], given["status"], given["language"], given["cohort"]
        )


def _key(name: str) -> str:
    return search_key(f"{name} ")


def _first_question(organisations: list[Any]) -> dict[str, Any]:
    """Return what is asked before anybody asks: the role needed for visits in this cycle, today, anywhere."""
    cycles = MonitoringCycle.objects.filter(
        organisation__in=organisations, starts_on__lte=today(), ends_on__gte=today(), visit_role__isnull=False
    ).select_related("visit_role")
    cycle = cycles.first()
    role = cycle.visit_role if cycle else Role.objects.filter(organisation__in=organisations, retired=False).first()
    return {"role": str(role.uuid) if role else "", "day": today().isoformat(), "status": next(iter(STATUSES))}
