"""Invitations to learn: the mail alone holds the link that lets in, and it goes whatever was chosen."""

from __future__ import annotations

from shared.notifications.domain.invitation_link import InvitationLinks
from tests.notifications.house import JOE, House
from tests.notifications.test_sending import choose, sending

FACTS = {"by": "enid@example.com", "title": "Cable jointer (synthetic)", "until": "2026-03-11", "invitation": "inv-1"}


def test_the_mail_has_the_link_and_no_end(house: House) -> None:
    house.secrets["invitation-key"] = "a key"
    sent = sending(house)
    choose(house, {})
    house.tell(kind="learning.invited", facts=FACTS)

    house.run(hours=24)

    (letter,) = sent.letters
    address, what = letter.parts[0].link
    links = InvitationLinks("a key", address.partition("/learn/")[0])
    assert (what, links.read(address.rpartition("/")[2])) == ("Begin", "inv-1")
    assert address == links.link("inv-1")
    assert letter.unsubscribe is None
    assert "invites you to learn: Cable jointer (synthetic)" in letter.parts[0].sentence
    assert letter.parts[0].details == (("Until", "11 March 2026"),)


def test_no_other_notice_has_a_link_that_lets_in(house: House) -> None:
    sent = sending(house)
    house.tell(to=JOE)

    house.run(hours=24)

    assert ["/learn/join/" in part.link[0] for letter in sent.letters for part in letter.parts] == [False]


def test_a_link_of_another_key_or_id_is_none_of_ours() -> None:
    ours = InvitationLinks("a key", "https://portal.example")
    token = ours.token("inv-1")

    assert ours.read(token) == "inv-1"
    assert InvitationLinks("another", "https://portal.example").read(token) is None
    assert ours.read(token.replace("inv-1", "inv-2")) is None
    assert ours.read(token[:-1]) is None
