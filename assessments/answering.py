"""Reading answers from forms: the same names of fields in practice and in evaluations, with script and without.

A question's fields start with one prefix (`answer` in practice, `q<version id>` in an attempt):

- options to choose from: `<prefix>` once for each one chosen
- case: `<prefix>.<scene id>` is the decision taken in the scene
- ordering: `<prefix>.<option id>` is the place given to the step, 1 the first
- matching, gaps: `<prefix>.<option id>` is the match chosen or the word typed
- number: `<prefix>`; open answer: `<prefix>` (text) and the file `<prefix>.voice`
- `<prefix>.seconds`: how long the question was on the screen, where a script knows it
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

MOST_TEXT = 2_000
MOST_VALUES = 60
MOST_SECONDS = 24 * 60 * 60
MOST_VOICE_BYTES = 1_000_000
VOICE_TYPES = {
    "audio/webm",
    "audio/ogg",
    "audio/mp4",
    "audio/mpeg",
    "audio/aac",
    "audio/wav",
    "audio/x-m4a",
    "audio/3gpp",
}
_FIELD = re.compile(r"q([0-9]{1,18})(\..+)?")


@dataclass
class OwnWords:
    """What answers an open question: text, or a recording with its media type."""

    text: str = ""
    voice: bytes = b""
    voice_type: str = ""


@dataclass
class Sent:
    """The answers of one form, by question version. Text of open answers stands in `answers`, voices in `voices`."""

    answers: dict[int, list[str]] = field(default_factory=dict)
    voices: dict[int, OwnWords] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)


def answer_from(post: QueryDict, prefix: str) -> list[str]:
    """Return the answer to one question as grading understands it (see `assessments.grading`)."""
    start = f"{prefix}."
    parts = {name[len(start) :]: str(post[name]) for name in post if name.startswith(start)}
    parts.pop("seconds", None)
    found = [*post.getlist(prefix), *(f"{part}={value}" for part, value in parts.items() if value.strip())]
    # PostgreSQL keeps no NUL, and no keyboard writes one
    return [value.replace("\0", "")[:MOST_TEXT] for value in found if value][:MOST_VALUES]


def sent_with(post: QueryDict, files: Mapping[str, Any]) -> Sent:
    """Return what the form of an attempt sent. Fields that are no question's are not looked at."""
    sent = Sent()
    for prefix, version in _prefixes([*post, *files]).items():
        sent.answers[version] = answer_from(post, prefix)
        if voice := _voice(files.get(f"{prefix}.voice")):
            sent.voices[version] = voice
        seconds = post.get(f"{prefix}.seconds", "")
        if seconds.isascii() and seconds.isdigit() and len(seconds) < 9:
            sent.seconds[version] = min(int(seconds), MOST_SECONDS)
    return sent


def _prefixes(names: list[str]) -> dict[str, int]:
    found = filter(None, (_FIELD.fullmatch(name) for name in names))
    return {f"q{field[1]}": int(field[1]) for field in found}


def _voice(file: Any) -> OwnWords | None:
    """Return a recording; a file that is no recording, or too long a one, is not kept."""
    kind = (file.content_type or "").partition(";")[0].lower() if file else ""
    if not file or kind not in VOICE_TYPES or not file.size or file.size > MOST_VOICE_BYTES:
        return None
    return OwnWords(voice=file.read(), voice_type=kind)
