"""`python -m tools.check`: every check, all of them even when one fails; ends with the list of those that failed."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.steps import step, stop, tell

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
BIOME = ROOT / "node_modules" / ".bin" / "biome"
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "format": [str(PROGRAMS / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(PROGRAMS / "ruff"), "check", "--quiet", "."],
    "types": [str(PROGRAMS / "mypy"), "."],
    "floors": [str(PROGRAMS / "lint-imports")],
    "settings": [*MANAGE, "check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "messages": [*MANAGE, "update_catalogues", "--check"],
}


def main() -> None:
    """Run the checks and stop with 1 when one of them failed."""
    failed = [name for name, command in {**CHECKS, **_scripts()}.items() if not _passes(name, command)]
    if failed:
        stop(f"No pasan: {', '.join(failed)}", f"these checks failed: {', '.join(failed)}")


def _scripts() -> dict[str, list[str]]:
    """Return the checks of the browser's code, where Node.js is there to make them."""
    if not shutil.which("node") or not BIOME.exists():
        tell("Falta Node.js: no se revisan los programas del navegador.", "no Node.js: scripts are not checked")
        return {}
    checks = {"scripts": [str(BIOME), "ci", "--colors=off", "--diagnostic-level=error", "static", "tests"]}
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.test.js"))
    if tests:
        checks["scripts' tests"] = ["node", "--test", "--test-reporter=dot", *tests]
    return checks


def _passes(name: str, command: list[str]) -> bool:
    """Run one check with a data folder of its own, so that it needs no school and disturbs none."""
    with step(name, " ".join([Path(command[0]).name, *command[1:]])), tempfile.TemporaryDirectory() as var:
        quiet = {**os.environ, "SCHOOL_VAR": var, "DATABASE_URL": "", "REDIS_URL": ""}
        return subprocess.run(command, cwd=ROOT, env=quiet, check=False).returncode == 0


if __name__ == "__main__":
    main()
