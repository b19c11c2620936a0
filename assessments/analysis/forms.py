"""What a trainer chooses and says on the pages of the analysis."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.analysis.questions import Version


class ScopeForm(forms.Form):
    """Which answers to look at."""

    since = forms.DateField(
        label=_("Answers sent since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    every_try = forms.BooleanField(
        label=_("Count every try"),
        required=False,
        help_text=_("Without it, only each person's first try counts: who comes again already knows the questions."),
    )


class TakeOutForm(forms.Form):
    """Why a question, or some of its versions, no longer counts."""

    versions = forms.TypedMultipleChoiceField(
        label=_("Which versions"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with every result that changes. Do not write anybody's name."),
    )

    def __init__(self, *args: Any, versions: Sequence[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_versions = [version.row for version in versions if version.exclusion is None]
        field = self.fields["versions"]
        field.choices = [(row.pk, f"{row.pk}: {row.content['prompt']}") for row in open_versions]  # type: ignore[attr-defined]
        field.initial = [row.pk for row in open_versions]
