"""Interface texts: the PO files of `locale/` compiled into `var/locale/`, one catalogue for every language.

`django.po` holds the school's own texts, gathered by `update_catalogues`; files beside it fill gaps in the translations
that libraries bring.
"""

from pathlib import Path

import polib

from cms.languages import languages


def compile_catalogues(source: Path, target: Path) -> int:
    """Compile all of `source/<code>/LC_MESSAGES/*.po` to one catalogue in `target`, an empty one where there is none.

    Django answers 404 under a language without a compiled catalogue. Files newer than their source are
    kept. Returns how many were written.
    """
    written = 0
    for language in languages().values():
        po_paths = sorted((source / language.code / "LC_MESSAGES").glob("*.po"))
        mo_path = target / language.code / "LC_MESSAGES" / "django.mo"
        if mo_path.exists() and all(mo_path.stat().st_mtime >= po_path.stat().st_mtime for po_path in po_paths):
            continue
        mo_path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.POFile()
        for po_path in po_paths:
            catalogue.extend(polib.pofile(str(po_path)))
        catalogue.metadata = {
            "Content-Type": "text/plain; charset=UTF-8",
            "Language": language.code,
            "Plural-Forms": language.plural,
        }
        partial = mo_path.with_suffix(".part")
        catalogue.save_as_mofile(str(partial))
        partial.replace(mo_path)
        written += 1
    return written
