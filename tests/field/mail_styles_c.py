"""Makes set C: ways to quote without a mail program's mark, and lists of comments as help desks write them.

All were written, and parted by their names, before the reader was mended for any: every third, in the order of names,
is unseen (`UNSEEN_OF_C`).
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable

from tests.field.mail_held_out_b import escaped, interleaved, me, rows
from tests.field.mail_styles import COMPANY, SUBJECT, Draft, marked, paragraphs, wrapped

SET_C: dict[str, Callable[[Draft], str]] = {}
STRANGER = "Peter Novak"
MINE_AT, YOURS_AT = "Nov 10, 2026, 2:53 PM GMT+1", "Nov 10, 2026, 1:53 PM GMT+1"


def set_c(made: Callable[[Draft], str]) -> Callable[[Draft], str]:
    SET_C[made.__name__] = made
    return made


def bare(d: Draft) -> str:
    """Returns the other's words without greeting and signature."""
    return "\n\n".join(wrapped(one) for one in d.language.theirs)


def indented(text: str, by: str = "    ") -> str:
    return textwrap.indent(text, by)


def comments(d: Draft, mine: str, yours: str, *, rule: str = "-" * 46, newest_first: bool = True) -> str:
    """Puts two comments below their headings, a rule above each."""
    both = [f"{rule}\n\n{d.noise(mine)}\n\n{d.top()}\n\n", f"{rule}\n\n{d.noise(yours)}\n\n{d.theirs()}\n\n"]
    return "".join(both if newest_first else both[::-1])


@set_c
def indented_by_spaces(d: Draft) -> str:
    return f"{d.top()}\n\n{indented(bare(d))}\n"


@set_c
def indented_by_tabs(d: Draft) -> str:
    return f"{d.top()}\n\n{indented(bare(d), chr(9))}\n"


@set_c
def indented_with_answers(d: Draft) -> str:
    pieces = [
        f"{indented(wrapped(theirs, 70))}\n\n{wrapped(d.say(own))}"
        for theirs, own in zip(d.language.theirs, d.own(), strict=False)
    ]
    return "\n\n".join([d.say(d.language.hello.format(name=d.first(d.other))), *pieces]) + "\n"


@set_c
def indented_above(d: Draft) -> str:
    return f"{indented(bare(d))}\n\n{d.top()}\n"


@set_c
def ruled_below(d: Draft) -> str:
    return f"{d.top()}\n\n{'-' * 40}\n\n{bare(d)}\n"


@set_c
def ruled_above(d: Draft) -> str:
    return f"{bare(d)}\n\n{'_' * 40}\n\n{d.top()}\n"


@set_c
def ruled_between(d: Draft) -> str:
    hello = d.say(d.language.hello.format(name=d.first(d.other)))
    first, *others = d.own(3)
    own = "\n\n".join(wrapped(d.say(one)) for one in others)
    return f"{hello}\n\n{wrapped(d.say(first))}\n\n=======\n{bare(d)}\n=======\n\n{own}\n"


@set_c
def ruled_html(d: Draft) -> str:
    d.is_html = True
    return f"<div>{paragraphs(d.top())}</div><hr><div>{paragraphs(bare(d))}</div>"


@set_c
def margin_html(d: Draft) -> str:
    d.is_html = True
    return f"{paragraphs(d.top())}<div style='margin-left:40px'>{paragraphs(bare(d))}</div>"


@set_c
def padded_paragraphs_html(d: Draft) -> str:
    d.is_html = True
    quoted = "".join(f"<p style='margin:0 0 8px 36pt'>{escaped(one)}</p>" for one in bare(d).split("\n\n"))
    return f"{paragraphs(d.top())}{quoted}"


@set_c
def stranger_wrote(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(d.language.said.format(who=STRANGER))}\n\n{bare(d)}\n"


@set_c
def stranger_wrote_tightly(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(d.language.said.format(who=STRANGER))}\n{bare(d)}\n"


@set_c
def stranger_alone(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(f'{STRANGER}:')}\n\n{bare(d)}\n"


@set_c
def strangers_first_name(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(d.language.said.format(who='Peter'))}\n\n{bare(d)}\n"


@set_c
def colons_before_lines(d: Draft) -> str:
    return f"{d.top()}\n\n{marked(bare(d), ': ')}\n"


@set_c
def braces_before_lines(d: Draft) -> str:
    return f"{d.top()}\n\n{marked(d.theirs(), '} ')}\n"


