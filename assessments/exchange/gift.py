"""GIFT (https://docs.moodle.org/en/GIFT_format): questions as plain text, without pictures."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from assessments.blocks import GAP
from assessments.exchange.moodle_xml import tags_of_category
from assessments.exchange.own_data import MARK, own_line, restored
from assessments.exchange.questions import Carried, ExchangeRefused, NotTaken, items, tidy, title_of, values_of
from assessments.exchange.texts import PlainText, decoded
from assessments.exchange.wording import (
    as_number,
    number_as_text,
    rubric_of,
    shown_as_text,
    typed_word,
    without_gap_marks,
)

_SPECIAL = "\\~=#{}:"
_HELD = {sign: chr(1 + place) for place, sign in enumerate(_SPECIAL)} | {"n": "\x0e"}
_RELEASED = str.maketrans({held: "\n" if sign == "n" else sign for sign, held in _HELD.items()})
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_MARKED = re.compile(r"\[(id|tag):((?:\\\]|[^\]\[])+)\]")
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?[\d.]+)%")


# --- writing -------------------------------------------------------------------------------------------------------


def write(questions: list[Carried]) -> bytes:
    """Return the questions as a file."""
    return "\n\n".join(_written(question) for question in questions).encode() + b"\n"


def _written(question: Carried) -> str:
    marks = [f"[id:{_marked(question.key)}]", *(f"[tag:{_marked(tag)}]" for tag in question.tags)]
    body = f"::{_escaped(title_of(tidy(question.name)))}::[plain]{_body(question)}"
    comment = f"// {' '.join(marks)}"
    seen = _seen([comment, *body.split("\n")], [])
    return f"{comment}\n// {own_line(question, seen)}\n{body}"


def _marked(text: str) -> str:
    return re.sub(r"([\[\]\n])", " ", tidy(text))


def _escaped(text: Any) -> str:
    """Return a text in which no sign means anything to GIFT, on one line."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", tidy(str(text or ""))).replace("\n", "\\n")


def _body(question: Carried) -> str:
    kind, value = question.kind, question.value
    explanation = f"####{_escaped(value['explanation'])}" if value.get("explanation") else ""
    if kind == "gaps" and value["text"].count(GAP) == 1:
        before, _gap, after = value["text"].partition(GAP)
        head = f"{_escaped(value['prompt'])}\\n{_escaped(before)}"
        return f"{head} {{{_one_gap(value)}{explanation}}} {_escaped(after)}".rstrip()
    if kind not in _WRITERS:
        return _escaped(shown_as_text(question))
    return f"{_escaped(value['prompt'])} {{{_WRITERS[kind](value)}{explanation}}}"


def _said(text: str) -> str:
    return f"#{_escaped(text)}" if tidy(text or "") else ""


def _one_right(value: dict[str, Any]) -> str:
    options = values_of(value["options"])
    return "\n".join(
        f"{'=' if option['correct'] else '~'}{_escaped(option['text'])}{_said(option['feedback'])}"
        for option in options
    )


def _several_right(value: dict[str, Any]) -> str:
    options = values_of(value["options"])
    share = f"{100 / max(1, sum(bool(option['correct']) for option in options)):.7g}"
    return "\n".join(
        f"~%{'' if option['correct'] else '-'}{share}%{_escaped(option['text'])}{_said(option['feedback'])}"
        for option in options
    )


def _true_or_false(value: dict[str, Any]) -> str:
    said = {True: _said(value["feedback_true"]), False: _said(value["feedback_false"])}
    answer = bool(value["answer"])
    return f"{'T' if answer else 'F'}{said[not answer] or '#'}{said[answer]}"


def _pair(left: str, right: str) -> str:
    return f"={_escaped(left).replace('->', '→')} -> {_escaped(right)}"


def _steps(value: dict[str, Any]) -> str:
    return "\n".join(_pair(str(place), step["text"]) for place, step in enumerate(values_of(value["options"]), 1))


def _pairs(value: dict[str, Any]) -> str:
    pairs = [_pair(pair["text"], pair["match"]) for pair in values_of(value["options"])]
    return "\n".join([*pairs, *(_pair("", word) for word in values_of(value["extra"]))])


def _number(value: dict[str, Any]) -> str:
    right = f"#{number_as_text(value['answer'])}:{number_as_text(value['tolerance'] or 0)}"
    return f"{right}{_said(value['feedback_right'])}\n~{_said(value['feedback_wrong'])}"


def _one_gap(value: dict[str, Any]) -> str:
    gap = value["options"][0]["value"]
    right = f"={_escaped(gap['text'])}{_said(gap['feedback'])}"
    if value["typed"]:
        return " ".join([right, *(f"={_escaped(word)}" for word in (gap["also"] or "").split("/") if word.strip())])
    return " ".join([right, *(f"~{_escaped(word)}" for word in values_of(value["extra"]))])


