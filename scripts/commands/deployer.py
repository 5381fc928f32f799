"""Gives an account what a deployment needs, and no more: the roles of terraform/deployer.json in place of Owner.

Who may grant roles can give itself any, so the one that may is held to the roles that a deployment grants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).resolve().parents[2] / "terraform" / "deployer.json"
GRANTING: Final = "roles/resourcemanager.projectIamAdmin"


def bindings(project: str, member: str) -> Iterator[tuple[str, ...]]:
    """Yields gcloud's arguments, one command for each role on the project."""
    declared = json.loads(FILE.read_text("utf-8"))
    granted = ", ".join(f"'{role.format(project=project)}'" for role in declared["may_grant"])
    only = f"api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([{granted}])"
    for role in declared["project"]:
        # A condition with commas is named with another separator.
        condition = f"^:^title=what-a-deployment-grants:expression={only}" if role == GRANTING else "None"
        yield (
            "projects", "add-iam-policy-binding", project, f"--member={member}", f"--role={role}",
            f"--condition={condition}", "--format=none",
        )  # fmt: skip


def elsewhere() -> list[str]:
    """Returns the roles that somebody else gives: on the billing account and the organisation, where these are used."""
    return sorted(json.loads(FILE.read_text("utf-8"))["elsewhere"])
