"""The file that is sent in, and who each doubtful row means."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.taking_over.reading import MOST_BYTES
from certificates.taking_over.sorting import LEAVE_OUT, OTHER, Line
from people.models import Organisation


class TableForm(forms.Form):
    """A table of the existing network, for one of the organisations in one's care."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), to_field_name="uuid"
    )
    file = forms.FileField(
        label=gettext_lazy("The table, filled in (XLSX)"),
        help_text=gettext_lazy("At most 2,000 people. You see what would happen before anything is written."),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def __init__(self, organisations: list[Organisation], *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=[row.pk for row in organisations])  # type: ignore[attr-defined]
        field.initial = organisations[0].uuid
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        """Refuse a file that is far too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 5 MB. A table of people is much smaller: leave out pictures.")
            )
        return file


class ChoicesForm(forms.Form):
    """For each doubtful row: the same person, another one, or leave the row out."""

    def __init__(self, doubtful: list[Line], *args: Any) -> None:
        super().__init__(*args)
        self.numbers = [line.number for line in doubtful]
        for line in doubtful:
            options = [(choice.key, choice.words) for choice in line.choices]
            options += [(OTHER, _("another person of the same name")), (LEAVE_OUT, _("leave this row out"))]
            self.fields[f"row-{line.number}"] = forms.ChoiceField(
                label=_("Row %(number)s: %(name)s, %(place)s. Who is she?")
                % {"number": line.number, "name": line.name, "place": line.place},
                choices=options,
                widget=forms.RadioSelect,
                error_messages={"required": _("Row %s: say who she is.") % line.number},
            )

    def choices(self) -> dict[int, str]:
        """Return what was chosen, by the row's number."""
        return {number: self.cleaned_data[f"row-{number}"] for number in self.numbers}
