"""Questions as plain data: the one form that versions, grading and templates use.

Every question has `type`, `prompt`, `picture`, `recording`, `explanation` and `options`; a type adds what it needs:

- single_choice, multiple_choice, true_false, picture_choice: options with `correct`
- find_in_picture: options with `correct`, `x` and `y` (percent from the left and the top of `picture`)
- ordering: options, in the right order
- matching: options with `match` (the id of one of `matches`)
- gaps: `pieces` (texts around the gaps), `typed`, options (the gaps) with `match` and `accepted`, `matches` (words)
- number: `answer`, `tolerance`, `unit`, `feedback_right`, `feedback_wrong`; no options
- case: `scenes`, options with `scene`, `leads_to` (a scene's id or null) and `correct`
- open_answer: `rubric`, `spoken`; no options

Ids are the same in every language. `picture` is `{url, description, width, height}` or null, `recording` `{url, bytes}`
or null.
"""

import hashlib
import json
from typing import Any

Content = dict[str, Any]

SEEN = {"type", "prompt", "picture", "recording", "options", "matches", "pieces", "typed", "unit", "scenes", "spoken"}
SEEN_OF_OPTION = {"id", "text", "picture", "recording", "x", "y", "scene", "leads_to"}
KEY = {"type", "typed", "answer", "tolerance"}
KEY_OF_OPTION = {"id", "correct", "match", "accepted", "scene", "leads_to"}


def content_of(value: Any) -> Content:
    """Return a question block's value as plain data."""
    content: Content = value.block.content(value)
    return content


def without_key(content: Content) -> Content:
    """Return the question as a browser may see it before answering: no right answers, feedback or reasons.

    The order of options and matches can itself be the key: who shows them mixes them.
    """
    seen = {name: part for name, part in content.items() if name in SEEN}
    seen["options"] = [
        {name: part for name, part in option.items() if name in SEEN_OF_OPTION} for option in content["options"]
    ]
    return seen


def key_of(content: Content) -> Content:
    """Return what grading needs of a question, and no words: a practice question takes it along."""
    key: Content = {name: part for name, part in content.items() if name in KEY}
    key["options"] = [
        {name: part for name, part in option.items() if name in KEY_OF_OPTION} for option in content["options"]
    ]
    for parts in {"matches", "scenes"} & set(content):
        key[parts] = [{"id": part["id"]} for part in content[parts]]
    return key


def content_hash(content: Content) -> str:
    """Return the SHA-256 (hex) of a question's content in canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
