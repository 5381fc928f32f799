"""A PostgreSQL server of its own for one measurement: a temporary directory, a Unix socket, default settings."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

OWNERS = ("postgres", "nobody")


def available() -> bool:
    return all(shutil.which(program) for program in ("initdb", "pg_ctl", "postgres"))


@contextmanager
def postgres() -> Iterator[str]:
    """Starts a server and gives its connection string; stops it and removes its files at the end.

    PostgreSQL refuses to run as root; then it runs as the user postgres or nobody.
    """
    directory = Path(tempfile.mkdtemp(prefix="postgres-"))
    prefix = _as_another(directory)
    data = str(directory / "data")
    try:
        _run([*prefix, "initdb", "-D", data, "-U", "benchmark", "-A", "trust", "-E", "UTF8", "--locale=C"])
        options = f"-c listen_addresses='' -c unix_socket_directories='{directory}'"
        _run([*prefix, "pg_ctl", "-D", data, "-l", str(directory / "log"), "-w", "-o", options, "start"])
        try:
            yield f"host={directory} user=benchmark dbname=postgres"
        finally:
            _run([*prefix, "pg_ctl", "-D", data, "-w", "-m", "fast", "stop"])
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _as_another(directory: Path) -> Sequence[str]:
    if os.getuid() != 0:
        return ()
    owner = next(pwd.getpwnam(name) for name in OWNERS if any(user.pw_name == name for user in pwd.getpwall()))
    os.chown(directory, owner.pw_uid, owner.pw_gid)
    return ("setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--")


def _run(command: Sequence[str]) -> None:
    # Its output goes to a file: the server inherits it, and a pipe would never end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False)
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {output.read().decode(errors='replace')[-2000:]}")
