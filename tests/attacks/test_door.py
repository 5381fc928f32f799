"""Who comes to the embedded platform, and how: as ./scripts/run starts it, on an organisation of one's own."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from infra.demonstration.vendors import Staging
from infra.local.door import LINK_LASTS, OneTimeLinks, is_loopback, name_of, reachable
from infra.web.calling import EMPLOYEES_IMPORT
from scripts.commands import run
from scripts.commands.callers import local_token
from tests.harness.web import FixedClock

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = "name,email,role,manager,hire_date\nAda Reed,ada@ourcompany.example,administrator,,2020-01-01\n"


@dataclass(frozen=True)
class Started:
    """A platform as a newcomer starts it. said: what it printed until it was up"""

    data: Path
    said: str

    def after(self, words: str) -> str:
        found = re.search(rf"^ *{words} +(.*)$", self.said, re.MULTILINE)
        assert found, self.said
        return found[1]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    data = tmp_path_factory.mktemp("given")
    data.chmod(0o755)
    (data / "left-from-before.json").write_text("{}")
    ports = ("--port", "0", "--portal-port", "0")
    command = (sys.executable, "-m", "scripts.commands", "run", "--empty", "--data", str(data), *ports)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Stop with"):
            break
    yield Started(data, said)
    process.terminate()
    process.stdout.read()
    assert process.wait(20) == 0


@pytest.fixture
def portal(started: Started) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=started.after("Portal").rstrip("/")) as client:
        client.headers["Origin"] = str(client.base_url).rstrip("/")
        yield client


def _fields(page: httpx.Response) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page.text)}


def test_the_link_lets_the_administrator_in_once(started: Started, portal: httpx.Client) -> None:
    link = started.after("Sign in")
    page = portal.get(link)
    entered = portal.post("/sign-in/link", data=_fields(page))
    assert (page.status_code, entered.status_code) == (200, 303)
    assert portal.get("/health").status_code == 200
    portal.cookies.clear()
    again = portal.post("/sign-in/link", data=_fields(portal.get(link)))
    assert again.status_code == 401
    assert "has been used, or is too old" in again.text


def test_nobody_signs_in_as_somebody_who_was_imported(started: Started, portal: httpx.Client) -> None:
    token = local_token(started.data, "administration")(EMPLOYEES_IMPORT)
    api = started.after("API").removesuffix("/api/v1")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    assert httpx.post(api + EMPLOYEES_IMPORT, content=PEOPLE, headers=headers).status_code == 200
    page = portal.get("/sign-in")
    assert "Ada" not in page.text
    form = {**_fields(page), "employee": "ada@ourcompany.example"}
    assert portal.post("/sign-in/demonstration", data=form).status_code == 403
    assert portal.get("/").status_code == 303


@pytest.mark.parametrize(
    "named", ["attacker.example", "attacker.example:8081", "127.0.0.1.attacker.example", "10.0.0.1", ""]
)
def test_a_name_that_is_not_ours_is_not_answered(named: str, started: Started, portal: httpx.Client) -> None:
    for address in (str(portal.base_url.join("/sign-in")), started.after("API") + "/openapi.json"):
        assert httpx.get(address, headers={"Host": named}).status_code == 421
        assert httpx.get(address, headers={"Host": "LocalHost:1"}).status_code == 200


def test_all_data_are_their_owners_only(started: Started) -> None:
    open_to_others = {
        str(path.relative_to(started.data)): oct(path.stat().st_mode & 0o777)
        for path in (started.data, *started.data.rglob("*"))
        if path.stat().st_mode & 0o077
    }
    assert open_to_others == {}
    names = {path.name for path in started.data.iterdir()}
    assert {"documents.sqlite-wal", "documents.sqlite-shm", "warehouse.duckdb", "left-from-before.json"} <= names


def test_the_printed_command_gives_a_token_that_the_api_takes(started: Started) -> None:
    command = started.after("A token for curl").partition("  ")[0]
    assert "@" not in command
    done = subprocess.run(shlex.split(command), cwd=ROOT, capture_output=True, text=True, check=True)
    headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
    assert httpx.get(started.after("API") + "/employees", headers=headers).status_code == 200


def test_a_link_opens_for_an_hour_and_not_after_a_restart() -> None:
    clock = FixedClock(datetime(2026, 2, 10, 12, tzinfo=UTC))
    links = OneTimeLinks(clock)
    early, late = links.issue("ann@ourcompany.example"), links.issue("ann@ourcompany.example")
    assert OneTimeLinks(clock).redeem(early) is None
    assert links.redeem(early) == "ann@ourcompany.example"
    assert links.redeem(early) is None
    clock.time += LINK_LASTS + timedelta(seconds=1)
    assert links.redeem(late) is None


def test_bound_to_others_it_says_so_in_red(capsys: pytest.CaptureFixture[str]) -> None:
    run._warn(run._arguments(["--host", "0.0.0.0", "--allow-host", "skills.ourcompany.example"]))
    said = capsys.readouterr().err
    assert said.startswith("\033[1;31mBound to 0.0.0.0")
    assert "skills.ourcompany.example" in said
    run._warn(run._arguments(["--allow-host", "skills.ourcompany.example"]))
    said = capsys.readouterr().err
    assert said.startswith("\033[1;31mBound to 127.0.0.1: whoever reaches the proxy")
    assert "No invented people to choose" in said
    run._warn(run._arguments([]))
    run._warn(run._arguments(["--allow-host", "LocalHost", "--allow-host", "127.0.0.2"]))
    assert capsys.readouterr().err == ""


def test_invented_people_are_chosen_on_this_machine_only() -> None:
    staging = Staging(date(2026, 2, 10))

    def invented(*said: str) -> frozenset[str]:
        return run._invented(staging, run._arguments(said))

    assert "joe@augmentcode.com" in invented()
    assert invented("--allow-host", "localhost", "--host", "::1") == invented()
    assert invented("--host", "0.0.0.0") == run._invented(None, run._arguments([])) == frozenset()
    assert invented("--allow-host", "localhost", "--allow-host", "skills.ourcompany.example") == frozenset()


def test_a_taken_port_is_named_with_its_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["--empty", "--data", str(tmp_path), "--port", "0", "--portal-port", str(port)]
        assert run.main(arguments) == 1
    assert f"127.0.0.1:{port} for the portal: Address already in use; --portal-port" in capsys.readouterr().err


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run.main(["--empty", "--data", str(tmp_path / "file"), "--port", "0", "--portal-port", "0"]) == 1
    assert f"the folder {tmp_path / 'file'} cannot be used" in capsys.readouterr().err


def test_names_and_addresses() -> None:
    assert [name_of(one) for one in ("A.example.:80", "[::1]:8080", "127.0.0.1")] == ["a.example", "::1", "127.0.0.1"]
    assert [is_loopback(one) for one in ("127.0.0.2", "::1", "localhost", "0.0.0.0", "skills.example")] == [
        *(True, True, True, False, False)
    ]
    assert [reachable(one, 1) for one in ("0.0.0.0", "::", "127.0.0.1")] == [
        *("http://127.0.0.1:1", "http://[::1]:1", "http://127.0.0.1:1")
    ]
