"""The form that brings a file of questions."""

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionsForm(forms.Form):
    """A file of questions to take into a bank; it is checked when it is read."""

    file = forms.FileField(
        label=_("File with questions"),
        help_text=_("Moodle XML, GIFT or CSV, at most 10 MB and 2,000 questions."),
        widget=forms.FileInput(attrs={"accept": ".xml,.txt,.gift,.csv"}),
    )
