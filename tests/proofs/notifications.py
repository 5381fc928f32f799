"""Counts what people are told over triggers that come again and in any order, while processes are killed.

Outbox: a channel that knows a letter again by its key. SMTP: a real mail server, which does not: what a kill left
uncertain is sent once more under the same Message-ID, and stays unknown after that. Push: a push service and two
browsers of each person that read what comes; each of them is told of an event once, and shows what comes again in place
of the first.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from shared.notifications.domain.channels import Channel
from tests.notifications.mail_server import Mailboxes, serving
from tests.notifications.push_service import connected, push_service, turned_on
from tests.notifications.storm import Outcome, Storm, storm_in

DEVICES: Final = 2
CHANNELS: Final[Mapping[str, Channel]] = {"push": "push"}


def kept(storm: Storm, triggers: int, kills: int) -> Outcome:
    """A storm whose mails the outbox keeps."""
    storm.run(triggers, kills)
    return storm.count((mail["subject"] + mail["text"], mail["text"]) for mail in storm.house.mails())


def sent(storm: Storm, triggers: int, kills: int) -> Outcome:
    """A storm whose mails a server takes."""
    mailboxes = Mailboxes()
    with serving(mailboxes) as port:
        storm.house.keeps_mail = False
        storm.house.settings |= {
            "AUGMENT_SMTP_HOST": "127.0.0.1",
            "AUGMENT_SMTP_PORT": str(port),
            "AUGMENT_SMTP_SECURITY": "none",
            "AUGMENT_MAIL_FROM": "skills@example.org",
        }
        storm.run(triggers, kills)
    return storm.count(
        (str(mail["Message-ID"]), mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        for mail in mailboxes.mails()
    )


def pushed(storm: Storm, triggers: int, kills: int) -> Outcome:
    """A storm that goes to two devices of each person."""
    with push_service() as service:
        connected(storm.house)
        browsers = [turned_on(storm.house, service, person) for person in storm.people for _ in range(DEVICES)]
        storm.outcome.events *= DEVICES
        storm.run(triggers, kills)
        return storm.count_shown(browsers)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove notifications", description=__doc__)
    parser.add_argument("--triggers", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--events", type=int, default=1_000, help="that triggers tell of, for one person each")
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    print(
        "| channel | triggers | kills | person, device and event | told once | twice | never | copies | unknown | s |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    good = True
    for name, run in (("outbox", kept), ("SMTP", sent), ("push", pushed)):
        began = monotonic()
        with TemporaryDirectory() as folder:
            storm = storm_in(
                Path(folder), asked.seed, people=asked.people, events=asked.events, channel=CHANNELS.get(name, "email")
            )
            found = run(storm, asked.triggers, asked.kills)
        once = sum(times == 1 for times in found.told.values())
        print(
            f"| {name} | {found.triggers:,} | {found.kills} | {found.events:,} | {once:,} | {found.twice} | "
            f"{found.never} | {found.copies} | {found.states['unknown']} | {monotonic() - began:.0f} |",
            flush=True,
        )
        one_record_each = len(found.records) == found.events and set(found.records.values()) == {1}
        good = good and one_record_each and not found.twice and found.copies <= found.repeated
        good = good and (found.never == 0 if name == "outbox" else found.never <= found.states["unknown"])
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
