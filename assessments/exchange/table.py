"""CSV: a question a row, to be written and corrected in a spreadsheet. The names of columns and types are Spanish.

Each answer has three columns: `opción`, `pareja` (what it belongs to; for a gap, other words that are right; for a
criterion, its points) and `comentario`. `correctas` holds the numbers of the right answers, «verdadero» or «falso», or
the right number.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from assessments.blocks import GAP
from assessments.exchange.own_data import MARK, own_line, restored
from assessments.exchange.questions import Carried, ExchangeRefused, NotTaken, items, tidy, title_of, values_of
from assessments.exchange.texts import decoded
from assessments.exchange.wording import as_number, number_as_text, rubric_of, shown_as_text

KEY, TYPE, PROMPT, TEXT, RIGHT = "clave", "tipo", "pregunta", "texto", "correctas"
TOLERANCE, UNIT, EXPLANATION, TAGS, OWN = "tolerancia", "unidad", "explicación", "etiquetas", "datos de la escuela"
OPTION, MATCH, SAID = "opción", "pareja", "comentario"
COLUMNS = [KEY, TYPE, PROMPT, TEXT, RIGHT, TOLERANCE, UNIT, EXPLANATION, TAGS]
LEAST_OPTIONS, MOST_OPTIONS = 4, 20
TYPES = {
    "single_choice": "una respuesta",
    "multiple_choice": "varias respuestas",
    "true_false": "verdadero o falso",
    "picture_choice": "elegir la imagen",
    "ordering": "ordenar",
    "matching": "emparejar",
    "gaps": "completar",
    "number": "número",
    "find_in_picture": "buscar en la imagen",
    "case": "caso",
    "open_answer": "respuesta abierta",
}
TYPED_GAPS = "completar escribiendo"
_FORMULA = re.compile(r"'*[=+\-@\t]")

Row = dict[str, str]


# --- writing -------------------------------------------------------------------------------------------------------


def write(questions: list[Carried]) -> bytes:
    """Return the questions as a file that a spreadsheet opens (UTF-8 with its mark, commas)."""
    rows = []
    for question in questions:
        row = _row(question)
        rows.append({**row, OWN: own_line(question, _seen(row))})
    return _file(rows)


def template() -> bytes:
    """Return a file to be filled in, with an example each of three types."""
    answers = [
        ("Con paciencia y en su idioma", "", "Sí. Así se atiende a toda persona."),
        ("Solo si paga", "", "No. El servicio es gratuito."),
        ("Solo si lleva a alguien", "", "No. Puede llegar sola."),
    ]
    choice = {TYPE: TYPES["single_choice"], PROMPT: "¿Cómo se atiende a una persona en el puesto de salud?", RIGHT: "1"}
    true = {TYPE: TYPES["true_false"], PROMPT: "El puesto de salud atiende a toda persona.", RIGHT: "verdadero"}
    pairs = {TYPE: TYPES["matching"], PROMPT: "Una cada cosa con lo que es."}
    return _file(
        [
            {**choice, TAGS: "ejemplo, atención", **_columns(answers)},
            {
                **true,
                **_columns([("verdadero", "", "Sí. Nadie queda fuera."), ("falso", "", "Lea otra vez esta parte.")]),
            },
            {
                **pairs,
                **_columns([("puesto", "atiende", ""), ("farmacia", "entrega medicinas", ""), ("", "vende ropa", "")]),
            },
        ]
    )


def _file(rows: list[Row]) -> bytes:
    used = [int(name.rpartition(" ")[2]) for row in rows for name in row if name.startswith(OPTION)]
    slots = range(1, max([LEAST_OPTIONS, *used]) + 1)
    columns = [*COLUMNS, *(f"{name} {slot}" for slot in slots for name in (OPTION, MATCH, SAID)), OWN]
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows({name: _harmless(text) for name, text in row.items()} for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _columns(answers: list[tuple[str, str, str]]) -> Row:
    """Return the columns of answers: text, what it belongs to, comment."""
    return {
        f"{name} {number}": tidy(str(text))
        for number, answer in enumerate(answers, 1)
        for name, text in zip((OPTION, MATCH, SAID), answer, strict=True)
    }


def _row(question: Carried) -> Row:
    kind, value = question.kind, question.value
    common = {
        KEY: question.key,
        TYPE: TYPED_GAPS if value.get("typed") else TYPES[kind],
        PROMPT: tidy(value["prompt"] if kind in _WRITERS else shown_as_text(question)),
        EXPLANATION: tidy(value.get("explanation") or ""),
        TAGS: ", ".join(tidy(tag) for tag in question.tags),
    }
    return {**common, **(_WRITERS[kind](value) if kind in _WRITERS else {})}


def _write_choice(value: dict[str, Any]) -> Row:
    options = values_of(value["options"])
    right = " ".join(str(place) for place, option in enumerate(options, 1) if option["correct"])
    return {RIGHT: right, **_columns([(option["text"], "", option["feedback"]) for option in options])}


def _write_true_false(value: dict[str, Any]) -> Row:
    said = [("verdadero", "", value["feedback_true"]), ("falso", "", value["feedback_false"])]
    return {RIGHT: "verdadero" if value["answer"] else "falso", **_columns(said)}


def _write_steps(value: dict[str, Any]) -> Row:
    return _columns([(step["text"], "", step["feedback"]) for step in values_of(value["options"])])


def _write_pairs(value: dict[str, Any]) -> Row:
    pairs = [(pair["text"], pair["match"], pair["feedback"]) for pair in values_of(value["options"])]
    return _columns([*pairs, *(("", word, "") for word in values_of(value["extra"]))])


def _write_gaps(value: dict[str, Any]) -> Row:
    gaps = [(gap["text"], gap["also"], gap["feedback"]) for gap in values_of(value["options"])]
    return {TEXT: tidy(value["text"]), **_columns([*gaps, *((word, "", "") for word in values_of(value["extra"]))])}


def _write_number(value: dict[str, Any]) -> Row:
    said = [("correcta", "", value["feedback_right"]), ("otra", "", value["feedback_wrong"])]
    numbers = {RIGHT: number_as_text(value["answer"]), TOLERANCE: number_as_text(value["tolerance"] or 0)}
    return {**numbers, UNIT: tidy(value["unit"]), **_columns(said)}


def _write_rubric(value: dict[str, Any]) -> Row:
    return _columns([(line["text"], line["points"], line["help"]) for line in values_of(value["rubric"])])


_WRITERS: dict[str, Callable[[dict[str, Any]], Row]] = {
    "single_choice": _write_choice,
    "multiple_choice": _write_choice,
    "picture_choice": _write_choice,
    "true_false": _write_true_false,
    "ordering": _write_steps,
    "matching": _write_pairs,
    "gaps": _write_gaps,
    "number": _write_number,
    "open_answer": _write_rubric,
}


# --- reading -------------------------------------------------------------------------------------------------------


def read(content: bytes) -> list[Carried]:
    """Return the questions of a file. Raises `ExchangeRefused`."""
    text = decoded(content)
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as problem:
        raise ExchangeRefused(_("This table is broken. Save it again as CSV in your spreadsheet.")) from problem
    names = [_column(name) for name in rows[0]] if rows else []
    if not {TYPE, PROMPT} <= set(names):
        raise ExchangeRefused(
            _("This table has no columns «tipo» and «pregunta» in its first row. Download the template and fill it in.")
        )
    found = []
    for cells in rows[1:]:
        row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False) if name}
        if any(row.values()):
            own = row.pop(OWN, "")
            found.append(restored(_seen(row), own if own.startswith(MARK) else ""))
    return found


def _column(name: str) -> str:
    """Return a column's name as it is written here, however accents and capitals were typed."""
    wanted = _folded(name)
    known = [
        *COLUMNS,
        OWN,
        *(f"{part} {place}" for place in range(1, MOST_OPTIONS + 1) for part in (OPTION, MATCH, SAID)),
    ]
    return next((column for column in known if _folded(column) == wanted), "")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", tidy(text).casefold().replace("_", " "))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def _plain(cell: str) -> str:
    """Return a cell's text without the sign that keeps it from being a formula."""
    return tidy(cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell)


