"""Item analysis over a million answers, in a PostgreSQL database made for it and dropped afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figure import Figure
from bench.school import HERE, School

SERVER = os.environ.get("BENCH_POSTGRESQL", "postgres://postgres:x@127.0.0.1:5432")
ANSWERS_OF_AN_ATTEMPT = 20


def figures(school: School) -> Iterator[Figure]:
    """Seconds, and growth of peak memory compared with that of a tenth of the answers."""
    tenth = measured(50_000 // 10)
    whole = measured(50_000)
    yield Figure("item_analysis.million_seconds", round(whole["seconds"], 2), "s", "<= 5", round(tenth["seconds"], 2))
    yield Figure("item_analysis.million_mb", round(whole["megabytes"], 1), "MB", None, round(tenth["megabytes"], 1))


def measured(attempts: int) -> dict[str, float]:
    """Return the seconds and megabytes of analysing so many attempts, in a process and a database of their own."""
    with database(f"bench_analysis_{os.getpid()}_{attempts}") as address:
        environment = {**os.environ, "DATABASE_URL": address}
        python = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(python, cwd=HERE, env=environment, check=True, stdout=sys.stderr)
        python = [sys.executable, "-m", "bench.million_answers", str(attempts)]
        done = subprocess.run(python, cwd=HERE, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


@contextmanager
def database(name: str) -> Iterator[str]:
    """Make a database on the PostgreSQL server that BENCH_POSTGRESQL names; give its address; drop it."""
    import psycopg2

    server = psycopg2.connect(f"{SERVER}/postgres")
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{SERVER}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()
