"""The formats in which a bank travels, and how a file says which one it is."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.exchange import gift, moodle_xml, table
from assessments.exchange.questions import MOST_QUESTIONS, Carried, ExchangeRefused

MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Format:
    """One format: what it is called, its files' ending and type, whether pictures travel in it."""

    label: "Promise"
    suffix: str
    media_type: str
    write: Callable[[list[Carried]], bytes]
    read: Callable[[bytes], list[Carried]]
    has_pictures: bool = False


FORMATS = {
    "moodle": Format(
        gettext_lazy("Moodle XML: for another school; pictures travel in it"),
        "xml",
        "application/xml",
        moodle_xml.write,
        moodle_xml.read,
        has_pictures=True,
    ),
    "gift": Format(
        gettext_lazy("GIFT: plain text that many systems read"), "gift.txt", "text/plain", gift.write, gift.read
    ),
    "csv": Format(
        gettext_lazy("CSV: a table, to be corrected in a spreadsheet"), "csv", "text/csv", table.write, table.read
    ),
}


def read(content: bytes, name: str) -> tuple[str, list[Carried]]:
    """Return the format of a file (a key of `FORMATS`) and its questions. Raises `ExchangeRefused` in words."""
    if len(content) > MOST_BYTES:
        raise ExchangeRefused(_("This file is larger than 10 MB. Export fewer questions, or smaller pictures."))
    found = _format_of(content, name.lower())
    questions = FORMATS[found].read(content)
    if not questions:
        raise ExchangeRefused(_("No question was found in this file."))
    if len(questions) > MOST_QUESTIONS:
        raise ExchangeRefused(_("This file has more than 2,000 questions. Divide it."))
    return found, questions


def _format_of(content: bytes, name: str) -> str:
    start = content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        raise ExchangeRefused(
            _("This is a file of another kind. Take Moodle XML or GIFT; from a spreadsheet, «save as» CSV.")
        )
    if start.startswith(b"<") or name.endswith(".xml"):
        return "moodle"
    return "csv" if name.endswith(".csv") else "gift"
