"""Opens the leaders' pages of a large organisation, in a process of their own: how much memory, how much work.

The organisation is the demonstration's, whose people have some 300 rows each, copied until there are as many as asked
for. The process is a portal on the embedded store. What leaders open first is added up before, as by the sweep. A page
is opened twice, and what the second time takes of a processor is told. Fails above 400 MB for 5,000 people.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from infra.wiring.environment import Environment
from tests.proofs.measuring import machine

PEOPLE, MOST_MEGABYTES = 5_000, 400
ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/activity", "/people", "/people?search=a", "/calls", "/reviews", "/analysts")


@dataclass(frozen=True)
class Opened:
    """What one process took. megabytes: at the most, before the first page and at the end; milliseconds: by page

    looking: seconds of a processor in which everybody is added up; parts: in so many tasks
    """

    people: int
    looking: float
    parts: int
    before: float
    megabytes: float
    milliseconds: dict[str, float]

    def report(self) -> str:
        """The figures as text."""
        lines = [f"({machine()}; {self.people:,} people of the demonstration's shape)"]
        lines.append(f"everybody added up in {self.looking:,.1f} s of a processor, {self.parts} tasks")
        lines += [f"{page:<20} {taken:>8,.0f} ms of a processor" for page, taken in self.milliseconds.items()]
        lines.append(
            f"resident memory at most {self.megabytes:,.0f} MB, of which {self.before:,.0f} before the first page"
        )
        return "\n".join(lines)


def measured(directory: Path, people: int) -> Opened:
    """Opens the pages of a closed platform in a process of their own."""
    command = [sys.executable, "-m", "tests.proofs.large_organisation", "--open", str(directory)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Opened(people, **json.loads(done.stdout))


def opened(directory: Path) -> dict[str, object]:
    """Opens the pages as who leads the organisation; what that took."""
    from werkzeug import Request
    from werkzeug.test import Client

    from functions.portal.shell.application import Portal
    from infra.local.ambient import JsonLog
    from infra.local.environment import EmbeddedEnvironment
    from infra.local.runtime import open_parts
    from infra.wiring.sign_in import SignIn
    from shared.people.records import EmployeeRecords
    from tests.harness.browser import ANYBODY, Person

    parts = open_parts(directory, log=JsonLog(StringIO()))
    looking, parts_done = added_up(EmbeddedEnvironment(parts))
    portal = Portal(EmbeddedEnvironment(parts), SignIn(session_key="a-key-for-this", demonstration=ANYBODY))
    leader = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
    before: float = megabytes()
    leader.sign_in(EmployeeRecords(parts.documents).with_role("cro")[0].employee_id)
    milliseconds: dict[str, float] = {}
    for page in PAGES:
        for _ in range(2):
            began = time.process_time()
            if leader.client.get(page).status_code != 200:
                raise AssertionError(f"{page} is not there")
            milliseconds[page] = 1_000 * (time.process_time() - began)
    parts.close()
    return {
        "looking": looking,
        "parts": parts_done,
        "before": before,
        "megabytes": megabytes(),
        "milliseconds": milliseconds,
    }


def added_up(on: Environment) -> tuple[float, int]:
    """Adds up how ready everybody is, as the queue would have it done; seconds of a processor, and tasks."""
    from infra.wiring.frameworks import frameworks
    from infra.wiring.ports.documents import documents
    from infra.wiring.ratings import ratings
    from shared.ratings.messages import LookTask
    from shared.ratings.sums_records import ReadinessSums

    looking, tasks, began = ratings(on).sum_readiness, 0, time.process_time()
    looking.sweep()
    for framework in frameworks(on).configuration.frameworks():
        look = ReadinessSums(documents(on)).look(framework.framework_id)
        while look is not None and not look.over:
            look = looking.part(LookTask(framework_id=look.framework_id, look_id=look.look_id, part=look.parts))
            tasks += 1
    return time.process_time() - began, tasks


def megabytes() -> float:
    """Returns how much memory this process has had at the most."""
    # getrusage would tell of whoever started this process, too: of all that it was before it became this program.
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(people: int) -> Opened:
    """Builds the organisation and opens its pages."""
    from tests.portal.conftest import House
    from tests.portal.walk import grow

    directory = Path(tempfile.mkdtemp(prefix="large-"))
    try:
        House(directory).parts.close()
        grow(directory, people)
        return measured(directory, people)
    finally:
        shutil.rmtree(directory)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/prove large_organisation", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.open is not None:
        print(json.dumps(opened(options.open)))
        return 0
    found = measure(options.people)
    print(found.report())
    return int(found.megabytes > MOST_MEGABYTES * max(1.0, options.people / PEOPLE))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
