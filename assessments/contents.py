"""Questions as plain data: the one form that versions, grading and templates use."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

Content = dict[str, Any]
"""`{"type", "prompt", "explanation", "options": [{"id", "text", "picture", "correct", "feedback"}]}`; `picture` is a
file address or null, `id` the same in every language."""


def content_of(kind: str, value: Any) -> Content:
    """Return a question block's value as plain data."""
    if kind == "true_false":
        options = [
            {"id": "true", "text": _("True"), "correct": value["answer"], "feedback": value["feedback_true"]},
            {"id": "false", "text": _("False"), "correct": not value["answer"], "feedback": value["feedback_false"]},
        ]
        pictures: list[Any] = [None, None]
    else:
        bound = value["options"].bound_blocks
        options = [
            {
                "id": str(child.id),
                "text": child.value["text"],
                "correct": child.value["correct"],
                "feedback": child.value["feedback"],
            }
            for child in bound
        ]
        pictures = [child.value["picture"] for child in bound]
    for option, picture in zip(options, pictures, strict=True):
        option["picture"] = picture.file.url if picture else None
    return {"type": kind, "prompt": value["prompt"], "explanation": value["explanation"], "options": options}


def without_key(content: Content) -> Content:
    """Return the question as a browser may see it before answering: no right answers, feedback or reasons."""
    options = [{name: option[name] for name in ("id", "text", "picture")} for option in content["options"]]
    return {"type": content["type"], "prompt": content["prompt"], "options": options}


def content_hash(content: Content) -> str:
    """Return the SHA-256 (hex) of a question's content in canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
