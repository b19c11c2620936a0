"""What `make` calls: preparing the machine, starting the school. Knows nothing of courses or people.

This file is the first that Python reads, and any Python can read it: one that is too old is told so here.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "! Se necesita Python 3.11 o mas nuevo: make run PYTHON=python3.11 / "
        "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "\n"
    )
    sys.exit(1)
