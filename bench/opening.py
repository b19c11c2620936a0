"""Opens the school in a process of its own and prints what the import of the course cost: seconds, and peak memory."""

import json
import resource
import time

import django

django.setup()

from courses.opening import open_school  # noqa: E402  (needs Django)


def main() -> None:
    """`open_school` says one line just before it imports the course, its last and longest work."""
    began = []
    open_school(lambda line: began.append(time.monotonic()))
    seconds = time.monotonic() - began[-1]
    print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}))


if __name__ == "__main__":
    main()
