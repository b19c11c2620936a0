"""Question types as blocks: the same for practice inside a lesson and for the questions of a bank."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock

from assessments.contents import key_of
from cms.blocks import SpokenBlock

GAP = "___"
FEEDBACK_HELP = _("Give the reason, kindly.")


def picture_of(image: Any) -> dict[str, Any] | None:
    """Return a picture as plain data: `url`, `description`, `width` and `height` in pixels."""
    if image is None:
        return None
    return {"url": image.file.url, "description": image.description, "width": image.width, "height": image.height}


def recording_of(media: Any) -> dict[str, Any] | None:
    """Return a recording as plain data: `url` and `bytes`."""
    return {"url": media.file.url, "bytes": media.file.size} if media else None


def mixed(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return parts in an order that tells nothing and is the same for everyone (by the hash of their ids)."""
    return sorted(parts, key=lambda part: hashlib.sha256(part["id"].encode()).digest())


def refuse(name: str, message: Any) -> blocks.StructBlockValidationError:
    """Return the error that points an author to one part of a question."""
    return blocks.StructBlockValidationError(block_errors={name: ValidationError(message)})


class PartBlock(blocks.StructBlock):
    """Base of what a question is made of and can be looked at and listened to."""

    def content(self, part: Any) -> dict[str, Any]:
        """Return the part (a child of a list) as plain data."""
        value = part.value
        return {
            "id": str(part.id),
            "text": value.get("text") or "",
            "picture": picture_of(value.get("picture")),
            "recording": recording_of(value.get("recording")),
            "feedback": value.get("feedback") or "",
        }


def contents(parts: Any) -> list[dict[str, Any]]:
    """Return a list's parts as plain data, in the author's order."""
    return [part.block.content(part) for part in parts.bound_blocks]


class OptionBlock(PartBlock):
    """One answer that can be chosen."""

    text = blocks.CharBlock(label=_("answer"), max_length=300)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    recording = AudioChooserBlock(label=_("human recording"), required=False)
    correct = blocks.BooleanBlock(label=_("this is right"), required=False, default=False)
    feedback = blocks.CharBlock(label=_("what to say to who chooses it"), max_length=400, help_text=FEEDBACK_HELP)

    class Meta:
        label = _("answer")
        icon = "list-ul"

    def content(self, part: Any) -> dict[str, Any]:
        """Return the option as plain data."""
        return {**super().content(part), "correct": bool(part.value["correct"])}


class PictureOptionBlock(OptionBlock):
    """One picture that can be chosen; its words are for who listens or does not see it well."""

    picture = ImageChooserBlock(label=_("picture"))


class QuestionBlock(SpokenBlock):
    """Base of the question types; `template` shows it as practice inside a lesson."""

    prompt = blocks.TextBlock(label=_("question"), max_length=600)
    picture = ImageChooserBlock(label=_("picture of the question"), required=False)

    last_parts = ("explanation", "sources", "recording")

    class Meta:
        group = _("Practice questions")
        template = "assessments/blocks/practice_question.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the question as plain data, mixed where its order is the key; its `solution`; its `key` as JSON."""
        context = super().get_context(value, parent_context)
        solution = self.content(value)
        question = dict(solution)
        if question["type"] == "ordering":
            question["options"] = mixed(question["options"])
        if "matches" in question:
            question["matches"] = mixed(question["matches"])
        key = json.dumps(key_of(solution), ensure_ascii=False, separators=(",", ":"))
        return {**context, "question": question, "solution": solution, "key": key}

    def content(self, value: Any) -> dict[str, Any]:
        """Return the question as plain data (see `assessments.contents`)."""
        return {
            "type": self.name,
            "prompt": value["prompt"],
            "picture": picture_of(value.get("picture")),
            "recording": recording_of(value.get("recording")),
            "explanation": value.get("explanation") or "",
            **self.parts(value),
        }

    def parts(self, value: Any) -> dict[str, Any]:
        """Return what this type adds to every question's data."""
        return {"options": contents(value["options"])}


