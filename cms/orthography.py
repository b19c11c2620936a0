"""Mayan spelling: how it is stored and how two spellings are compared.

The glottal sign is typed in a dozen ways; stored text uses U+02BC, a letter to search engines and
segmenters (domain notes, 3.3). Never use title-casing on these texts.
"""

import re
import unicodedata

from django.utils.html import strip_tags

GLOTTAL = "\u02bc"
LOOK_ALIKES = "'\u2018\u2019\u201b\u02b9\u02bb\u2032\u00b4`\ua78b\ua78c\u055a\uff07"
_TO_GLOTTAL = str.maketrans(dict.fromkeys(LOOK_ALIKES, GLOTTAL))
_SIGN_IN_WORD = re.compile(rf"(?<=\w)[{re.escape(LOOK_ALIKES)}]")


def store(text: str) -> str:
    """Return text in NFC, with every glottal sign that follows a letter as U+02BC."""
    return _SIGN_IN_WORD.sub(GLOTTAL, unicodedata.normalize("NFC", text))


def fold(text: str) -> str:
    """Return the key under which equal spellings are equal: NFC, one glottal sign, case and spaces folded."""
    folded = unicodedata.normalize("NFC", text).translate(_TO_GLOTTAL).casefold()
    return " ".join(folded.split())


def search_key(text: str) -> str:
    """Return the fold without glottal signs and accents, for searching by who does not type them."""
    decomposed = unicodedata.normalize("NFD", fold(text).replace(GLOTTAL, ""))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def plain(text: object) -> str:
    """Return a text, or rich text (which keeps its HTML in `source`), without tags and with single spaces.

    The form in which two texts are compared.
    """
    source = str(getattr(text, "source", text))
    return " ".join(strip_tags(source.replace("><", "> <")).split())
