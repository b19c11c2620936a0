"""The school's settings for tests: a directory of its own for each process, and secrets that hash fast."""

import os
import tempfile
from pathlib import Path

_own_directory = tempfile.TemporaryDirectory(prefix="school-test-")
(Path(_own_directory.name) / "static").mkdir()  # WhiteNoise warns of a missing one, and warnings are errors
os.environ["SCHOOL_VAR"] = _own_directory.name

# Each process empties the cache before each test: it must be its own.
if os.environ.get("REDIS_URL"):
    _server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + int(_worker)}"

from cms.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