class ExplainedBlock(QuestionBlock):
    """A question whose answer has a reason to be told afterwards."""

    explanation = blocks.TextBlock(label=_("why"), required=False, max_length=800)


class OneRightBlock(ExplainedBlock):
    """Base of the types in which exactly one option is right."""

    def clean(self, value: Any) -> Any:
        """Refuse a question without exactly one right answer."""
        cleaned = super().clean(value)
        if sum(option["correct"] for option in cleaned["options"]) != 1:
            raise refuse("options", _("Mark exactly one answer as right."))
        return cleaned


class SingleChoiceBlock(OneRightBlock):
    """One right answer among three or four."""

    options = blocks.ListBlock(OptionBlock(), label=_("answers"), min_num=2, max_num=6)

    class Meta:
        label = _("One right answer")
        icon = "radio-full"


class MultipleChoiceBlock(ExplainedBlock):
    """Several right answers among the options."""

    options = blocks.ListBlock(OptionBlock(), label=_("answers"), min_num=3, max_num=8)

    class Meta:
        label = _("Several right answers")
        icon = "tick-inverse"

    def clean(self, value: Any) -> Any:
        """Refuse a question in which no answer, or every answer, is right."""
        cleaned = super().clean(value)
        right = sum(option["correct"] for option in cleaned["options"])
        if not 0 < right < len(cleaned["options"]):
            raise refuse("options", _("Mark the right answers; at least one must be wrong."))
        return cleaned


class TrueFalseBlock(ExplainedBlock):
    """A sentence that is true or false."""

    prompt = blocks.TextBlock(label=_("sentence"), max_length=600)
    answer = blocks.BooleanBlock(label=_("the sentence is true"), required=False, default=False)
    feedback_true = blocks.CharBlock(label=_("to who answers «true»"), max_length=400)
    feedback_false = blocks.CharBlock(label=_("to who answers «false»"), max_length=400)

    class Meta:
        label = _("True or false")
        icon = "order"

    def parts(self, value: Any) -> dict[str, Any]:
        """Return the two answers."""
        bare = {"picture": None, "recording": None}
        true = {"id": "true", "text": gettext("True"), "correct": value["answer"], "feedback": value["feedback_true"]}
        false = {"id": "false", "text": gettext("False"), "correct": not value["answer"]}
        return {"options": [{**true, **bare}, {**false, "feedback": value["feedback_false"], **bare}]}


class PictureChoiceBlock(OneRightBlock):
    """One right picture among several."""

    options = blocks.ListBlock(PictureOptionBlock(), label=_("pictures"), min_num=2, max_num=6)

    class Meta:
        label = _("Choose the picture")
        icon = "image"


class StepBlock(PartBlock):
    """One step of something done in an order."""

    text = blocks.CharBlock(label=_("step"), max_length=300)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    recording = AudioChooserBlock(label=_("human recording"), required=False)
    feedback = blocks.CharBlock(label=_("why it stands here"), max_length=400, required=False)

    class Meta:
        label = _("step")


class OrderingBlock(ExplainedBlock):
    """Steps to be put in their order."""

    options = blocks.ListBlock(
        StepBlock(),
        label=_("steps in their right order"),
        min_num=3,
        max_num=8,
        help_text=_("Write them in the right order; the school mixes them."),
    )

    class Meta:
        label = _("Put in order")
        icon = "list-ol"


class PairBlock(PartBlock):
    """Two things that belong together."""

    text = blocks.CharBlock(label=_("this"), max_length=200)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    recording = AudioChooserBlock(label=_("human recording"), required=False)
    match = blocks.CharBlock(label=_("belongs to"), max_length=200)
    match_picture = ImageChooserBlock(label=_("picture of what it belongs to"), required=False)
    feedback = blocks.CharBlock(label=_("why they belong together"), max_length=400, required=False)

    class Meta:
        label = _("pair")

    def content(self, part: Any) -> dict[str, Any]:
        """Return the left side; the pair's own id is also that of its right side."""
        return {**super().content(part), "match": str(part.id)}

    def right_side(self, part: Any) -> dict[str, Any]:
        """Return what the left side belongs to."""
        picture = picture_of(part.value.get("match_picture"))
        return {"id": str(part.id), "text": part.value["match"], "picture": picture, "recording": None}


