"""Files that hold names and wait for long work or for their asker: kept encrypted outside the database, for a day.

The web server and the worker share the folder `VAR_DIR/kept`, as they share uploads. Names of files are made by the
school (keys and numbers), never taken from a person.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils import timezone

LIFE = timedelta(days=1)


def folder() -> Path:
    """Return the folder in which they lie."""
    return Path(settings.VAR_DIR) / "kept"


def keep(name: str, content: bytes) -> None:
    """Keep a file under a name, in place of an earlier one."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path, partial = folder() / name, folder() / f"{name}.{uuid4().hex}"
    partial.write_bytes(_cipher().encrypt(content))
    now = timezone.now().timestamp()
    os.utime(partial, (now, now))
    partial.replace(path)


def kept(name: str, life: timedelta = LIFE) -> bytes | None:
    """Return a file's content, or None where there is none or its time is over."""
    path = folder() / name
    try:
        if _is_over(path, timezone.now(), life):
            return None
        return _cipher().decrypt(path.read_bytes())
    except FileNotFoundError:
        return None


def is_kept(name: str, life: timedelta = LIFE) -> bool:
    """Return whether a file is there and its time is not over."""
    try:
        return not _is_over(folder() / name, timezone.now(), life)
    except FileNotFoundError:
        return False


def forget(name: str) -> None:
    """Delete a file, if it is there."""
    (folder() / name).unlink(missing_ok=True)


def forget_old(now: datetime) -> int:
    """Delete the files whose day is over; return how many. Late or twice does no harm."""
    count = 0
    for path in folder().glob("*"):
        with suppress(FileNotFoundError):  # another process keeps the house too
            if _is_over(path, now, LIFE):
                path.unlink()
                count += 1
    return count


def _is_over(path: Path, now: datetime, life: timedelta) -> bool:
    return now.timestamp() - path.stat().st_mtime > life.total_seconds()


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS.split(",")])
