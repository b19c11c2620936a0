"""How the tools speak: every step before it starts, with its seconds after; every problem in one line."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


@contextmanager
def step(spanish: str, english: str) -> Iterator[None]:
    """Say what begins now, and how many seconds it took."""
    print(f"· {spanish} / {english} …", flush=True)
    started = time.monotonic()
    yield
    print(f"  {time.monotonic() - started:.1f} s", flush=True)


def tell(spanish: str, english: str) -> None:
    """Say one line that stops nothing."""
    print(f"! {spanish} / {english}", file=sys.stderr, flush=True)


def stop(spanish: str, english: str, code: int = 1) -> NoReturn:
    """Say in one line what is wrong, and end."""
    tell(spanish, english)
    sys.exit(code)
