"""What a lesson is made of: from experience to reflection, to the law, to what a person can do."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

from assessments.public import PRACTICE_BLOCKS
from cms.blocks import PARAGRAPHS, SpokenBlock
from cms.languages import languages
from cms.orthography import plain


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text (plain) in a block's value, however deep, but facts and what is quoted in its own language."""
    if isinstance(value, (str, RichText)):
        if found := plain(value):
            yield found
    elif isinstance(value, blocks.StructValue):
        for name, child in value.items():
            if name != "sources" and "language" not in value:
                yield from texts_of(child)
    elif isinstance(value, (blocks.StreamValue, blocks.list_block.ListValue)):
        for child in value:
            yield from texts_of(child.value if isinstance(child, blocks.StreamValue.StreamChild) else child)


class LessonBlock(SpokenBlock):
    """Base of what a lesson is made of. `head` and `pictogram` say in a word and a sign what kind it is."""

    head: Any = ""
    pictogram = "lesson"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the kind's word and sign, and whether the whole block is shown in Spanish for want of translation."""
        context = super().get_context(value, parent_context)
        source_texts = context.get("source_texts") or ()
        own = list(texts_of(value))
        context["is_fallback"] = bool(source_texts and own) and all(text in source_texts for text in own)
        return {**context, "head": self.head, "pictogram": self.pictogram, "kind": self.name}


class StoryBlock(LessonBlock):
    """A case or experience people recognise."""

    head = _("A story")
    pictogram = "story"
    title = blocks.CharBlock(label=_("title"), max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=PARAGRAPHS)
    picture = ImageChooserBlock(label=_("picture"), required=False)

    class Meta:
        label = _("Story")
        icon = "openquote"
        template = "courses/blocks/story.html"


class ReflectionBlock(LessonBlock):
    """A question to think about, alone or with neighbours. Nobody marks it."""

    head = _("To think and talk about")
    pictogram = "think"
    text = blocks.TextBlock(label=_("question to think about"))

    class Meta:
        label = _("Reflection")
        icon = "help"
        template = "courses/blocks/reflection.html"


class TextBlock(LessonBlock):
    """One idea."""

    head = _("To understand")
    pictogram = "lesson"
    title = blocks.CharBlock(label=_("title"), max_length=120, required=False)
    text = blocks.RichTextBlock(label=_("text"), features=PARAGRAPHS)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "courses/blocks/text.html"


class KeyIdeaBlock(LessonBlock):
    """What to remember, in a sentence or two."""

    head = _("Key idea")
    pictogram = "idea"
    text = blocks.TextBlock(label=_("key idea"))

    class Meta:
        label = _("Key idea")
        icon = "pick"
        template = "courses/blocks/key_idea.html"


class LawBlock(LessonBlock):
    """The law in plain words, with its source."""

    head = _("What the law says")
    pictogram = "law"
    title = blocks.CharBlock(label=_("law and article"), max_length=160)
    text = blocks.RichTextBlock(label=_("in plain words"), features=PARAGRAPHS)
    quote = blocks.TextBlock(label=_("words of the law, as quoted"), required=False)

    class Meta:
        label = _("Law")
        icon = "doc-full"
        template = "courses/blocks/law.html"


class ActionBlock(LessonBlock):
    """What she can do tomorrow."""

    head = _("What you can do")
    pictogram = "action"
    title = blocks.CharBlock(label=_("title"), max_length=120)
    steps = blocks.ListBlock(blocks.TextBlock(label=_("step")), label=_("steps"), min_num=1)

    class Meta:
        label = _("What you can do")
        icon = "order-up"
        template = "courses/blocks/action.html"


class PictureBlock(LessonBlock):
    """A picture; its description stands with the image itself."""

    head = _("Picture")
    pictogram = "pictures"
    picture = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False)

    class Meta:
        label = _("Picture")
        icon = "image"
        template = "courses/blocks/picture.html"


class QuotationBlock(LessonBlock):
    """A text quoted in a language of its own, with credit and the state of its review."""

    head = _("In another language")
    pictogram = "language"
    language = blocks.ChoiceBlock(
        label=_("language"), choices=[(language.code, language.name) for language in languages().values()]
    )
    title = blocks.CharBlock(label=_("title"), required=False)
    text = blocks.RichTextBlock(label=_("text"), features=PARAGRAPHS)
    credit = blocks.CharBlock(label=_("credit"))
    status = blocks.CharBlock(label=_("state of review"), required=False)

    class Meta:
        label = _("Quotation in another language")
        icon = "openquote"
        template = "courses/blocks/quotation.html"


class MediaBlock(LessonBlock):
    """Base of what is listened to or watched; `file` is the recording or film, None while none is chosen."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the file."""
        context = super().get_context(value, parent_context)
        return {**context, "file": value.get("audio") or value.get("video")}


class AudioBlock(MediaBlock):
    """A recording, fetched only on tap."""

    head = _("To listen to")
    pictogram = "sound"
    audio = AudioChooserBlock(label=_("audio"))
    title = blocks.CharBlock(label=_("title"), required=False)
    transcript = blocks.RichTextBlock(label=_("what is said"), features=PARAGRAPHS)

    class Meta:
        label = _("Audio")
        icon = "media"
        template = "courses/blocks/media.html"


class VideoBlock(MediaBlock):
    """A film, fetched only on tap."""

    head = _("To watch")
    pictogram = "play"
    video = VideoChooserBlock(label=_("video"))
    title = blocks.CharBlock(label=_("title"), required=False)
    transcript = blocks.RichTextBlock(label=_("what is said and seen"), features=PARAGRAPHS)

    class Meta:
        label = _("Video")
        icon = "media"
        template = "courses/blocks/media.html"


class EmergencyBlock(LessonBlock):
    """Whom to call in danger: the contact that the course's organisation has set, else that it has to be asked for."""

    head = _("Whom to call in danger")
    pictogram = "phone"
    text = blocks.TextBlock(label=_("what to say before the number"))

    class Meta:
        label = _("Whom to call in danger")
        icon = "warning"
        template = "courses/blocks/emergency.html"


LESSON_BLOCKS = [
    ("story", StoryBlock()),
    ("reflection", ReflectionBlock()),
    ("text", TextBlock()),
    ("key_idea", KeyIdeaBlock()),
    ("law", LawBlock()),
    ("action", ActionBlock()),
    ("picture", PictureBlock()),
    ("quotation", QuotationBlock()),
    ("audio", AudioBlock()),
    ("video", VideoBlock()),
    ("emergency", EmergencyBlock()),
    *PRACTICE_BLOCKS,
]