@set_c
def heavy_bars_before_lines(d: Draft) -> str:
    return f"{d.top()}\n\n{marked(d.theirs(), '┃ ')}\n"


@set_c
def zendesk_oldest_first(d: Draft) -> str:
    return comments(d, f"{d.author} (Augment)\n{MINE_AT}", f"{d.other}\n{YOURS_AT}", newest_first=False)


@set_c
def zendesk_html(d: Draft) -> str:
    d.is_html = True
    cell = "<tr><td><p><strong>{}</strong> ({})</p><p>{}</p>{}</td></tr>"
    above = d.noise("##- Please type your reply above this line -##")
    mine = cell.format(d.noise(d.author), d.noise("Augment"), d.noise(MINE_AT), paragraphs(d.top()))
    yours = cell.format(d.noise(d.other), d.noise(COMPANY), d.noise(YOURS_AT), paragraphs(d.theirs()))
    return f"<div>{above}</div><table><tbody>{mine}{yours}</tbody></table>"


@set_c
def freshdesk_replies(d: Draft) -> str:
    mine = d.noise(f"{d.author} added a public reply - Tue, 10 Nov 2026 at 2:53 PM")
    yours = d.noise(f"{d.other} reported via email - Tue, 10 Nov 2026 at 1:53 PM")
    return f"{mine}\n\n{d.top()}\n\n{yours}\n\n{d.theirs()}\n"


@set_c
def front_unmarked(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(f'On November 10, 2026, 1:53 PM GMT+1 {d.other_address} wrote:')}\n\n{d.theirs()}\n"


@set_c
def hubspot_html(d: Draft) -> str:
    d.is_html = True
    said = html.escape(d.noise(f"On Tue, Nov 10, 2026 at 1:53 PM, {d.who} wrote:"))
    return (
        f"<div class='hs_message'>{paragraphs(d.top())}</div><div class='hs_reply'><div><p>{said}</p>"
        f"<blockquote>{paragraphs(d.theirs())}</blockquote></div></div>"
    )


@set_c
def hubspot_conversation(d: Draft) -> str:
    mine, yours = d.noise(f"{d.author}, 11/10/26 2:53 PM"), d.noise(f"{d.other}, 11/10/26 1:53 PM")
    return f"{mine}\n{d.top()}\n\n{yours}\n{d.theirs()}\n"


@set_c
def intercom(d: Draft) -> str:
    above = d.noise("## Reply above this line to add a comment ##")
    return f"{above}\n\n" + comments(d, f"{d.author}\n14:53 10 Nov 2026", f"{d.other}\n13:53 10 Nov 2026", rule="")


@set_c
def help_scout(d: Draft) -> str:
    mine = f"{d.author} sent a reply\nNov 10, 2:53pm"
    return comments(d, mine, f"{d.other} sent a message\nNov 10, 1:53pm", rule="-" * 58)


@set_c
def help_scout_wrote(d: Draft) -> str:
    return f"{d.top()}\n\n--\n{d.noise(f'On Tue, Nov 10, 2026 at 1:53 PM CET, {d.who} wrote:')}\n{d.theirs()}\n"


@set_c
def jira_comment(d: Draft) -> str:
    link = d.noise("[ https://augment.example/browse/AUG-12?page=comment-tabpanel&focusedCommentId=17 ]")
    mine = d.noise(f"{d.author} commented on AUG-12:\n{'-' * 27}")
    about = d.noise(f"{SUBJECT}\n{'-' * 20}\n                Key: AUG-12\n           Reporter: {d.other}")
    tail = d.noise("--\nThis message was sent by Atlassian Jira\n(v9.12.1#912001)")
    return f"    {link}\n\n{mine}\n\n{d.top()}\n\n{marked(about)}\n>\n{marked(d.theirs())}\n\n\n\n{tail}\n"


@set_c
def jira_cloud_list(d: Draft) -> str:
    mine = f"{d.author} 10/Nov/26 2:53 PM CET"
    return comments(d, mine, f"{d.other} 10/Nov/26 1:53 PM CET", rule="", newest_first=False)


@set_c
def servicenow(d: Draft) -> str:
    mine = d.noise(f"2026-11-10 14:53:22 CET - {d.author}    Additional comments")
    yours = d.noise(f"2026-11-10 13:53:05 CET - {d.other}    Additional comments")
    return f"{mine}\n{d.top()}\n\n{yours}\n{d.theirs()}\n"


