"""What taking in the basic course costs, in its two languages, in a process of its own on an empty database."""

from collections.abc import Iterator

from bench.figure import Figure
from bench.school import School


def figures(school: School) -> Iterator[Figure]:
    """Time, and peak memory of the whole process."""
    yield Figure("import.seconds", round(school.opening["seconds"], 1), "s", "<= 45")
    yield Figure("import.peak_mb", round(school.opening["megabytes"]), "MB", "<= 300")
