"""The languages the school knows: one data file feeds Django, Wagtail, dates and the switcher.

Django knows none of the Mayan languages: each needs an entry in LANG_INFO, a compiled catalogue
(`cms.catalogues`) and a formats module, or its addresses answer 404 and its dates come out English.
"""

import json
import sys
import types
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE_LANGUAGE = "es"
"""Language in which courses are written and to which every missing text falls back."""


@dataclass(frozen=True)
class Language:
    """One row of `languages.json`."""

    code: str
    name: str
    name_es: str
    direction: str
    plural: str
    mayan: bool


@cache
def languages() -> dict[str, Language]:
    """All shipped languages by code, in the order of the file."""
    rows = json.loads(Path(__file__).with_name("languages.json").read_text(encoding="utf-8"))
    return {row["code"]: Language(**row) for row in rows}


def lang_info() -> dict[str, dict[str, object]]:
    """Entries for `django.conf.locale.LANG_INFO`."""
    return {
        language.code: {
            "bidi": language.direction == "rtl",
            "code": language.code,
            "name": language.name_es,
            "name_local": language.name,
        }
        for language in languages().values()
    }


def install_formats(package: str = "cms.formats") -> str:
    """Give every language Guatemala's date and number style; return the package's name.

    Django falls back to English shapes for a language without a formats module, and writes
    decimal commas for Spanish; CLDR's es-GT and kek use a decimal point.
    """
    parent = types.ModuleType(package)
    parent.__path__ = []
    sys.modules[package] = parent
    style = {
        "DATE_FORMAT": r"j \d\e F \d\e Y",
        "SHORT_DATE_FORMAT": "d/m/Y",
        "DATETIME_FORMAT": r"j \d\e F \d\e Y, H:i",
        "SHORT_DATETIME_FORMAT": "d/m/Y H:i",
        "TIME_FORMAT": "H:i",
        "MONTH_DAY_FORMAT": r"j \d\e F",
        "YEAR_MONTH_FORMAT": r"F \d\e Y",
        "DECIMAL_SEPARATOR": ".",
        "THOUSAND_SEPARATOR": ",",
        "NUMBER_GROUPING": 3,
        "FIRST_DAY_OF_WEEK": 1,
    }
    for code in languages():
        if code in {"en", "fr", "pt"}:
            continue
        for name in (f"{package}.{code}", f"{package}.{code}.formats"):
            module = types.ModuleType(name)
            module.__path__ = []
            sys.modules[name] = module
        sys.modules[f"{package}.{code}.formats"].__dict__.update(style)
    return package