def refuse_twins(words: list[str]) -> None:
    """Refuse things to choose from of which two read the same: nobody could know which is meant."""
    if len({word.casefold() for word in words}) < len(words):
        raise refuse("options", _("Two of the things to choose from read the same. Make each one different."))


def loose_words(parts: Any) -> list[dict[str, Any]]:
    """Return words offered that belong to nothing."""
    return [{"id": str(part.id), "text": part.value, "picture": None, "recording": None} for part in parts.bound_blocks]


class MatchingBlock(ExplainedBlock):
    """Pairs to be found."""

    options = blocks.ListBlock(PairBlock(), label=_("pairs"), min_num=2, max_num=8)
    extra = blocks.ListBlock(
        blocks.CharBlock(max_length=200), label=_("also offered, belonging to nothing"), default=[], max_num=4
    )

    class Meta:
        label = _("Match the pairs")
        icon = "link"

    def clean(self, value: Any) -> Any:
        """Refuse right sides that read the same: nobody could know which is meant."""
        cleaned = super().clean(value)
        refuse_twins([pair["match"] for pair in cleaned["options"]] + list(cleaned["extra"]))
        return cleaned

    def parts(self, value: Any) -> dict[str, Any]:
        """Return left sides and right sides."""
        right = [part.block.right_side(part) for part in value["options"].bound_blocks]
        return {"options": contents(value["options"]), "matches": right + loose_words(value["extra"])}


class GapBlock(PartBlock):
    """What belongs into one gap of a text."""

    text = blocks.CharBlock(label=_("the word that belongs here"), max_length=80)
    also = blocks.CharBlock(
        label=_("also accepted when typed"),
        max_length=300,
        required=False,
        help_text=_("Other ways to say it, in every language it may be typed in, separated by /."),
    )
    feedback = blocks.CharBlock(label=_("why this word"), max_length=400, required=False)

    class Meta:
        label = _("gap")

    def content(self, part: Any) -> dict[str, Any]:
        """Return the gap; `accepted` are the words that are right when typed."""
        also = [word.strip() for word in (part.value.get("also") or "").split("/")]
        found = super().content(part)
        accepted = [word for word in [part.value["text"], *also] if word]
        return {**found, "text": "", "match": str(part.id), "accepted": accepted}


class GapsBlock(ExplainedBlock):
    """A text with gaps, filled by choosing words or by typing them."""

    text = blocks.TextBlock(
        label=_("text with gaps"), max_length=800, help_text=_("Write ___ (three low lines) where a word is missing.")
    )
    options = blocks.ListBlock(GapBlock(), label=_("words of the gaps, in their order"), min_num=1, max_num=8)
    extra = blocks.ListBlock(blocks.CharBlock(max_length=80), label=_("words also offered"), default=[], max_num=6)
    typed = blocks.BooleanBlock(
        label=_("she types the words"),
        required=False,
        default=False,
        help_text=_("Leave it empty to let her choose from a list: easier on a phone, and for who writes little."),
    )

    class Meta:
        label = _("Fill the gaps")
        icon = "edit"

    def clean(self, value: Any) -> Any:
        """Refuse a text whose gaps are not as many as their words, and words that are offered twice."""
        cleaned = super().clean(value)
        if cleaned["text"].count(GAP) != len(cleaned["options"]):
            raise refuse("text", _("The text must have as many gaps (___) as there are words for them."))
        refuse_twins([gap["text"] for gap in cleaned["options"]] + list(cleaned["extra"]))
        return cleaned

    def parts(self, value: Any) -> dict[str, Any]:
        """Return the text's pieces, the gaps between them, and the words to choose from."""
        words = [
            {"id": str(part.id), "text": part.value["text"], "picture": None, "recording": None}
            for part in value["options"].bound_blocks
        ]
        return {
            "pieces": (value["text"] or "").split(GAP),
            "typed": bool(value["typed"]),
            "options": contents(value["options"]),
            "matches": words + loose_words(value["extra"]),
        }


