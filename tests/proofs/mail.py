"""Tells whose words mails are: every style of quoting in every language, lone and in its thread.

Of each mail it is known who wrote which words. Credited, waits: what became of the author's own words. Wrong: mails of
which a word of another message was credited to the author; of a program: mails of which only a mail program's was.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tests.field.mail_held_out import FAILED_AT_FIRST_SIGHT, HELD_OUT
from tests.field.mail_held_out_b import HELD_OUT_B
from tests.field.mail_held_out_later import HELD_OUT_LATER
from tests.field.mail_known_of_b import KNOWN_OF_B
from tests.field.mail_styles_c import SET_C, UNSEEN_OF_C
from tests.field.mail_tally import EVERY_STYLE, of_style, passes


def _held_out(name: str) -> str:
    if name in HELD_OUT_B or name in KNOWN_OF_B:
        return "set B" if name in HELD_OUT_B else "set B, failed at first"
    if name in SET_C:
        return "set C" if name in UNSEEN_OF_C else "set C, seen"
    if name in HELD_OUT_LATER:
        return "later"
    if name not in HELD_OUT:
        return ""
    return "failed at first" if name in FAILED_AT_FIRST_SIGHT else "yes"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove mail", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="mails of each style, language and kind")
    parser.add_argument("--set-b", action="store_true", help="only the styles written without sight of the reader")
    asked = parser.parse_args(arguments)
    seeds = range(asked.seeds)
    print("| style | held out | credited | waits | credited alone | waits alone | wrong | of a program | |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---|")
    good = True
    for name in {**HELD_OUT_B, **KNOWN_OF_B} if asked.set_b else EVERY_STYLE:
        together, alone = of_style(name, seeds)
        shares = " | ".join(
            f"{100 * one.share(kind):.1f} %" for one in (together, alone) for kind in ("credited", "waiting")
        )
        fine = passes(name, together, alone)
        wrong = len(together.wrong) + len(alone.wrong)
        programs = len(together.of_programs) + len(alone.of_programs)
        print(f"| {name} | {_held_out(name)} | {shares} | {wrong} | {programs} | {'' if fine else 'fails'} |")
        good = good and fine
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
