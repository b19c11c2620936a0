"""Texts of other systems: decoding files, HTML to plain text and back."""

import codecs
import html
import re

from django.utils.translation import gettext as _

from assessments.exchange.questions import ExchangeRefused, tidy

_MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LINES = {"br", "tr", "dt", "dd", "ul", "ol", "table"}
_PARAGRAPHS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}


def decoded(content: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16, or else the letters of older Windows programs."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\0" in content:
        raise ExchangeRefused(_("This is not a file of text. Choose the XML, GIFT or CSV file that was exported."))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise ExchangeRefused(_("This file is broken: its letters cannot be read. Export it again.")) from problem


def as_html(text: str) -> str:
    """Return plain text as HTML with the same lines."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in html.escape(tidy(text), quote=False).split("\n\n")).replace(
        "\n", "<br>"
    )


class PlainText:
    """An HTML text as plain lines.

    `text` is the text, `pictures` the addresses of its pictures with their words, `lost` the tags (audio, video, …)
    whose content no plain text can hold.
    """

    def __init__(self, source: str) -> None:
        self.pictures: list[tuple[str, str]] = []
        self.lost: set[str] = set()
        self._numbers: list[int | None] = []
        self._parts: list[str] = []
        end = 0
        for found in _TAG.finditer(source):
            self._add_words(source[end : found.start()])
            self._add_tag(bool(found[1]), found[2].lower(), found[3])
            end = found.end()
        self._add_words(source[end:])
        lines = [" ".join(line.split()) for line in "".join(self._parts).split("\n")]
        self.text = tidy(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))

    def _add_words(self, words: str) -> None:
        self._parts.append(re.sub(r"\s+", " ", html.unescape(words)))

    def _add_tag(self, closes: bool, name: str, attributes: str) -> None:
        if name in {"ul", "ol"}:
            self._open_or_close_list(closes, 0 if name == "ol" else None)
        if name in _PARAGRAPHS:
            self._parts.append("\n\n")
        elif name in _LINES:
            self._parts.append("\n")
        elif name == "li" and not closes:
            self._parts.append(f"\n{self._bullet()} ")
        elif name in {"td", "th"}:
            self._parts.append(" ")
        elif name == "img":
            found = {key.lower(): double or single for key, double, single in _ATTRIBUTE.findall(attributes)}
            self.pictures.append((html.unescape(found.get("src", "")), tidy(html.unescape(found.get("alt", "")))))
        elif name in {"audio", "video", "iframe", "object", "embed", "svg", "math"}:
            self.lost.add(name)

    def _open_or_close_list(self, closes: bool, start: int | None) -> None:
        if not closes:
            self._numbers.append(start)
        elif self._numbers:
            self._numbers.pop()

    def _bullet(self) -> str:
        if not self._numbers or self._numbers[-1] is None:
            return "–"
        self._numbers[-1] += 1
        return f"{self._numbers[-1]}."
