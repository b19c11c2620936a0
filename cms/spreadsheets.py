"""What every table given to a spreadsheet must heed."""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before what could start one.

    Signs that an XLSX file cannot hold are left out.
    """
    text = _UNWRITABLE.sub("", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
