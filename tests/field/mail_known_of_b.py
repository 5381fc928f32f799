"""Makes the styles of set B that failed at first sight: the reader was mended for them, and they are held out no more.

They stand as they were written without sight of the reader.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.field.mail_held_out_b import interleaved, me, rows
from tests.field.mail_styles import SUBJECT, Draft

KNOWN_OF_B: dict[str, Callable[[Draft], str]] = {}


def known_of_b(made: Callable[[Draft], str]) -> Callable[[Draft], str]:
    KNOWN_OF_B[made.__name__] = made
    return made


@known_of_b
def zendesk_comments(d: Draft) -> str:
    line = "-" * 46
    above = d.noise("##- Please type your reply above this line -##")
    mine = d.noise(f"{d.author} (Augment)\nNov 10, 2026, 2:53 PM GMT+1")
    yours = d.noise(f"{d.other}\nNov 10, 2026, 1:53 PM GMT+1")
    return f"{above}\n\n{line}\n\n{mine}\n\n{d.top()}\n\n{line}\n\n{yours}\n\n{d.theirs()}\n"


@known_of_b
def outlook_finnish_without_blank_lines(d: Draft) -> str:
    head = rows(
        d,
        ("Lähettäjä", d.who),
        ("Lähetetty", "tiistai 10. marraskuuta 2026 13:53"),
        ("Vastaanottaja", me(d)),
        ("Aihe", SUBJECT),
    )
    return f"{d.top()}\n{head}\n{d.theirs()}\n"


@known_of_b
def forwarded_in_forwarded(d: Draft) -> str:
    third = "Tom Field <tom.field@orchard.example>"
    inner = d.noise(f"Forwarded by {d.other}\nFrom: {third}\nSent: Monday, November 9, 2026 18:04\nTo: {d.who}")
    cleared = d.earlier("Legal cleared annex seven yesterday evening; procurement remains unhappy regarding liability.")
    outer = d.noise("Begin forwarded message:")
    head = d.headers("FJDT")
    return f"{d.top()}\n\n{outer}\n\n{head}\n\n{d.theirs()}\n\n-----{inner}\n\n{cleared}\n"


@known_of_b
def supercite(d: Draft) -> str:
    first = d.first(d.other)
    intro = d.noise(f'>>>>> "{first}" == {d.who} writes:')
    return f"{intro}\n\n{interleaved(d, f'    {first}> ')}\n"
