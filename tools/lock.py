"""`python -m tools.lock`: compile the lock files anew, with hashes and without the address of any registry."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.steps import step

ROOT = Path(__file__).resolve().parent.parent
UV = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
UV += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
# Each list, and the list whose versions it must share: what is tested is what runs.
LISTS = {"requirements": [], "requirements-dev": ["-c", "requirements.txt"]}


def main() -> None:
    """Compile both lists of Python packages and the one of npm."""
    for name, constraints in LISTS.items():
        with step(f"{name}.txt", f"from {name}.in"):
            _run([*UV, f"{name}.in", *constraints, "-o", f"{name}.txt"])
    with step("package-lock.json", "from package.json"):
        _run(["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"])
        _forget_addresses(ROOT / "package-lock.json")


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _forget_addresses(path: Path) -> None:
    """Leave out where packages were found: the integrity hashes tell what they are."""
    lock: dict[str, Any] = json.loads(path.read_text())
    for package in lock["packages"].values():
        for address in ("resolved", "funding"):
            package.pop(address, None)
    path.write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    main()
