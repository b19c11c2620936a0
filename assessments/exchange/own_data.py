"""The school's own data beside a question: what the format it travels in cannot say.

One line of JSON, which other systems pass over. It holds the whole question and a mark of what everybody could see
when it was written: while that is unchanged the school's data count, else what is seen counts.
"""

import json
import uuid
from typing import Any

from django.utils.translation import gettext as _

from assessments.blocks import QUESTION_TYPES
from assessments.exchange.questions import Carried, block_of, fingerprint, tidy, well_shaped

MARK = "escuela:"
_LOOK_ALIKE = {frozenset({"single_choice", "picture_choice"})}
"""Types that have the same parts: a picture that cannot travel leaves a choice of words."""


def own_line(question: Carried, seen: Carried) -> str:
    """Return a question's own data in one line, given how its format reads it back."""
    data: dict[str, Any] = {
        "id": question.block_id,
        "type": question.kind,
        "value": _without_empty(question.value),
        "tags": question.tags,
        "review": question.review,
        "seen": fingerprint(seen),
    }
    text = json.dumps({name: part for name, part in data.items() if part}, separators=(",", ":"))
    # two hyphens end an XML comment; a comment of GIFT that holds [id: or [tag: speaks to Moodle
    return MARK + text.replace("--", "-\\u002d").replace("[id:", "\\u005bid:").replace("[tag:", "\\u005btag:")


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_empty(part) for name, part in value.items() if part not in ("", None, [])}
    return [_without_empty(part) for part in value] if isinstance(value, list) else value


def restored(seen: Carried, line: str) -> Carried:
    """Return the question as the school knew it, or as it is seen where somebody changed that or nothing is known."""
    if not line:
        return seen
    try:
        own, mark = _read(line.removeprefix(MARK))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        seen.notes.append(_("The school's own data beside it cannot be read; what everybody sees was taken."))
        return seen
    if mark == fingerprint(seen):
        own.key, own.name, own.pictures, own.exact = seen.key, seen.name, seen.pictures, True
        return own
    if seen.refused or (seen.kind != own.kind and frozenset({seen.kind, own.kind}) not in _LOOK_ALIKE):
        seen.refused = _(
            "It was changed in another system, and this type cannot be read back from there. Change it here."
        )
        return seen
    seen.kind, seen.own, seen.review = own.kind, own, own.review
    return seen


def _read(text: str) -> tuple[Carried, str]:
    data = json.loads(text)
    json.dumps(data, ensure_ascii=False, allow_nan=False).encode()  # half letters and infinite numbers end here
    kind = data["type"]
    if kind not in QUESTION_TYPES:
        raise ValueError(kind)
    own = Carried(
        kind,
        well_shaped(block_of(kind), data["value"]),
        tags=[tidy(str(tag)) for tag in data.get("tags", [])],
        review=str(uuid.UUID(data["review"])) if data.get("review") else None,
        block_id=str(uuid.UUID(data["id"])) if data.get("id") else None,
    )
    return own, str(data["seen"])
