"""What is typed when something is decided: the reason the volunteer reads, until when, which decision."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.deciding.foreseeing import MOST_YEARS
from certificates.models import Proposal, Role
from certificates.spanning import today
from people.public import DayField

SHE_READS_IT = _("She reads it on her page. Write no names of other people, patients or cases.")
MOST_AT_ONCE = 100


class ReasonField(forms.CharField):
    """A reason that the volunteer reads."""

    def __init__(self, **kwargs: Any) -> None:
        told = {
            "label": _("Reason"),
            "help_text": SHE_READS_IT,
            "max_length": 300,
            "error_messages": {"required": _("Write the reason: the volunteer reads it.")},
            **kwargs,
        }
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **told)


class ConfirmForm(forms.Form):
    """A word with the confirmation, if there is one."""

    reason = ReasonField(label=_("A word for her, if you want"), required=False)


class DeclineForm(forms.Form):
    """Why not."""

    reason = ReasonField(label=_("Why not, in words for her"))


class ActForm(forms.Form):
    """The reason of an act on a role."""

    reason = ReasonField()


class ExtendForm(ActForm):
    """Until when a role is to go on, and why."""

    until = DayField(label=_("Until which day?"))
    field_order = ["until", "reason"]

    def clean_until(self) -> date:
        """Refuse a slip of the finger: a day many years from now."""
        until: date = self.cleaned_data["until"]
        if until > today() + timedelta(days=365 * MOST_YEARS):
            raise forms.ValidationError(_("That is more than five years from now. Look at the year again."))
        return until


class AppealForm(forms.Form):
    """Whether the first decision stays, and the answer she reads."""

    upheld = forms.TypedChoiceField(
        label=_("What do you decide?"),
        choices=[("no", _("The first decision does not stay")), ("yes", _("The first decision stays"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the first decision stays.")},
    )
    answer = ReasonField(
        label=_("Your answer"),
        error_messages={"required": _("Write the answer: the volunteer reads it.")},
    )


class FilterForm(forms.Form):
    """Which proposals to show: of one role, of one kind."""

    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.none(), to_field_name="uuid", required=False, empty_label=_("All roles")
    )
    kind = forms.ChoiceField(label=_("What"), choices=[("", _("All kinds")), *Proposal.Kind.choices], required=False)

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return the conditions that were chosen; what is not understood is no condition."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ManyForm(forms.Form):
    """A decision about many proposals: which, what, one reason. Its token lets it be sent twice and count once."""

    decision = forms.ChoiceField(choices=[("confirm", _("confirm")), ("decline", _("decline"))])
    token = forms.UUIDField(widget=forms.HiddenInput)
    reason = ReasonField(label=_("One reason for all of them"), help_text=_("Each of them reads it on her page."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4())


def chosen_keys(values: list[str]) -> list[UUID]:
    """Return the uuids among what was sent, each once, in its order, as many as are decided at once at most."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(value)] = None
        except ValueError:
            continue
    return list(found)[:MOST_AT_ONCE]
