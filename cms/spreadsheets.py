"""What every table given to a spreadsheet must heed."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before what could start one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
