"""Make this machine ready: `python3 -m tools.prepare [--dev]`, with the system's Python and nothing else.

Checks disk and folder, installs missing system libraries where it may, makes `.venv` and installs the lock
files' packages when they have changed. Killed half-way, the next call begins again where that is needed.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.steps import step, stop, tell

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / "installed.json"
NODE_MODULES = ROOT / "node_modules"
MEGABYTES_TO_INSTALL = 1000
MEGABYTES_TO_RUN = 100
PDF_LIBRARIES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core", "fonts-noto-core"]
SYSTEM_PACKAGES = [*PDF_LIBRARIES, "python3-venv", "gettext"]
BENCH_PACKAGES = ["chromium", "wrk"]
UNFINISHED = {"unfinished": ""}


def main() -> None:
    """Prepare for running, with --dev for tests and checks too, with --bench for measuring besides."""
    lock = "requirements-dev.txt" if "--dev" in sys.argv else "requirements.txt"
    ready = _installed().get(lock) == _hash(ROOT / lock)
    check_disk(MEGABYTES_TO_RUN if ready else MEGABYTES_TO_INSTALL)
    install_system_packages(SYSTEM_PACKAGES, may_install=not ready)
    if "--bench" in sys.argv:
        install_system_packages(BENCH_PACKAGES, may_install=True)
    if not ready:
        make_venv()
        install_packages(lock)
    if "--dev" in sys.argv:
        install_node_packages()


def check_disk(megabytes: int) -> None:
    """Stop where the school's folder or its data folder is full or may not be written."""
    for folder in (ROOT, Path(os.environ.get("SCHOOL_VAR") or ROOT / "var")):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            stop(
                f"No se puede escribir en {folder} ({error.strerror}).",
                f"{folder} cannot be written ({error.strerror}).",
            )
        free = shutil.disk_usage(folder).free // 1_000_000
        if free < megabytes:
            stop(
                f"Falta espacio en el disco de {folder}: hay {free} MB, se necesitan {megabytes} MB.",
                f"The disk of {folder} is full: {free} MB are free, {megabytes} MB are needed.",
            )


def install_system_packages(wanted: list[str], may_install: bool) -> None:
    """Install what is missing as root on Debian; elsewhere say in one line what to install, and go on."""
    if not shutil.which("dpkg-query"):
        return
    missing = [name for name in wanted if not _has_system_package(name)]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() == 0 and may_install:
        with step(f"Instalando del sistema: {names}", f"installing system packages: {names}"):
            _apt(missing)
        missing = [name for name in missing if not _has_system_package(name)]
        names = " ".join(missing)
    if missing:
        tell(
            f"Falta del sistema: sudo apt-get install {names}",
            "without them the school works, but what needs them does not (certificates as PDF, measuring)",
        )


def _has_system_package(name: str) -> bool:
    if name == "python3-venv" and importlib.util.find_spec("ensurepip"):
        return True  # this Python brings its own
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", name], capture_output=True, text=True, check=False
    )
    return asked.stdout == "installed"


def _apt(names: list[str]) -> None:
    """Install by apt. A failure is no end: whoever called looks again at what is there."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["dpkg", "--configure", "-a"],  # heals an installation that was killed
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", *names],
    ):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)


def make_venv() -> None:
    """Make `.venv` where there is none that works; one whose installation was killed is made anew."""
    if not importlib.util.find_spec("ensurepip"):
        stop(
            "A este Python le falta venv. En Debian: sudo apt-get install python3-venv",
            "This Python lacks venv. On Debian: sudo apt-get install python3-venv",
        )
    asked = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if _installed() != UNFINISHED and _works(VENV_PYTHON, "-c", asked):
        return
    with step("Creando .venv", "making .venv"):
        _run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            "No se pudo crear .venv.",
            ".venv could not be made.",
        )


def install_packages(lock: str) -> None:
    """Install a lock file's packages and note its hash. The file for development holds the other's packages too."""
    before = _installed()
    _note(UNFINISHED)
    with step(f"Instalando los paquetes de {lock}", f"installing the packages of {lock} (some minutes, only once)"):
        command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        if not _works(*command, "--no-deps", "--require-hashes", "-r", str(ROOT / lock)):
            _note(before)  # pip downloads everything first, so that a failed download leaves all as it was
            stop(
                "No se pudieron instalar los paquetes: revise la conexión y repita la orden.",
                "The packages could not be installed: check the connection and repeat the command.",
            )
    _note({name: _hash(ROOT / name) for name in {lock, "requirements.txt"}})


def install_node_packages() -> None:
    """Install what the lock file of npm names, when it has changed; without npm say so and go on."""
    wanted = _hash(ROOT / "package-lock.json")
    noted = NODE_MODULES / ".installed"
    if noted.exists() and noted.read_text() == wanted:
        return
    if not shutil.which("npm"):
        tell("Falta npm: no hay pruebas con axe ni Biome.", "npm is missing: no tests with axe, no Biome.")
        return
    with step("Instalando los paquetes de npm", "installing the packages of npm"):
        _run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            "No se pudieron instalar los paquetes de npm.",
            "The packages of npm could not be installed.",
        )
    noted.write_text(wanted)


def _installed() -> dict[str, str]:
    try:
        return dict(json.loads(INSTALLED.read_text()))
    except (OSError, ValueError):
        return {}


def _note(installed: dict[str, str]) -> None:
    partial = INSTALLED.with_suffix(".part")
    partial.write_text(json.dumps(installed))
    partial.replace(INSTALLED)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _works(*command: str | Path) -> bool:
    try:
        return subprocess.run(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str], spanish: str, english: str) -> None:
    if not _works(*command):
        stop(spanish, english)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
