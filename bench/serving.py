"""Requests a second of a stored lesson under the production server, against a one-line view under the same."""

import re
import shutil
import statistics
import subprocess
import urllib.request
from collections.abc import Iterator

from bench.figure import Figure
from bench.school import School, free_port, served

ROUNDS = 5
SECONDS = 3
ACCEPT = "gzip, br"


def figures(school: School) -> Iterator[Figure]:
    """Medians of rounds taken in turns, so that whatever else the machine does falls on both."""
    from courses.models import LessonPage

    lesson = school.address + LessonPage.objects.source().order_by("path")[1].url
    port = free_port()
    with school.served(), served("bench.floor:application", port, FLOOR_BYTES=str(_size(lesson))):
        rounds = [(_a_second(lesson), _a_second(f"http://127.0.0.1:{port}/page/")) for _round in range(ROUNDS)]
    stored, floor = (round(statistics.median(column)) for column in zip(*rounds, strict=True))
    yield Figure("serve.stored_lesson", stored, "requests/s", ">= 0.7 of the floor", floor)


def _size(address: str) -> int:
    request = urllib.request.Request(address, headers={"Accept-Encoding": ACCEPT})
    with urllib.request.urlopen(request) as answer:
        return len(answer.read())


def _a_second(address: str) -> float:
    """Return the requests a second that eight connections get from an address."""
    if not shutil.which("wrk"):
        raise RuntimeError("wrk is missing: apt-get install wrk")
    command = ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-H", f"Accept-Encoding: {ACCEPT}", address]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", told)[1])