class NumberBlock(ExplainedBlock):
    """A number to be found."""

    answer = blocks.FloatBlock(label=_("right number"))
    tolerance = blocks.FloatBlock(label=_("right also up to this much more or less"), default=0, min_value=0)
    unit = blocks.CharBlock(label=_("unit (days, quetzales…)"), max_length=40, required=False)
    feedback_right = blocks.CharBlock(label=_("to who is right"), max_length=400, required=False)
    feedback_wrong = blocks.CharBlock(label=_("to who is not"), max_length=400, help_text=FEEDBACK_HELP)

    class Meta:
        label = _("A number")
        icon = "decimal"

    def parts(self, value: Any) -> dict[str, Any]:
        """Return the number; it has no options."""
        return {
            "options": [],
            "answer": value["answer"],
            "tolerance": value["tolerance"] or 0.0,
            "unit": value.get("unit") or "",
            "feedback_right": value.get("feedback_right") or "",
            "feedback_wrong": value["feedback_wrong"],
        }


class SpotBlock(PartBlock):
    """A numbered place in a picture."""

    x = blocks.IntegerBlock(label=_("from the left (%)"), min_value=0, max_value=100)
    y = blocks.IntegerBlock(label=_("from the top (%)"), min_value=0, max_value=100)
    text = blocks.CharBlock(
        label=_("what is there, in words"), max_length=200, help_text=_("For who does not see the picture well.")
    )
    recording = AudioChooserBlock(label=_("human recording"), required=False)
    correct = blocks.BooleanBlock(label=_("this is right"), required=False, default=False)
    feedback = blocks.CharBlock(label=_("what to say to who chooses it"), max_length=400, help_text=FEEDBACK_HELP)

    class Meta:
        label = _("place")

    def content(self, part: Any) -> dict[str, Any]:
        """Return the spot as plain data."""
        value = part.value
        return {**super().content(part), "correct": bool(value["correct"]), "x": value["x"], "y": value["y"]}


class FindInPictureBlock(OneRightBlock):
    """A place to be found in a picture, among numbered ones: by touch, by keyboard and by words."""

    picture = ImageChooserBlock(label=_("picture"))
    options = blocks.ListBlock(SpotBlock(), label=_("places in the picture"), min_num=2, max_num=8)

    class Meta:
        label = _("Find it in the picture")
        icon = "crosshairs"


class DecisionBlock(PartBlock):
    """What can be done in one scene of a case."""

    text = blocks.CharBlock(label=_("what she may do"), max_length=300)
    correct = blocks.BooleanBlock(label=_("this is a good decision"), required=False, default=False)
    leads_to = blocks.IntegerBlock(
        label=_("goes on with scene (number)"), required=False, min_value=2, help_text=_("Empty: the case ends here.")
    )
    feedback = blocks.CharBlock(label=_("what follows from it"), max_length=400)

    class Meta:
        label = _("decision")


class SceneBlock(blocks.StructBlock):
    """One scene of a case: what happens, and what can be done."""

    text = blocks.TextBlock(label=_("what happens"), max_length=600)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    recording = AudioChooserBlock(label=_("human recording"), required=False)
    decisions = blocks.ListBlock(DecisionBlock(), label=_("decisions"), min_num=2, max_num=4)

    class Meta:
        label = _("scene")