def _nothing(_value: dict[str, Any]) -> str:
    return ""


_WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "single_choice": _one_right,
    "picture_choice": _one_right,
    "multiple_choice": _several_right,
    "true_false": _true_or_false,
    "ordering": _steps,
    "matching": _pairs,
    "number": _number,
    "open_answer": _nothing,
}


# --- reading -------------------------------------------------------------------------------------------------------


def read(content: bytes) -> list[Carried]:
    """Return the questions of a file. Raises `ExchangeRefused`."""
    text = tidy(decoded(content))
    tags: list[str] = []
    found = []
    for chunk in re.split(r"\n[ \t]*\n", text):
        lines = [line.strip() for line in chunk.split("\n")]
        words = [line for line in lines if line and not line.startswith("//")]
        while words and words[0].startswith("$CATEGORY:"):
            tags = tags_of_category(words.pop(0).removeprefix("$CATEGORY:").strip())
        if words:
            comments = [line for line in lines if line.startswith("//")]
            own = next((line.lstrip("/ ") for line in comments if line.lstrip("/ ").startswith(MARK)), "")
            others = [line for line in comments if not line.lstrip("/ ").startswith(MARK)]
            found.append(restored(_seen([*others, *words], tags), own))
    if "{" not in text and not any(question.exact for question in found):
        raise ExchangeRefused(_("No question was found in this file. In GIFT each has its answers between { and }."))
    return found


def _seen(lines: list[str], tags: list[str]) -> Carried:
    """Return what everybody sees of a question."""
    found = Carried("description", {"prompt": ""}, tags=list(tags))
    for name, text in _MARKED.findall("\n".join(line for line in lines if line.startswith("//"))):
        plain = tidy(text.replace("\\]", "]"))
        if name == "id":
            found.key = plain
        else:
            found.tags.append(plain)
    found.tags = list(dict.fromkeys(tag for tag in found.tags if tag))
    text = "\n".join(line for line in lines if not line.startswith("//"))
    held = _ESCAPED.sub(lambda sign: _HELD[sign[1]], text).strip()
    if named := re.match(r"::(.*?)::", held, re.DOTALL):
        found.name, held = _released(named[1]), held[named.end() :].strip()
    try:
        _read_into(found, held)
    except NotTaken as reason:
        found.refused = str(reason)
        found.value = {"prompt": found.value["prompt"] or _released(held)}
    found.name = found.name or title_of(found.value["prompt"])
    return found


def _released(text: str) -> str:
    """Return text with the signs that were escaped in it."""
    return tidy(text.translate(_RELEASED))


def _read_into(found: Carried, held: str) -> None:
    before, opening, rest = held.partition("{")
    answers, closing, after = rest.partition("}")
    if not opening and not closing:
        found.value = {"prompt": _Words(held, found).text(_FORMAT.sub("", held, count=1))}
        raise NotTaken(_("It is a text without a question."))
    if not closing or "}" in before:
        raise NotTaken(_("One of its braces { } is missing."))
    if "{" in after or "}" in after:
        raise NotTaken(_("It has answers in two places. Between two questions leave an empty line."))
    words = _Words(before, found)
    answers, _sign, explanation = answers.partition("####")
    prompt, ending = words.text(_FORMAT.sub("", before, count=1)), words.text(after)
    found.value = {"prompt": f"{prompt} _____ {ending}".strip() if ending else prompt}
    found.kind, parts = _parts(answers.strip(), words, (prompt, ending))
    found.value |= {"explanation": words.text(explanation), **parts}


class _Words:
    """Turns pieces of one question into plain text, by the format the question says it has."""

    def __init__(self, start: str, question: Carried) -> None:
        named = _FORMAT.match(start)
        self.format = named[1] if named else "moodle"
        self.question = question

    def text(self, piece: str) -> str:
        """Return a piece as plain text."""
        piece = piece.strip()
        kind = self.format
        if own := _FORMAT.match(piece):
            kind, piece = own[1], piece[own.end() :]
        text = _released(piece)
        if kind == "plain":
            return text
        plain = PlainText(text if kind == "html" else text.replace("\n", "<br>"))
        if plain.pictures or plain.lost:
            self.question.notes.append(
                _("GIFT carries no pictures and no recordings; those named in it were not taken.")
            )
        return plain.text

    def said(self, piece: str) -> tuple[str, str]:
        """Return an answer's text and what is said to who gives it."""
        text, _sign, feedback = piece.partition("#")
        return self.text(text), self.text(feedback)

    def note_half_right(self) -> None:
        """Say that half points do not exist here."""
        self.question.notes.append(_("An answer that was worth part of the points counts as wrong here."))


Parts = tuple[str, dict[str, Any]]


