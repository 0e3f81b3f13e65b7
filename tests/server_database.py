"""A PostgreSQL for the Prefect server, as docs/operations.md gives it one: what a dozen runs tell at once is too much for SQLite."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def server_database() -> Iterator[str]:
    """The URL of an empty database on a server of its own, with the extensions that the embedded one lacks."""
    if not BINARIES and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL of the system; install the package postgresql to see a Prefect server as it is installed")
    folder = Path(tempfile.mkdtemp(prefix="prefect-"))  # of a user of its own: those of pytest are closed to others
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        _run("initdb", "--auth=trust", "--username=prefect", "--no-sync", f"--pgdata={folder}/data")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
        _run("pg_ctl", "--pgdata", f"{folder}/data", "--log", f"{folder}/log", "--wait", "--options", options, "start")
        try:
            _run("createdb", "--host", str(folder), "--username", "prefect", "prefect")
            yield f"postgresql+asyncpg://prefect@/prefect?host={folder}"
        finally:
            _run("pg_ctl", "--pgdata", f"{folder}/data", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    """As the user `postgres` when we are root, whom PostgreSQL refuses."""
    user = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else None
    subprocess.run([BINARIES[-1] / program, *arguments], user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")
