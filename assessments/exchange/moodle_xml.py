"""Moodle XML (https://docs.moodle.org/en/Moodle_XML_format), with pictures inside the file."""

import base64
import binascii
import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from assessments.blocks import GAP
from assessments.exchange.own_data import MARK, own_line, restored
from assessments.exchange.questions import (
    Carried,
    ExchangeRefused,
    NotTaken,
    Picture,
    file_name,
    items,
    tidy,
    title_of,
    values_of,
)
from assessments.exchange.texts import PlainText, as_html
from assessments.exchange.wording import (
    FILL_THE_GAPS,
    PICTURE,
    as_number,
    number_as_text,
    rubric_as_text,
    rubric_of,
    sentence,
    shown_as_text,
    typed_word,
    without_gap_marks,
)

Element = ElementTree.Element
SUFFIXES = {"jpeg": "jpg"}
_INSIDE = "@@PLUGINFILE@@/"
_DATA_ADDRESS = re.compile(r"data:image/(\w+)[^,]*;base64,(.*)", re.DOTALL)
_GAP_CODE = re.compile(r"\{\d*:([A-Z_]+):((?:\\.|[^\\}])*)\}", re.DOTALL)
_CHOSEN = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS"}
_CHOSEN |= {"MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
_TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC", "NUMERICAL", "NM"}
_NOT_A_TAG = re.compile(r"^(\$\w+\$|top|Default for .*|Por defecto en .*)$")


# --- writing -------------------------------------------------------------------------------------------------------


def write(questions: list[Carried]) -> bytes:
    """Return the questions as a file."""
    root = Element("quiz")
    for question in questions:
        element = _written(question)
        element.insert(0, ElementTree.Comment(own_line(question, _seen(element, []))))
        root.append(element)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _written(question: Carried) -> Element:
    name, write_parts = _WRITERS[question.kind]
    element, value = Element("question", type=name), question.value
    _plain(element, "name", title_of(tidy(question.name)))
    shown = shown_as_text(question) if name == "description" else value["prompt"]
    text = _cloze(value) if name == "cloze" else as_html(shown)
    _rich(element, "questiontext", text, question, value.get("picture") or "")
    _rich(element, "generalfeedback", as_html(value.get("explanation") or ""))
    ElementTree.SubElement(element, "defaultgrade").text = "0" if name == "description" else "1"
    ElementTree.SubElement(element, "penalty").text = "0"
    ElementTree.SubElement(element, "hidden").text = "0"
    ElementTree.SubElement(element, "idnumber").text = question.key
    write_parts(element, question)
    if question.tags:
        tags = ElementTree.SubElement(element, "tags")
        for tag in question.tags:
            _plain(tags, "tag", tidy(tag))
    return element


def _plain(parent: Element, name: str, text: str) -> Element:
    element = ElementTree.SubElement(parent, name)
    ElementTree.SubElement(element, "text").text = tidy(text)
    return element


def _rich(parent: Element, name: str, text: str, question: Carried | None = None, picture: str = "") -> Element:
    """Add an HTML text, with a picture and its file below it."""
    element = ElementTree.SubElement(parent, name, format="html")
    found = question.pictures.get(picture) if question and picture else None
    if found:
        text += f'<p><img src="{_INSIDE}{quote(picture)}" alt="{escape(tidy(found.description))}"></p>'
    ElementTree.SubElement(element, "text").text = text
    if found:
        file = ElementTree.SubElement(element, "file", name=picture, path="/", encoding="base64")
        file.text = base64.b64encode(found.content).decode()
    return element


def _answer(parent: Element, fraction: str, text: str, feedback: str) -> Element:
    answer = _plain(parent, "answer", text)
    answer.set("fraction", fraction)
    _rich(answer, "feedback", as_html(feedback or ""))
    return answer


def _write_choice(element: Element, question: Carried) -> None:
    options = values_of(question.value["options"])
    is_single = question.kind != "multiple_choice"
    share = 100 / max(1, sum(bool(option["correct"]) for option in options))
    ElementTree.SubElement(element, "single").text = str(is_single).lower()
    ElementTree.SubElement(element, "shuffleanswers").text = "true"
    ElementTree.SubElement(element, "answernumbering").text = "abc"
    wrong = 0.0 if is_single else -share
    for option in options:
        answer = _rich(element, "answer", as_html(option["text"]), question, option["picture"])
        answer.set("fraction", f"{share if option['correct'] else wrong:.7g}")
        _rich(answer, "feedback", as_html(option["feedback"]))


def _write_true_false(element: Element, question: Carried) -> None:
    value = question.value
    _answer(element, "100" if value["answer"] else "0", "true", value["feedback_true"])
    _answer(element, "0" if value["answer"] else "100", "false", value["feedback_false"])


def _write_ordering(element: Element, question: Carried) -> None:
    for name, text in {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": "0",
        "showgrading": "SHOW",
    }.items():
        ElementTree.SubElement(element, name).text = text
    ElementTree.SubElement(element, "gradingtype").text = "RELATIVE_NEXT_EXCLUDE_LAST"
    for place, step in enumerate(values_of(question.value["options"]), 1):
        answer = _rich(element, "answer", as_html(step["text"]), question, step["picture"])
        answer.set("fraction", str(place))
        _rich(answer, "feedback", as_html(step["feedback"]))


def _write_matching(element: Element, question: Carried) -> None:
    ElementTree.SubElement(element, "shuffleanswers").text = "true"
    for pair in values_of(question.value["options"]):
        left = _rich(element, "subquestion", as_html(pair["text"]), question, pair["picture"])
        _plain(left, "answer", pair["match"])
    for word in values_of(question.value["extra"]):
        _plain(_rich(element, "subquestion", ""), "answer", word)


def _write_number(element: Element, question: Carried) -> None:
    value = question.value
    right = _answer(element, "100", number_as_text(value["answer"]), value["feedback_right"])
    ElementTree.SubElement(right, "tolerance").text = number_as_text(value["tolerance"] or 0)
    wrong = _answer(element, "0", "*", value["feedback_wrong"])
    ElementTree.SubElement(wrong, "tolerance").text = "0"
    if value["unit"]:
        unit = ElementTree.SubElement(ElementTree.SubElement(element, "units"), "unit")
        ElementTree.SubElement(unit, "multiplier").text = "1"
        ElementTree.SubElement(unit, "unit_name").text = tidy(value["unit"])
    for name, text in {"unitgradingtype": "0", "unitpenalty": "0", "showunits": "3", "unitsleft": "0"}.items():
        ElementTree.SubElement(element, name).text = text


def _write_essay(element: Element, question: Carried) -> None:
    for name, text in {"responseformat": "editor", "responserequired": "1", "responsefieldlines": "10"}.items():
        ElementTree.SubElement(element, name).text = text
    _rich(element, "graderinfo", as_html(rubric_as_text(question.value["rubric"])))


def _write_nothing(_element: Element, _question: Carried) -> None:
    """Add nothing to what every question has."""


def _cloze(value: dict[str, Any]) -> str:
    """Return prompt and text with a code of answers in each gap."""
    gaps = values_of(value["options"])
    offered = [gap["text"] for gap in gaps] + values_of(value["extra"])
    pieces = tidy(value["text"]).split(GAP)
    text = pieces[0]
    for gap, piece in zip(gaps, pieces[1:], strict=False):
        right = _code(gap["text"]) + (f"#{_code(gap['feedback'])}" if gap["feedback"] else "")
        if value["typed"]:
            others = [f"={_code(word)}" for word in (gap["also"] or "").split("/") if word.strip()]
        else:
            others = [_code(word) for word in offered if word != gap["text"]]
        kind = "SHORTANSWER" if value["typed"] else "MULTICHOICE"
        text += f"{{1:{kind}:{'~'.join([f'={right}', *others])}}}{piece}"
    return as_html(f"{tidy(value['prompt'])}\n\n{text}")


def _code(text: str) -> str:
    """Return a text as it stands inside a gap's code."""
    return re.sub(r"([\\}#~/\"])", r"\\\1", " ".join(tidy(text).split()))


_WRITERS: dict[str, tuple[str, Callable[[Element, Carried], None]]] = {
    "single_choice": ("multichoice", _write_choice),
    "multiple_choice": ("multichoice", _write_choice),
    "picture_choice": ("multichoice", _write_choice),
    "true_false": ("truefalse", _write_true_false),
    "ordering": ("ordering", _write_ordering),
    "matching": ("matching", _write_matching),
    "gaps": ("cloze", _write_nothing),
    "number": ("numerical", _write_number),
    "open_answer": ("essay", _write_essay),
    "find_in_picture": ("description", _write_nothing),
    "case": ("description", _write_nothing),
}


# --- reading -------------------------------------------------------------------------------------------------------


class _Tree(ElementTree.TreeBuilder):
    """Builds the tree with its comments; a file that declares a type of document could reach out or swell up."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True)

    def doctype(self, *_parts: Any) -> None:
        raise ExchangeRefused(_("This file declares rules of its own (DOCTYPE). For safety it is not read."))


def read(content: bytes) -> list[Carried]:
    """Return the questions of a file. Raises `ExchangeRefused`."""
    parser = ElementTree.XMLParser(target=_Tree())  # noqa: S314  (the tree refuses DOCTYPE, and with it entities)
    try:
        parser.feed(content)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise ExchangeRefused(
            _("This XML file is not whole: it stops, or is broken, in the middle. Export or download it again.")
        ) from problem
    if root.tag != "quiz":
        raise ExchangeRefused(_("This XML file holds no questions of Moodle."))
    tags: list[str] = []
    found = []
    for element in root.findall("question"):
        if element.get("type") == "category":
            tags = tags_of_category(element.findtext("category/text") or "")
        else:
            found.append(_read(element, tags))
    return found


def tags_of_category(path: str) -> list[str]:
    """Return the names in a category's path (`$course$/top/…`) that say something."""
    parts = [tidy(PlainText(part.replace("//", "/")).text) for part in re.split(r"(?<!/)/(?!/)", path)]
    return [part for part in parts if part and not _NOT_A_TAG.match(part)]


def _read(element: Element, tags: list[str]) -> Carried:
    comments = [part.text or "" for part in element if not isinstance(part.tag, str)]
    own = next((text for text in map(str.strip, comments) if text.startswith(MARK)), "")
    return restored(_seen(element, tags), own)


def _seen(element: Element, tags: list[str]) -> Carried:
    """Return what everybody sees of a question."""
    reader = _Reader(element)
    own_tags = [tidy(PlainText(tag.text or "").text) for tag in element.iterfind("tags/tag/text")]
    found = Carried("description", {}, notes=reader.notes, pictures=reader.pictures)
    found.tags = list(dict.fromkeys(tag for tag in [*tags, *own_tags] if tag))
    found.key = tidy(element.findtext("idnumber") or "")
    try:
        prompt, picture = reader.text("questiontext")
        found.value = {"prompt": prompt, "picture": picture}
        found.name = tidy(element.findtext("name/text") or "") or title_of(prompt)
        kind, parts = _reader_of(element.get("type") or "")(reader)
        explanation, _lost = reader.text("generalfeedback", pictures=False)
        found.kind, found.value = kind, {**found.value, "explanation": explanation, **parts}
    except NotTaken as reason:
        found.refused = str(reason)
    if element.find("hint/text") is not None and "".join(element.find("hint").itertext()).strip():  # type: ignore[union-attr]
        found.notes.append(_("Its hints were not taken."))
    return found


def _reader_of(name: str) -> "Callable[[_Reader], tuple[str, dict[str, Any]]]":
    if name == "description":
        raise NotTaken(_("It is a text without a question."))
    if name not in _READERS:
        raise NotTaken(_("The school has no questions of the type «%s».") % name)
    return _READERS[name]


class _Reader:
    """Reads the texts and pictures of one question, noting what is left behind."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.notes: list[str] = []
        self.pictures: dict[str, Picture] = {}

    def text(self, name: str, parent: Element | None = None, *, pictures: bool = True) -> tuple[str, str]:
        """Return a child's text without its HTML, and the name of its picture."""
        element = (self.element if parent is None else parent).find(name)
        return ("", "") if element is None else self.text_of(element, pictures=pictures)

    def text_of(self, element: Element, *, pictures: bool = True) -> tuple[str, str]:
        """Return an element's text without its HTML, and the name of its picture."""
        source = element.findtext("text") or ""
        if element.get("format") == "plain_text":
            return tidy(source), ""
        if element.get("format") in {"moodle_auto_format", "markdown"}:
            source = source.strip().replace("\n", "<br>")
        plain = PlainText(source)
        if plain.lost:
            self.notes.append(_("This was not taken: %s") % ", ".join(sorted(plain.lost)))
        found = [name for name in (self._keep(element, *picture) for picture in plain.pictures) if name]
        if len(found) > 1 or (found and not pictures):
            self.notes.append(_("A text can have one picture, a comment none; the others were not taken."))
        return plain.text, found[0] if found and pictures else ""

    def _keep(self, element: Element, address: str, words: str) -> str:
        content, suffix = self._file(element, address)
        if not content:
            self.notes.append(_("A picture is not in the file and was not taken: %s") % title_of(address))
            return ""
        name = file_name(content, SUFFIXES.get(suffix, suffix))
        self.pictures[name] = Picture(content, words)
        return name

    def _file(self, element: Element, address: str) -> tuple[bytes, str]:
        if embedded := _DATA_ADDRESS.match(address):
            return _unpacked(embedded[2]), embedded[1].lower()
        if not address.startswith(_INSIDE):
            return b"", ""
        wanted = unquote(address.removeprefix(_INSIDE).partition("?")[0]).rpartition("/")[2]
        file = next((file for file in element.findall("file") if file.get("name") == wanted), None)
        return (b"" if file is None else _unpacked(file.text or "")), re.sub(
            r"\W", "", wanted.rpartition(".")[2].lower()
        )

    def answers(self) -> list[tuple[Element, float]]:
        """Return the answers with their share of the points, in percent."""
        found = [(answer, as_number(answer.get("fraction") or "0")) for answer in self.element.findall("answer")]
        return [(answer, share or 0.0) for answer, share in found]

    def feedback(self, answer: Element) -> str:
        """Return what is said to who gives an answer."""
        return self.text("feedback", answer, pictures=False)[0]

    def note_half_right(self) -> None:
        """Say that half points do not exist here."""
        self.notes.append(_("An answer that was worth part of the points counts as wrong here."))


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _read_choice(reader: _Reader) -> tuple[str, dict[str, Any]]:
    answers = reader.answers()
    is_single = (reader.element.findtext("single") or "true").strip().lower() in {"true", "1"}
    most = max((share for _answer, share in answers), default=0)
    options = []
    for number, (answer, share) in enumerate(answers, 1):
        text, picture = reader.text_of(answer)
        if picture and not text:
            text = reader.pictures[picture].description or f"{sentence(PICTURE)} {number}"
        correct = share > 0 and (share == most or not is_single)
        option = {"text": text, "picture": picture, "correct": correct, "feedback": reader.feedback(answer)}
        options.append(option)
    if is_single and any(0 < share < most for _answer, share in answers):
        reader.note_half_right()
    if not is_single:
        return "multiple_choice", {"options": items(options)}
    is_of_pictures = bool(options) and all(option["picture"] for option in options)
    return "picture_choice" if is_of_pictures else "single_choice", {"options": items(options)}


def _read_true_false(reader: _Reader) -> tuple[str, dict[str, Any]]:
    found = {(answer.findtext("text") or "").strip().lower(): (answer, share) for answer, share in reader.answers()}
    if set(found) != {"true", "false"}:
        raise NotTaken(_("A question of true or false needs exactly these two answers."))
    return "true_false", {
        "answer": found["true"][1] > found["false"][1],
        "feedback_true": reader.feedback(found["true"][0]),
        "feedback_false": reader.feedback(found["false"][0]),
    }


def _read_ordering(reader: _Reader) -> tuple[str, dict[str, Any]]:
    steps = []
    for answer, _place in sorted(reader.answers(), key=lambda found: found[1]):
        text, picture = reader.text_of(answer)
        steps.append({"text": text, "picture": picture, "feedback": reader.feedback(answer)})
    return "ordering", {"options": items(steps)}


def _read_matching(reader: _Reader) -> tuple[str, dict[str, Any]]:
    pairs, extra = [], []
    for left in reader.element.findall("subquestion"):
        text, picture = reader.text_of(left)
        match = PlainText(left.findtext("answer/text") or "").text
        if text or picture:
            pairs.append({"text": text or reader.pictures[picture].description, "picture": picture, "match": match})
        elif match:
            extra.append(match)
    return "matching", {"options": items(pairs), "extra": items(extra)}


def _read_number(reader: _Reader) -> tuple[str, dict[str, Any]]:
    wrong, right = "", []
    for answer, share in reader.answers():
        text = (answer.findtext("text") or "").strip()
        if text == "*":
            wrong = reader.feedback(answer)
        elif share > 0:
            right.append((share, text, answer))
    if not right:
        raise NotTaken(_("It has no right number."))
    _share, text, best = max(right, key=lambda found: found[0])
    if len(right) > 1:
        reader.notes.append(_("Only one right number was taken: %s") % text)
    number = as_number(text)
    if number is None:
        raise NotTaken(_("Its answer is not a number: %s") % title_of(text))
    return "number", {
        "answer": number,
        "tolerance": as_number(best.findtext("tolerance") or "0") or 0.0,
        "unit": tidy(reader.element.findtext("units/unit/unit_name") or ""),
        "feedback_right": reader.feedback(best),
        "feedback_wrong": wrong,
    }


def _read_short_answer(reader: _Reader) -> tuple[str, dict[str, Any]]:
    words = []
    for answer, share in sorted(reader.answers(), key=lambda found: -found[1]):
        word = PlainText(answer.findtext("text") or "").text
        if "*" in word or "/" in word:
            reader.notes.append(_("An answer with the sign * or / was not taken: %s") % title_of(word))
        elif share == 100:
            words.append(word)
        elif share > 0:
            reader.note_half_right()
    if not words:
        raise NotTaken(_("It has no right word."))
    return "gaps", {"text": GAP, "typed": True, "options": items([typed_word(words)]), "extra": []}


def _read_essay(reader: _Reader) -> tuple[str, dict[str, Any]]:
    rubric, _picture = reader.text("graderinfo", pictures=False)
    if not rubric:
        reader.notes.append(_("It says nothing on how to mark it: write what is looked for in an answer."))
    return "open_answer", {"rubric": rubric_of(rubric)}


def _read_cloze(reader: _Reader) -> tuple[str, dict[str, Any]]:
    whole, picture = reader.text("questiontext")
    found = [_Gap(code[1], code[2], reader) for code in _GAP_CODE.finditer(whole)]
    if not found:
        raise NotTaken(_("No gap was found in its text."))
    text = GAP.join(without_gap_marks(piece) for piece in _GAP_CODE.sub("\0", whole).split("\0"))
    first, _break, rest = text.partition("\n\n")
    prompt, text = (first, rest) if rest and GAP not in first else (sentence(FILL_THE_GAPS), text)
    is_typed = any(gap.is_typed for gap in found)
    if is_typed and not all(gap.is_typed for gap in found):
        reader.notes.append(_("Some of its gaps offered words; here all of them are typed."))
    right = {gap.words[0].casefold() for gap in found}
    wrong = dict.fromkeys(word for gap in found for word in gap.wrong if word.casefold() not in right)
    return "gaps", {
        "prompt": prompt,
        "picture": picture,
        "text": text,
        "typed": is_typed,
        "options": items([gap.value(is_typed) for gap in found]),
        "extra": [] if is_typed else items(list(wrong)),
    }


class _Gap:
    """What stands in one gap's code."""

    def __init__(self, kind: str, code: str, reader: _Reader) -> None:
        if kind not in _CHOSEN | _TYPED:
            raise NotTaken(_("The school has no gaps of the type «%s».") % kind)
        self.is_typed = kind in _TYPED
        self.words, self.wrong, self.feedback = [], [], ""
        for answer in re.split(r"(?<!\\)~", code):
            share, text, feedback = self._parts(answer)
            if "NUMERICAL" in kind or kind == "NM":
                text = text.partition(":")[0]
            if share == 100:
                self.feedback = self.feedback or feedback
                self.words.append(text)
            else:
                if share > 0:
                    reader.note_half_right()
                if not self.is_typed and text:
                    self.wrong.append(text)
        if not self.words or not self.words[0]:
            raise NotTaken(_("A gap has no right word."))

    @staticmethod
    def _parts(answer: str) -> tuple[float, str, str]:
        answer = answer.strip()
        share = 0.0
        if weight := re.match(r"%(-?[\d.]+)%", answer):
            share, answer = as_number(weight[1]) or 0.0, answer[weight.end() :]
        elif answer.startswith("="):
            share, answer = 100.0, answer[1:]
        text, _sign, feedback = re.sub(r"(?<!\\)#", "\0", answer, count=1).partition("\0")
        return share, re.sub(r"\\(.)", r"\1", text).strip(), re.sub(r"\\(.)", r"\1", feedback).strip()

    def value(self, is_typed: bool) -> dict[str, Any]:
        """Return the gap as the block has it."""
        return {**typed_word(self.words if is_typed else self.words[:1]), "feedback": self.feedback}


_READERS: dict[str, Callable[[_Reader], tuple[str, dict[str, Any]]]] = {
    "multichoice": _read_choice,
    "truefalse": _read_true_false,
    "ordering": _read_ordering,
    "matching": _read_matching,
    "match": _read_matching,
    "numerical": _read_number,
    "shortanswer": _read_short_answer,
    "essay": _read_essay,
    "cloze": _read_cloze,
    "multianswer": _read_cloze,
}
