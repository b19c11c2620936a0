"""A school on PostgreSQL and Redis, as on a cluster: made in databases of its own, which are gone afterwards.

Django can be set up once a process only, so each group of figures that needs it runs in a process of its own and prints
its figures as JSON lines.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from bench.figure import Figure
from bench.school import HERE, free_port

SERVER = os.environ.get("BENCH_DATABASE_SERVER", "postgres://postgres:x@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/8")


def figures_of(module: str) -> Iterator[Figure]:
    """Run a module's measurements on a fresh PostgreSQL school; yield its figures as they come."""
    with database() as url, tempfile.TemporaryDirectory(prefix="school-bench-", ignore_cleanup_errors=True) as var:
        environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": REDIS, "SCHOOL_VAR": var}
        environment |= {"HOST": "127.0.0.1", "PORT": str(free_port()), "DJANGO_SETTINGS_MODULE": "cms.settings"}
        manage = [sys.executable, "manage.py"]
        for step in (["migrate", "-v0"], ["collectstatic", "-v0", "--noinput"]):
            subprocess.run([*manage, *step], cwd=HERE, env=environment, check=True)
        command = [sys.executable, "-m", module]
        with subprocess.Popen(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as measuring:
            for line in measuring.stdout or ():
                told = json.loads(line)
                told.pop("ratio")
                yield Figure(**told)
        if measuring.returncode:
            raise RuntimeError(f"{module} ended with {measuring.returncode}.")


@contextmanager
def database() -> Iterator[str]:
    """Make a database on the server; give its address; drop it."""
    name = f"school_bench_{os.getpid()}"
    _tell_server(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER}/{name}"
    finally:
        _tell_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _tell_server(statement: str) -> None:
    connection = psycopg2.connect(f"{SERVER}/postgres")
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