@set_c
def kayako(d: Draft) -> str:
    mine = d.noise(f"{d.author} replied on 10 November 2026 at 14:53:")
    yours = d.noise(f"{d.other} replied on 10 November 2026 at 13:53:")
    return f"{mine}\n\n{d.top()}\n\n{yours}\n\n{d.theirs()}\n"


@set_c
def code_host_comment(d: Draft) -> str:
    head = d.noise(f"{d.author.replace(' ', '').lower()} left a comment (orchard/trial#12)")
    tail = d.noise("-- \nReply to this email directly or view it on GitHub:\nhttps://github.example/orchard/trial/12")
    return f"{head}\n\n{marked(d.theirs())}\n\n{d.top()}\n\n{tail}\n"


@set_c
def outlook_mobile_html(d: Draft) -> str:
    d.is_html = True
    head = "<br>".join(f"<b>{html.escape(one)}</b>" for one in d.headers().split("\n"))
    get = d.noise("Outlook for Android")
    return (
        f"{paragraphs(d.top())}<div id='ms-outlook-mobile-signature'>{d.noise('Get')} <a href='https://aka.ms/AAb9ysg'>"
        f"{get}</a></div><hr style='display:inline-block;width:98%'><div id='divRplyFwdMsg' dir='ltr'>"
        f"<font>{head}</font></div>{paragraphs(d.theirs())}"
    )


@set_c
def spark_html(d: Draft) -> str:
    d.is_html = True
    said = html.escape(d.noise(f"On 10 Nov 2026 at 13:53 +0100, {d.who}, wrote:"))
    return (
        f"<div name='messageBodySection'>{paragraphs(d.top())}</div><div name='messageReplySection'>{said}<br/>"
        f"<blockquote type='cite' style='border-left-color:grey;border-left-width:thin;border-left-style:solid'>"
        f"{paragraphs(d.theirs())}</blockquote></div>"
    )


@set_c
def superhuman_html(d: Draft) -> str:
    d.is_html = True
    said = html.escape(d.noise(f"On Tue, Nov 10, 2026 at 1:53 PM, {d.other} < {d.other_address} > wrote:"))
    sent = html.escape(d.noise("Sent via Superhuman"))
    return (
        f"<div>{paragraphs(d.top())}<div>{sent}</div><br><div class='gmail_quote'>{said}<br>"
        f"<blockquote class='gmail_quote'>{paragraphs(d.theirs())}</blockquote></div></div>"
    )


@set_c
def proton_phone(d: Draft) -> str:
    sent = d.noise("Sent from Proton Mail Android")
    rule = d.noise("-------- Original Message --------")
    said = d.noise(f"On 10/11/2026 13:53, {d.who} wrote:")
    return f"{d.top()}\n\n{sent}\n\n\n{rule}\n{said}\n\n{marked(d.theirs(), '>  ')}\n"


@set_c
def phone_headers(d: Draft) -> str:
    sent = d.noise("Sent from my Huawei phone")
    head = rows(d, ("From", d.who), ("Date", "Tue, 10 Nov 2026, 13:53"), ("To", me(d)), ("Subject", SUBJECT))
    return f"{d.top()}\n\n{sent}\n\n\n-------- {d.noise('Original message')} --------\n{head}\n{d.theirs()}\n"


@set_c
def trimmed_with_answers(d: Draft) -> str:
    """Interleaves answers with a quotation out of which something was cut, and whose signature is kept."""
    first, second, third = d.language.theirs
    one, two, three = (wrapped(d.say(own)) for own in d.own(3))
    return (
        f"{d.intro(who=d.other)}\n\n> [...]\n{marked(wrapped(first, 70))}\n\n{one}\n\n{marked(wrapped(second, 70))}\n"
        f"> [snip]\n\n{two}\n\n{marked(wrapped(third, 70))}\n{three}\n\n> {d.other}\n"
    )


@set_c
def answers_with_signature(d: Draft) -> str:
    return (
        f"{d.intro()}\n\n{interleaved(d)}\n\n{d.say(d.language.bye)}\n{d.say(d.first(d.author))}\n\n-- \n{d.author}\n"
    )


UNSEEN_OF_C = frozenset(sorted(SET_C)[::3])
"""Nobody looks at what these show until the reader has been mended for the others."""
