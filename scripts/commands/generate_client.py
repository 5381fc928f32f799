"""Writes client/augment_skills_client, the typed client, from docs/openapi.json.

No commit holds it: `pip install ./client` generates it into what it builds.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.generate import HERE, generate
from scripts.commands.generated_text import refuse_arguments


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_client", __doc__, arguments)
    print(generate(HERE))
    return 0
