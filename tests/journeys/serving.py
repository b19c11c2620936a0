"""A school of its own for journeys: its data, the production server, and what is done in it by code."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class School:
    """A running school: where it is, and the demo people's sign-ins."""

    def __init__(self, url, demo, var):
        self.url, self.demo, self.var = url, demo, var


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(var, **more):
    """Return what a process of the school in a folder is told."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    told = {"SCHOOL_VAR": str(var), "DJANGO_SETTINGS_MODULE": "cms.settings", "PYTHONPATH": str(ROOT)}
    return {**kept, **told, "CLOCK": str(_clock_of(var)), **more}


def _clock_of(var):
    return Path(var) / "days-ahead"


def move_to(school, days):
    """Move a school that is served as `clocked` to so many days from the true one; its worker does what has come."""
    _clock_of(school.var).write_text(str(days))
    by_code(school, "works")


@contextmanager
def served(var, application="cms.wsgi:application"):
    """Give a school that is being served from a new folder, with its demo people."""
    port = free_port()
    environment = environment_of(var, PORT=str(port))
    for step in (["migrate", "-v0"], ["load_demo"], ["collectstatic", "--noinput", "-v0"]):
        command = [sys.executable, str(ROOT / "manage.py"), *step]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--port", str(port), "--workers", "1", "--log-level", "warning"]
    server = subprocess.Popen([granian, *options, application], env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz", server)
        yield School(url, json.loads((var / "demo.json").read_text()), var)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url, server):
    for _try in range(300):
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, "the server stopped"
            time.sleep(0.2)
    raise AssertionError("the server did not come up")


def by_code(school, deed, **told):
    """Do a deed of `done_by_code` inside a school, on the day on which it stands; return what it tells."""
    command = [sys.executable, "-m", "tests.journeys.done_by_code", deed, json.dumps(told)]
    environment = environment_of(school.var, PORT=school.url.rpartition(":")[2])
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
