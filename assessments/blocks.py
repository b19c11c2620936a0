"""Question types as blocks: the same for practice inside a lesson and for the questions of a bank."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from assessments.contents import content_of
from cms.blocks import SpokenBlock


class OptionBlock(blocks.StructBlock):
    """One answer that can be chosen."""

    text = blocks.CharBlock(label=_("answer"), max_length=300)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    correct = blocks.BooleanBlock(label=_("this is right"), required=False, default=False)
    feedback = blocks.CharBlock(
        label=_("what to say to who chooses it"), max_length=400, help_text=_("Give the reason, kindly.")
    )

    class Meta:
        label = _("answer")
        icon = "list-ul"


class QuestionBlock(SpokenBlock):
    """Base of the question types; `template` shows it as practice inside a lesson."""

    class Meta:
        group = _("Practice questions")
        template = "assessments/blocks/practice_question.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the question in the form that grading and every template use."""
        context = super().get_context(value, parent_context)
        context["question"] = content_of(self.name, value)
        return context


class SingleChoiceBlock(QuestionBlock):
    """One right answer among three or four."""

    prompt = blocks.TextBlock(label=_("question"), max_length=600)
    options = blocks.ListBlock(OptionBlock(), label=_("answers"), min_num=2, max_num=6)
    explanation = blocks.TextBlock(label=_("why"), required=False, max_length=800)

    class Meta:
        label = _("One right answer")
        icon = "radio-full"

    def clean(self, value: Any) -> Any:
        """Refuse a question without exactly one right answer."""
        cleaned = super().clean(value)
        if sum(option["correct"] for option in cleaned["options"]) != 1:
            raise blocks.StructBlockValidationError(
                block_errors={"options": ValidationError(_("Mark exactly one answer as right."))}
            )
        return cleaned


class MultipleChoiceBlock(QuestionBlock):
    """Several right answers among the options."""

    prompt = blocks.TextBlock(label=_("question"), max_length=600)
    options = blocks.ListBlock(OptionBlock(), label=_("answers"), min_num=3, max_num=8)
    explanation = blocks.TextBlock(label=_("why"), required=False, max_length=800)

    class Meta:
        label = _("Several right answers")
        icon = "tick-inverse"

    def clean(self, value: Any) -> Any:
        """Refuse a question in which no answer, or every answer, is right."""
        cleaned = super().clean(value)
        right = sum(option["correct"] for option in cleaned["options"])
        if not 0 < right < len(cleaned["options"]):
            raise blocks.StructBlockValidationError(
                block_errors={"options": ValidationError(_("Mark the right answers; at least one must be wrong."))}
            )
        return cleaned


class TrueFalseBlock(QuestionBlock):
    """A sentence that is true or false."""

    prompt = blocks.TextBlock(label=_("sentence"), max_length=600)
    answer = blocks.BooleanBlock(label=_("the sentence is true"), required=False, default=False)
    feedback_true = blocks.CharBlock(label=_("to who answers «true»"), max_length=400)
    feedback_false = blocks.CharBlock(label=_("to who answers «false»"), max_length=400)
    explanation = blocks.TextBlock(label=_("why"), required=False, max_length=800)

    class Meta:
        label = _("True or false")
        icon = "order"


QUESTION_BLOCKS = [
    ("single_choice", SingleChoiceBlock()),
    ("multiple_choice", MultipleChoiceBlock()),
    ("true_false", TrueFalseBlock()),
]
QUESTION_TYPES = {name for name, _block in QUESTION_BLOCKS}