class CaseBlock(ExplainedBlock):
    """A short case in which each decision has its consequence."""

    scenes = blocks.ListBlock(SceneBlock(), label=_("scenes"), min_num=1, max_num=8)

    class Meta:
        label = _("Short case")
        icon = "resubmit"

    def clean(self, value: Any) -> Any:
        """Refuse a decision that leads back or nowhere, a scene without a good decision, or one nobody reaches."""
        cleaned = super().clean(value)
        scenes = list(cleaned["scenes"])
        reached = {1}
        for number, scene in enumerate(scenes, 1):
            if not any(decision["correct"] for decision in scene["decisions"]):
                raise refuse("scenes", _("Each scene needs at least one good decision."))
            for decision in scene["decisions"]:
                target = decision["leads_to"]
                if target and not number < target <= len(scenes):
                    raise refuse("scenes", _("A decision can only lead to a later scene."))
                reached.add(target or 1)
        if len(reached) < len(scenes):
            raise refuse("scenes", _("No decision leads to one of the scenes."))
        return cleaned

    def parts(self, value: Any) -> dict[str, Any]:
        """Return the scenes, and every decision with the scene it belongs to and the one it leads to."""
        bound = value["scenes"].bound_blocks
        ids = [str(scene.id) for scene in bound]
        scenes = [
            {
                "id": str(scene.id),
                "text": scene.value["text"],
                "picture": picture_of(scene.value.get("picture")),
                "recording": recording_of(scene.value.get("recording")),
            }
            for scene in bound
        ]
        options = []
        for scene in bound:
            for decision in scene.value["decisions"].bound_blocks:
                target = decision.value.get("leads_to")
                options.append(
                    {
                        **decision.block.content(decision),
                        "scene": str(scene.id),
                        "correct": bool(decision.value["correct"]),
                        "leads_to": ids[target - 1] if target else None,
                    }
                )
        return {"scenes": scenes, "options": options}


class CriterionBlock(blocks.StructBlock):
    """One line of a rubric: what to look for and how much it counts."""

    text = blocks.CharBlock(label=_("what is looked for"), max_length=200)
    help = blocks.TextBlock(label=_("how to tell"), max_length=400, required=False)
    points = blocks.IntegerBlock(label=_("points at most"), default=1, min_value=1, max_value=5)
    essential = blocks.BooleanBlock(label=_("nobody passes without it"), required=False, default=False)

    class Meta:
        label = _("criterion")
        icon = "list-ul"


def criteria_of(parts: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a rubric (its bound blocks) as plain data: `id`, `text`, `help`, `points`, `essential`."""
    return [
        {
            "id": str(part.id),
            "text": part.value["text"],
            "help": part.value.get("help") or "",
            "points": part.value["points"],
            "essential": bool(part.value.get("essential")),
        }
        for part in parts
    ]


class OpenAnswerBlock(ExplainedBlock):
    """An answer in her own words, written or spoken, marked later by a person."""

    spoken = blocks.BooleanBlock(
        label=_("she may record her voice instead"), required=False, default=True, help_text=_("One minute at most.")
    )
    rubric = blocks.ListBlock(CriterionBlock(), label=_("what is looked for in an answer"), min_num=1, max_num=6)

    class Meta:
        label = _("In her own words")
        icon = "comment"

    def parts(self, value: Any) -> dict[str, Any]:
        """Return the rubric; there are no options."""
        return {"options": [], "spoken": bool(value["spoken"]), "rubric": criteria_of(value["rubric"].bound_blocks)}


QUESTION_BLOCKS = [
    ("single_choice", SingleChoiceBlock()),
    ("multiple_choice", MultipleChoiceBlock()),
    ("true_false", TrueFalseBlock()),
    ("picture_choice", PictureChoiceBlock()),
    ("ordering", OrderingBlock()),
    ("matching", MatchingBlock()),
    ("gaps", GapsBlock()),
    ("number", NumberBlock()),
    ("find_in_picture", FindInPictureBlock()),
    ("case", CaseBlock()),
    ("open_answer", OpenAnswerBlock()),
]
QUESTION_TYPES = {name for name, _block in QUESTION_BLOCKS}
PRACTICE_BLOCKS = [(name, block) for name, block in QUESTION_BLOCKS if name != "open_answer"]
