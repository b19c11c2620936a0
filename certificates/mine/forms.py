"""What she types when she asks another office to look again."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_SIGNS = 500


class AppealForm(forms.Form):
    """What she wants to say, if she wants to say something."""

    words = forms.CharField(
        label=_("What do you want to say? You may leave it empty."),
        max_length=MOST_SIGNS,
        required=False,
        help_text=_("Write no cases and no names of other people."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("That is too long. Write 500 signs at most.")},
    )
