"""Start the school: `python -m tools.run`, inside `.venv`. Web server and worker live and stop together."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from cms.addresses import network_addresses
from tools.steps import step, stop, tell

ROOT = Path(__file__).resolve().parent.parent
HOST = os.environ.setdefault("HOST", "127.0.0.1")
PORT = os.environ.setdefault("PORT", "8000")
EVERYWHERE = "0.0.0.0"
PYTHON = sys.executable
WEB_PROCESSES = 2
SECONDS_TO_STOP = 15

# docs/decisions/0001: one blocking thread a process answers fastest, and SQLite has one writer anyway.
WEB = [PYTHON, "-m", "granian", "cms.wsgi:application", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
WEB += ["--host", HOST, "--port", PORT, "--workers", str(WEB_PROCESSES), "--blocking-threads", "1"]
WEB += ["--respawn-failed-workers", "--workers-kill-timeout", "10"]
EMBEDDED_WORKER = [PYTHON, "manage.py", "work"]
CELERY_WORKER = [PYTHON, "-m", "celery", "-A", "cms.celery", "--quiet", "worker", "--loglevel", "WARNING"]
CELERY_WORKER += ["--concurrency", os.environ.get("WORKERS", "2")]
CELERY_WORKER += ["--beat", "--schedule", str(Path(os.environ.get("SCHOOL_VAR", ROOT / "var")) / "celery-beat")]


class Stopped(Exception):
    """Somebody asked the school to stop."""


def main() -> int:
    """Set up, start both processes, wait. Return 0 when asked to stop, 1 when one of the two died."""
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _stop_now)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        check_port()
        if subprocess.run([PYTHON, "-m", "tools.set_up"], cwd=ROOT, check=False).returncode:
            return 1
        with step("Abriendo la escuela", "opening the school"):
            children["granian"] = _start(WEB)
            children["work"] = _start(CELERY_WORKER if os.environ.get("REDIS_URL") else EMBEDDED_WORKER)
            died = wait_until_open(children)
        if not died:
            print_addresses()
        return _report(died or wait_for_death(children))
    except Stopped:
        return 0
    finally:
        stop_all(children)


def check_port() -> None:
    """Stop with code 2 where nothing can listen on HOST:PORT."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((HOST, int(PORT)))
        except (OSError, ValueError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                reason = ("está ocupado", "is in use")
            else:
                reason = (f"no se puede usar ({error})", "cannot be used")
            stop(
                f"{HOST}:{PORT} {reason[0]}. Escoja otro puerto: PORT=8001 make run",
                f"{HOST}:{PORT} {reason[1]}; choose another port",
                code=2,
            )


def wait_until_open(children: dict[str, subprocess.Popen[bytes]]) -> str | None:
    """Wait until the web server answers; return the name of a child that died before."""
    while True:
        if died := _dead(children):
            return died
        if _answers():
            return None
        time.sleep(0.1)


def wait_for_death(children: dict[str, subprocess.Popen[bytes]]) -> str:
    """Wait until a child dies; return its name."""
    while True:
        if died := _dead(children):
            return died
        time.sleep(0.5)


def print_addresses() -> None:
    """Tell where the school is to be found."""
    print(f"\n  http://{_own_host()}:{PORT}/", flush=True)
    if HOST == EVERYWHERE:
        for address in network_addresses():
            print(f"  http://{address}:{PORT}/   (en esta red / in this network)", flush=True)
    print("  Ctrl-C: cerrar / stop\n", flush=True)


def stop_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask all to stop, then make sure; further signals change nothing."""
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)


def _dead(children: dict[str, subprocess.Popen[bytes]]) -> str | None:
    return next((name for name, child in children.items() if child.poll() is not None), None)


def _answers() -> bool:
    asking = http.client.HTTPConnection(_own_host(), int(PORT), timeout=5)
    try:
        asking.request("GET", "/healthz")
        asking.getresponse()
    except OSError:
        return False
    finally:
        asking.close()
    return True


def _report(died: str) -> int:
    tell(f"«{died}» terminó solo; se cierra la escuela.", f"{died} ended by itself; the school is closed.")
    return 1


def _own_host() -> str:
    return "127.0.0.1" if HOST == EVERYWHERE else HOST


def _stop_now(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
