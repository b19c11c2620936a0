"""Tests that ask programs which others wrote: `@pytest.mark.needs("chromium")`. Absent ones are named at the end.

A test whose program is absent is not run, and the closing summary lists it under that program, so that nobody takes
a short run for a whole one.
"""

import shutil
from collections import defaultdict

import pytest

REASON = "needs a program that is not installed: "
# Programs that go by several names.
NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
}


def find_program(program):
    """Return the path of a program, or None where it is not installed."""
    return next(filter(None, map(shutil.which, NAMES.get(program, (program,)))), None)


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*programs): runs only where these outside programs are installed")


def pytest_collection_modifyitems(items):
    for item in items:
        wanted = [program for mark in item.iter_markers("needs") for program in mark.args]
        absent = sorted({program for program in wanted if not find_program(program)})
        if absent:
            # not silent: the closing summary names every one, and .ci/run installs the programs so that none is absent
            item.add_marker(pytest.mark.skip(reason=REASON + ", ".join(absent)))


def pytest_terminal_summary(terminalreporter):
    not_run = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _before, found, programs = reason.partition(REASON)
        if found:
            not_run[programs].append(report.nodeid)
    for programs, tests in sorted(not_run.items()):
        terminalreporter.section(f"NOT RUN, because {programs} is not installed: {len(tests)}", sep="-")
        for test in sorted(tests):
            terminalreporter.write_line(test)
