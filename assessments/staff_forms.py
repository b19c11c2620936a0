"""Forms of the admin on questions and quizzes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from people.owning import OwnedForm


class QuestionForm(OwnedForm):
    """A question; the lesson to read again is chosen by name, from the lessons that other floors offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "review_key" in self.fields:
            lessons = [choice for offer in hooks.get_hooks("lesson_choices") for choice in offer(self.for_user)]
            self.fields["review_key"] = forms.TypedChoiceField(
                label=_("Lesson to read again"),
                help_text=_("Who misses the question is sent back to it."),
                choices=[("", "—"), *_with_present(lessons, self.initial.get("review_key"))],
                required=False,
                empty_value=None,
            )


class QuizForm(OwnedForm):
    """A quiz; a chosen question must be one of the bank named beside it."""

    def clean(self) -> dict[str, Any]:
        """Refuse a line whose question stands in another bank."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lines = self.formsets.get("draws")
        for line in lines.forms if lines and lines.is_valid() else []:
            bank, question = line.cleaned_data.get("bank"), line.cleaned_data.get("question")
            if bank and question and question.bank_id != bank.pk:
                line.add_error("question", _("This question stands in another bank. Choose its bank beside it."))
        return cleaned


def _with_present(choices: list[tuple[str, str]], present: Any) -> list[tuple[str, str]]:
    """Return the choices, with the present one even where this person could not choose it."""
    known = {key for key, _title in choices}
    return choices if not present or str(present) in known else [*choices, (str(present), str(_("(another course)")))]
