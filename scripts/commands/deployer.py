"""Gives an account what a deployment or a plan needs, and no more: the roles of terraform/deployer.json, in the place
of Owner and of Viewer.

Who may grant roles can give itself any, so the one that may is held to the roles that a deployment grants. Whoever can
change a branch can ask as the planner, so that it reads how things are set up and nothing of what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).resolve().parents[2] / "terraform" / "deployer.json"
PLANNER: Final = "planner"
"""The custom role's id: Google's own for Firestore read documents, too."""
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


def planner(project: str, member: str, *, known: bool) -> Iterator[tuple[str, ...]]:
    """Yields gcloud's arguments: the role that reads how Firestore is set up, made or brought up to date, and one
    command for each role on the project.

    known: whether the project has that role already
    """
    declared = json.loads(FILE.read_text("utf-8"))
    permissions = ",".join(declared["planner_permissions"])
    yield (
        "iam", "roles", "update" if known else "create", PLANNER, f"--project={project}", "--title=Plans",
        f"--permissions={permissions}", "--format=none",
    )  # fmt: skip
    for role in declared["planner"]:
        yield (
            "projects", "add-iam-policy-binding", project, f"--member={member}",
            f"--role={role.format(project=project)}", "--condition=None", "--format=none",
        )  # fmt: skip


def elsewhere() -> list[str]:
    """Returns the roles that somebody else gives: on the billing account and the organisation, where these are used."""
    return sorted(json.loads(FILE.read_text("utf-8"))["elsewhere"])