def _seen(row: Row) -> Carried:
    """Return what everybody sees of a question."""
    found = Carried("description", {"prompt": row.get(PROMPT, "")}, key=row.get(KEY, ""))
    found.name = title_of(found.value["prompt"])
    found.tags = list(dict.fromkeys(tag for tag in (part.strip() for part in row.get(TAGS, "").split(",")) if tag))
    kinds = {_folded(name): kind for kind, name in TYPES.items()} | {_folded(TYPED_GAPS): "gaps"}
    wanted = _folded(row.get(TYPE, ""))
    kind = kinds.get(wanted)
    try:
        if kind is None:
            raise NotTaken(_("The column «tipo» says «%s». The guide lists the types.") % title_of(row.get(TYPE, "")))
        if kind not in _READERS:
            raise NotTaken(_("A table cannot hold a question of this type. Write it here."))
        parts = _READERS[kind](row, _answers(row))
    except NotTaken as reason:
        found.refused = str(reason)
        return found
    found.kind = kind
    found.value |= {"explanation": row.get(EXPLANATION, ""), **parts}
    if kind == "gaps":
        found.value["typed"] = wanted == _folded(TYPED_GAPS)
    return found


Answer = tuple[str, str, str]


def _answers(row: Row) -> list[Answer]:
    """Return the answers that are filled in: text, what it belongs to, comment."""
    places = range(1, MOST_OPTIONS + 1)
    found = [tuple(row.get(f"{name} {place}", "") for name in (OPTION, MATCH, SAID)) for place in places]
    while found and not any(found[-1]):
        found.pop()
    return found  # type: ignore[return-value]


