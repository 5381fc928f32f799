"""A few calls of the demonstration's corpus, played by two employees, in the demonstration's recorder and model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from infra.demonstration import corpus_files, corpus_threads
from infra.demonstration.corpus import Script
from infra.demonstration.corpus_gong import user_id
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from infra.demonstration.corpus_threads import StagedThread, Thread
from infra.demonstration.vendors import Staging

JOE, KIM, ENID, ADA = (
    f"{name}@augmentcode.com" for name in ("joe.quill", "kim.thistle", "enid.larkspur", "ada.farthing")
)
PEOPLE = f"""name,email,role,manager,hire_date
Joe Quill,{JOE},employee,,2025-03-01
Kim Thistle,{KIM},employee,,2025-04-01
Enid Larkspur,{ENID},enablement,,2024-01-01
Ada Farthing,{ADA},administrator,,2024-01-01
"""
CAST: Mapping[str, Employee] = {
    "seller": Employee("Joe Quill", JOE, user_id(JOE)),
    "colleague": Employee("Kim Thistle", KIM, user_id(KIM)),
}


def script(slug: str) -> Script:
    """A labelled call of the corpus."""
    return next(one for one in corpus_files.calls() if one.slug == slug)


def thread(slug: str) -> Thread:
    """A labelled e-mail thread of the corpus."""
    return next(one for one in corpus_threads.threads() if one.script.slug == slug)


def staged(one: Script, began: datetime) -> StagedCall:
    return StagedCall(one, digits(19, "small", one.slug), began, CAST)


def staged_thread(one: Thread) -> StagedThread:
    return StagedThread(one, f"{one.script.slug}-thread", datetime.now(UTC) - timedelta(days=9), CAST)


@dataclass(frozen=True)
class SmallStaging(Staging):
    """These scripts, one an hour, the last of them an hour ago."""

    as_of: date = field(default_factory=lambda: datetime.now(UTC).date())
    scripts: tuple[Script, ...] = ()

    def calls(self) -> list[StagedCall]:
        now = datetime.now(UTC).replace(microsecond=0)
        return [staged(one, now - timedelta(hours=1 + ago)) for ago, one in enumerate(self.scripts)]
