"""Static files: one `school.css` and one `js/school.js` joined from many, and hashed names that follow imports."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = Path(settings.BASE_DIR) / "static" / "css"
LAYER_ORDER = ("tokens.css", "base.css")
SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
STATIC_IMPORT = re.compile(r'^import [^;]+? from "\./([\w-]+\.js)";\n', re.MULTILINE)
COMMENT_LINE = re.compile(r"^ *(?://.*|/\*\*.*\*/)\n", re.MULTILINE)


class SchoolStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed static files; `import` and `import()` in our modules get the hashed names."""

    support_js_module_import_aggregation = True


def join_styles() -> str:
    """Return the text of `school.css`: tokens, base, then the components by name."""
    first = [STYLES / name for name in LAYER_ORDER]
    rest = sorted(path for path in STYLES.glob("*.css") if path.name not in LAYER_ORDER)
    return "\n".join(path.read_text(encoding="utf-8") for path in [*first, *rest])


def join_scripts() -> str:
    """Return the text of `js/school.js`: the entry after the modules it imports, in one scope and without comments.

    One request instead of one after another; for this the modules' top-level names must differ. What is loaded by
    `import()` stays apart.
    """
    return COMMENT_LINE.sub("", "".join(_with_imports("entry.js", set())))


def _with_imports(name: str, joined: set[str]) -> Iterator[str]:
    joined.add(name)
    text = (SCRIPTS / name).read_text(encoding="utf-8")
    for imported in STATIC_IMPORT.findall(text):
        if imported not in joined:
            yield from _with_imports(imported, joined)
    yield STATIC_IMPORT.sub("", text)


JOINED: dict[str, Callable[[], str]] = {"school.css": join_styles, "js/school.js": join_scripts}


class JoinedFilesFinder(BaseFinder):
    """Offers the joined files, joined anew whenever they are asked for."""

    def __init__(self) -> None:
        self.storage = FileSystemStorage(location=Path(settings.VAR_DIR) / "joined")

    def _write(self, name: str) -> str:
        target = Path(self.storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        text = JOINED[name]()
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
        return str(target)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the path of a joined file when one is looked for."""
        if path not in JOINED:
            return []
        found = self._write(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the joined files."""
        for name in JOINED:
            self._write(name)
            yield name, self.storage