def _read_choice(row: Row, answers: list[Answer]) -> dict[str, Any]:
    right = {int(number) for number in re.findall(r"\d{1,3}", row.get(RIGHT, ""))}
    if not right or not right <= set(range(1, len(answers) + 1)):
        raise NotTaken(_("The column «correctas» must hold the numbers of the right answers, for example 2."))
    options = [
        {"text": text, "correct": place in right, "feedback": said}
        for place, (text, _match, said) in enumerate(answers, 1)
    ]
    return {"options": items(options)}


def _read_true_false(row: Row, answers: list[Answer]) -> dict[str, Any]:
    answer = _folded(row.get(RIGHT, ""))
    if answer not in {"verdadero", "falso", "v", "f"}:
        raise NotTaken(_("The column «correctas» must say «verdadero» or «falso»."))
    said = [comment for _text, _match, comment in answers] + ["", ""]
    return {"answer": answer.startswith("v"), "feedback_true": said[0], "feedback_false": said[1]}


def _read_steps(_row: Row, answers: list[Answer]) -> dict[str, Any]:
    return {"options": items([{"text": text, "feedback": said} for text, _match, said in answers])}


def _read_pairs(_row: Row, answers: list[Answer]) -> dict[str, Any]:
    pairs = [{"text": text, "match": match, "feedback": said} for text, match, said in answers if text]
    return {"options": items(pairs), "extra": items([match for text, match, _said in answers if not text])}


def _read_gaps(row: Row, answers: list[Answer]) -> dict[str, Any]:
    text = row.get(TEXT, "")
    count = text.count(GAP)
    if not count:
        raise NotTaken(_("Write ___ in the column «texto» where a word is missing."))
    gaps = [{"text": word, "also": also, "feedback": said} for word, also, said in answers[:count]]
    return {"text": text, "options": items(gaps), "extra": items([word for word, _also, _said in answers[count:]])}


def _read_number(row: Row, answers: list[Answer]) -> dict[str, Any]:
    number, tolerance = as_number(row.get(RIGHT, "")), as_number(row.get(TOLERANCE) or "0")
    if number is None or tolerance is None:
        raise NotTaken(_("The columns «correctas» and «tolerancia» must hold numbers."))
    said = [comment for _text, _match, comment in answers] + ["", ""]
    parts = {"answer": number, "tolerance": tolerance, "unit": row.get(UNIT, "")}
    return {**parts, "feedback_right": said[0], "feedback_wrong": said[1]}


def _read_rubric(_row: Row, answers: list[Answer]) -> dict[str, Any]:
    rubric = [{"text": text, "points": int(as_number(points) or 1), "help": said} for text, points, said in answers]
    return {"rubric": items(rubric) or rubric_of("")}


_READERS: dict[str, Callable[[Row, list[Answer]], dict[str, Any]]] = {
    "single_choice": _read_choice,
    "multiple_choice": _read_choice,
    "picture_choice": _read_choice,
    "true_false": _read_true_false,
    "ordering": _read_steps,
    "matching": _read_pairs,
    "gaps": _read_gaps,
    "number": _read_number,
    "open_answer": _read_rubric,
}
