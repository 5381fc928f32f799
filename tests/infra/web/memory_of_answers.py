"""Asks a server as each client does that reads JSON from outside; prints how many megabytes the process had at most,
above what it had before, and whether the answer was refused with an error of ours.

python -m tests.infra.web.memory_of_answers URL CLIENT…
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.local.ambient import SystemClock
from infra.vendors.claude import ClaudeLanguageModel
from infra.vendors.gong import GongCalls
from infra.vendors.google_sign_in import GoogleCodeExchange
from infra.vendors.salesforce import MOST_BYTES, SalesforceRecords
from infra.vendors.salesforce_login import ConnectedApp, Login
from infra.web.whole_answers import WholeAnswers
from shared.kernel.errors import AugmentError
from tests.harness.unlimited import Unlimited
from tests.ports.test_language_model import PROMPT


def asking(url: str) -> Mapping[str, Callable[[], Any]]:
    """Returns what each client asks, by its name."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    answers = WholeAnswers(MOST_BYTES)

    def records(token_url: str) -> SalesforceRecords:
        app = ConnectedApp(token_url, url, "consumer", "user@example.com", pem)
        return SalesforceRecords(Login(app, answers, SystemClock()), answers)

    def batch() -> None:
        (result,) = ClaudeLanguageModel("key", base_url=url).results("msgbatch_1")
        if result.outcome == "errored":
            raise AugmentError(result.detail)

    return {
        "gong": lambda: GongCalls(url, lambda: "Basic eA==", Unlimited()).transcript("1"),
        "claude": lambda: ClaudeLanguageModel("key", base_url=url).complete(PROMPT),
        "claude-batch": batch,
        "salesforce": lambda: records(f"{url}/login").exists("Opportunity", ["Id"]),
        "salesforce-login": lambda: records(f"{url}/anything").exists("Opportunity", ["Id"]),
        "google": lambda: GoogleCodeExchange("id", "secret", endpoint=url).id_token("code", "verifier", url),
    }


def measured(url: str, clients: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Returns megabytes and refusals by client."""
    asked, found = asking(url), {}
    for client in clients:
        Path("/proc/self/clear_refs").write_text("5")  # the most is counted anew
        before, refused = _kilobytes("VmRSS"), False
        try:
            asked[client]()
        except AugmentError:
            refused = True
        found[client] = (_kilobytes("VmHWM") - before) >> 10, refused
    return found


def _kilobytes(name: str) -> int:
    """Returns what the system says of this process; getrusage tells of the one that it was made by as well."""
    found = re.search(rf"^{name}:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], sys.argv[2:])))
