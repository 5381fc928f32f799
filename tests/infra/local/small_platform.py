"""What the small functions of test_runtime stand on. As a program, runs them until it is told to end."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.local.leased import Leased
from infra.local.runtime import Parts

parts: Parts
carried: list[dict[str, Any]] = []


def configure(opened: Parts) -> None:
    global parts
    parts = opened
    carried.clear()


def carry(topic: str, messages: Sequence[Leased]) -> None:
    carried.extend(json.loads(message.data) for message in messages)


if __name__ == "__main__":
    # Under its own name too, since the functions import it by that.
    from tests.infra.local import small_platform
    from tests.infra.local.test_runtime import small_runtime

    assert small_platform is not sys.modules["__main__"]
    with small_runtime(Path(sys.argv[1]), Path(sys.argv[1]) / "functions") as runtime:
        runtime.wait(ready=lambda: print(runtime.addresses["api"], flush=True))