def _parts(answers: str, words: _Words, around: tuple[str, str]) -> Parts:
    if not answers:
        words.question.notes.append(_("It says nothing on how to mark it: write what is looked for in an answer."))
        return "open_answer", {"rubric": rubric_of("")}
    if answers.startswith("#"):
        return _read_number(answers[1:], words)
    if "~" in answers:
        return _read_choice(answers, words)
    if "=" in answers and "->" in answers:
        return _read_matching(answers, words)
    if answers.partition("#")[0].strip().upper() in {"T", "TRUE", "F", "FALSE"}:
        return _read_true_false(answers, words)
    return _read_typed(answers, words, around)


def _weighed(piece: str) -> tuple[float, str]:
    """Return an answer's share of the points in percent, and the rest of it."""
    piece, share = piece.strip(), 0.0
    if piece.startswith("="):
        piece, share = piece[1:].strip(), 100.0
    if weight := _WEIGHT.match(piece):
        return as_number(weight[1]) or 0.0, piece[weight.end() :]
    return share, piece


def _read_choice(answers: str, words: _Words) -> Parts:
    pieces = [_weighed(piece) for piece in answers.replace("=", "~=").split("~") if piece.strip()]
    is_single = "=" in answers
    if is_single and any(0 < share < 100 for share, _text in pieces):
        words.note_half_right()
    options = []
    for share, piece in pieces:
        text, feedback = words.said(piece)
        correct = share == 100 if is_single else share > 0
        options.append({"text": text, "correct": correct, "feedback": feedback})
    return "single_choice" if is_single else "multiple_choice", {"options": items(options)}


def _read_matching(answers: str, words: _Words) -> Parts:
    pairs, extra = [], []
    for piece in (piece for piece in answers.split("=") if piece.strip()):
        left, arrow, right = piece.partition("->")
        if not arrow:
            raise NotTaken(_("One of its pairs has no arrow ->."))
        text, match = words.text(left), words.text(right)
        if text:
            pairs.append({"text": text, "match": match})
        else:
            extra.append(match)
    return "matching", {"options": items(pairs), "extra": items(extra)}


def _read_true_false(answers: str, words: _Words) -> Parts:
    answer, wrong, right = (*answers.split("#", 2), "", "")[:3]
    is_true = answer.strip().upper().startswith("T")
    said = {is_true: words.text(right), not is_true: words.text(wrong)}
    return "true_false", {"answer": is_true, "feedback_true": said[True], "feedback_false": said[False]}


def _read_number(answers: str, words: _Words) -> Parts:
    answers, _sign, wrong = answers.partition("~")
    pieces = [_weighed(piece if answers.count("=") else f"={piece}") for piece in re.split(r"(?==)", answers)]
    right = [(share, piece) for share, piece in pieces if piece.strip() and share > 0]
    if not right:
        raise NotTaken(_("It has no right number."))
    _share, best = max(right, key=lambda found: found[0])
    text, feedback = words.said(best)
    if len(right) > 1:
        words.question.notes.append(_("Only one right number was taken: %s") % text)
    if ".." in text:
        least, most = (as_number(end) for end in text.split("..", 1))
        number = None if least is None or most is None else (least + most) / 2
        tolerance = None if least is None or most is None else abs(most - least) / 2
    else:
        shown, _colon, allowed = text.partition(":")
        number, tolerance = as_number(shown), as_number(allowed or "0")
    if number is None or tolerance is None:
        raise NotTaken(_("Its answer is not a number: %s") % title_of(text))
    parts = {"answer": number, "tolerance": tolerance, "feedback_right": feedback}
    return "number", {**parts, "feedback_wrong": words.said(wrong)[1]}


def _read_typed(answers: str, words: _Words, around: tuple[str, str]) -> Parts:
    right, feedback = [], ""
    for piece in (piece for piece in answers.split("=") if piece.strip()):
        share, answer = _weighed(f"={piece}")
        text, said = words.said(answer)
        if "*" in text or "/" in text:
            words.question.notes.append(_("An answer with the sign * or / was not taken: %s") % title_of(text))
        elif share == 100 and text:
            right.append(text)
            feedback = feedback or said
        else:
            words.note_half_right()
    if not right:
        raise NotTaken(_("It has no right word."))
    gap = {**typed_word(right), "feedback": feedback}
    text = " ".join(["", GAP, without_gap_marks(around[1])]).strip()
    prompt, _line, start = around[0].rpartition("\n")
    if around[1] and prompt:
        return "gaps", {"prompt": prompt, "text": f"{without_gap_marks(start)} {text}", **_typed([gap])}
    return "gaps", {"prompt": around[0] or text, "text": text, **_typed([gap])}


def _typed(gaps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"typed": True, "options": items(gaps), "extra": []}
