"""Blocks on which lessons and questions are built: facts with their source, and a slot for a human voice."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtailmedia.blocks import AudioChooserBlock

PARAGRAPHS = ["bold", "italic", "ol", "ul", "link"]


class FactBlock(blocks.StructBlock):
    """A fact that a text rests on, and how sure it is.

    Marks as in the school's domain notes: A read in a named source, B well known but not re-read, C uncertain or
    proposed; a lawyer or the issuing organisation may still have to confirm it.
    """

    statement = blocks.CharBlock(label=_("fact"), max_length=400)
    citation = blocks.CharBlock(label=_("source"), max_length=300)
    mark = blocks.ChoiceBlock(
        label=_("how sure"),
        choices=[
            ("A", _("A: read in the source")),
            ("B", _("B: well known, not re-read")),
            ("C", _("C: uncertain or proposed")),
        ],
        default="C",
    )
    lawyer = blocks.BooleanBlock(label=_("a lawyer must check it"), required=False, default=False)
    cegss = blocks.BooleanBlock(label=_("the organisation must confirm it"), required=False, default=False)

    class Meta:
        label = _("fact")
        icon = "success"


def is_settled(fact: Any) -> bool:
    """Return whether a fact (a `FactBlock` value) may be shown as settled and scored in a question."""
    return fact["mark"] == "A" and not fact["lawyer"] and not fact["cegss"]


class SpokenBlock(blocks.StructBlock):
    """Base of every block that is read aloud: it has its facts and a slot for a human recording."""

    sources = blocks.ListBlock(FactBlock(), label=_("facts and sources"), default=[], collapsed=True)
    recording = AudioChooserBlock(label=_("human recording"), required=False)

    base_blocks: Any
    last_parts: tuple[str, ...] = ("sources", "recording")
    """What stands at the end of the form: an author writes first and says afterwards on what it rests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parts = self.base_blocks.copy()  # Wagtail lays the form out by it while it makes the block
        for name in self.last_parts:
            if name in parts:
                parts.move_to_end(name)
        self.base_blocks = parts
        super().__init__(*args, **kwargs)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add whether any fact of this block still awaits review."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["awaits_review"] = any(not is_settled(fact) for fact in value.get("sources") or [])
        return context
