"""A school made for one run in a folder of its own, its production server, and the learners in it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
PIN = "836152"
APPLICATION = "cms.wsgi:application"


@dataclass(frozen=True)
class School:
    """A fresh school: its address once served, and what opening it (the import of the course) cost."""

    address: str
    opening: dict[str, float]

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the school as in production; give its address."""
        with served(APPLICATION, int(self.address.rpartition(":")[2])):
            yield self.address

    def join(self) -> Any:
        """Return the sign-in (code and PIN) of a new learner."""
        from people.joining import Newcomer, join

        return join(Newcomer("Candelaria", "es", "read", "self", "pin", PIN))


@contextmanager
def fresh_school() -> Iterator[School]:
    """Make a school in a temporary folder, with the shipped course in its two languages; set up Django for it here."""
    with tempfile.TemporaryDirectory(prefix="school-bench-", ignore_cleanup_errors=True) as var:
        port = free_port()
        os.environ |= {"SCHOOL_VAR": var, "HOST": "127.0.0.1", "PORT": str(port)}
        os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver runs a loop in this very thread
        for unwanted in ("DATABASE_URL", "REDIS_URL", "SCHOOL_PUBLIC_URL", "DEBUG"):
            os.environ.pop(unwanted, None)
        print("Making a school to measure (half a minute) …", file=sys.stderr)
        python("manage.py", "migrate", "-v0")
        python("manage.py", "collectstatic", "-v0", "--noinput")
        opening = json.loads(python("-m", "bench.opening"))
        import django

        django.setup()
        yield School(f"http://127.0.0.1:{port}", opening)


@contextmanager
def served(application: str, port: int, **environment: str) -> Iterator[None]:
    """Serve a WSGI application as `make run` serves the school, until the block ends."""
    from tools.run import WEB  # reads HOST and PORT when it is imported

    command = [application if part == APPLICATION else part for part in WEB]
    server = subprocess.Popen([*command, "--port", str(port)], cwd=HERE, env={**os.environ, **environment})
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield
    finally:
        server.terminate()
        server.wait(20)


def python(*arguments: str) -> str:
    """Run Python in the school's folder; return what it printed."""
    return subprocess.run([sys.executable, *arguments], cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer.")
