"""What an outbound message says: which records may have changed."""

from __future__ import annotations

from contextlib import suppress
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crm.domain.hint import Hint
from shared.crm.wire.outbound_message import ACKNOWLEDGED, fault, parse, without_session
from shared.kernel.errors import Malformed
from tests.crm.crm_in_memory import record_id
from tests.crm.outbound_messages import ORGANIZATION, SESSION, envelope, fields, notification

FIRST, SECOND, THIRD = (record_id("04l", number) for number in (1, 2, 3))
DEAL, OTHER = record_id("006", 1), record_id("006", 2)


def test_j01_a_cleared_field_is_absent_and_that_says_nothing() -> None:
    """Neither that it is unchanged nor that it is zero: the hint is the record, whatever else stands there."""
    full = parse(envelope([notification(FIRST, DEAL, inner=fields(Amount="1000.0", StageName="Demo"))]))
    cleared = parse(envelope([notification(FIRST, DEAL, inner=fields(StageName="Demo"))]))
    assert full.hints == cleared.hints == (Hint(FIRST, "Opportunity", DEAL),)


def test_j02_one_message_tells_twice_of_one_record_and_of_one_that_was_deleted() -> None:
    newer = notification(SECOND, DEAL, inner=fields(StageName="Proposal", LastModifiedDate="2026-03-02T10:05:00.000Z"))
    older = notification(FIRST, DEAL, inner=fields(StageName="Demo", LastModifiedDate="2026-03-02T10:00:00.000Z"))
    message = parse(envelope([newer, older, newer, notification(THIRD, OTHER)]))
    assert [(one.hint_id, one.record_id) for one in message.hints] == [(SECOND, DEAL), (FIRST, DEAL), (THIRD, OTHER)]


def test_j03_a_record_of_the_organisations_own_kind_in_a_namespace() -> None:
    inner = fields(
        CurrencyIsoCode="JPY", Name="大阪 & Ærø <1> 🚢", ours__Amount__c="1.25E7", ours__Lead__c="0054x0000000001"
    )
    room = notification(FIRST, "a014x0000000001", kind="ours__Deal_Room__c", inner=inner)
    assert parse(envelope([room])).hints == (Hint(FIRST, "ours__Deal_Room__c", "a014x0000000001AAA"),)


def test_j04_what_is_nil_or_says_that_it_is_not() -> None:
    inner = '<sf:Amount xsi:nil="true"/><sf:NextStep xsi:nil="false">Call them</sf:NextStep><sf:Notes></sf:Notes>'
    (hint,) = parse(envelope([notification(FIRST, DEAL, inner=inner)], session=None)).hints
    assert hint == Hint(FIRST, "Opportunity", DEAL)


def test_j05_an_id_of_15_characters_is_the_record_of_18() -> None:
    message = parse(envelope([notification(FIRST[:15], "0064x00000DealA"), notification(SECOND, "0064x00000Deala")]))
    assert [one.record_id for one in message.hints] == ["0064x00000DealAAAR", "0064x00000DealaAAB"]
    assert message.hints[0].hint_id == FIRST


def test_a_byte_order_mark_and_a_session_that_is_there() -> None:
    raw = b"\xef\xbb\xbf" + envelope([notification(FIRST, DEAL)])
    assert parse(raw) == parse(envelope([notification(FIRST, DEAL)]))
    assert SESSION not in repr(parse(raw))
    assert parse(raw).organization == ORGANIZATION


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (notification(FIRST, "Deal one"), "no id of Salesforce"),
        (notification("", DEAL), "notification has no id"),
        (notification(FIRST, DEAL, kind="a b"), "of what kind"),
        (f"<Notification><Id>{FIRST}</Id></Notification>", "no record"),
    ],
)
def test_j22_one_notification_that_cannot_be_read_leaves_the_others(bad: str, said: str) -> None:
    good = [notification(record_id("04l", number), record_id("006", number)) for number in range(10, 109)]
    message = parse(envelope([*good[:50], bad, *good[50:]]))
    assert len(message.hints) == 99
    (unreadable,) = message.unreadable
    assert said in unreadable.detail
    assert b"Notification" in unreadable.raw
    assert SESSION.encode() not in unreadable.raw


def test_j22_the_answer_is_the_one_that_salesforce_waits_for() -> None:
    body = fromstring(ACKNOWLEDGED)[0]
    assert body.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Body"
    assert body[0].tag == "{http://soap.sforce.com/2005/09/outbound}notificationsResponse"
    assert [(one.tag, one.text) for one in body[0]] == [("{http://soap.sforce.com/2005/09/outbound}Ack", "true")]


def test_a_fault_says_whose_it_is_and_is_xml_whatever_it_says() -> None:
    for ours, code in ((True, "soapenv:Server"), (False, "soapenv:Client")):
        found = fromstring(fault("a < b & c", ours=ours))[0][0]
        assert (found[0].text, found[1].text) == (code, "a < b & c")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no xml",
        b"<a/>",
        envelope([]),
        envelope([notification(FIRST, DEAL)] * 101),
        envelope([notification(FIRST, DEAL)], organization=""),
        envelope([notification(FIRST, DEAL)])[:-20],
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + envelope([notification(FIRST, DEAL)]),
        b'<?xml version="1.0" encoding="klingon"?><a/>',
    ],
    ids=range(9),
)
def test_what_is_no_outbound_message(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw)


@pytest.mark.parametrize("depth", [100, 2_000, 100_000])
def test_elements_within_each_other_without_end_are_no_message(depth: int) -> None:
    deep = "<a>" * depth + "</a>" * depth
    for one in (f"<Notification>{deep}</Notification>", notification(FIRST, DEAL, inner=deep)):
        with pytest.raises(Malformed, match="deep"):
            parse(envelope([one]))


def test_an_entity_is_neither_read_nor_expanded() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    raw = f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&l9;&f;</a>'.encode()
    with pytest.raises(Malformed):
        parse(raw)


@given(cut=st.integers(0, 2000), junk=st.binary(max_size=30))
def test_any_bytes_give_a_message_or_say_that_they_are_none(cut: int, junk: bytes) -> None:
    raw = envelope([notification(FIRST, DEAL)])
    for damaged in (raw[:cut] + junk, raw[:cut] + junk + raw[cut:], junk):
        with suppress(Malformed):
            assert parse(damaged).organization


@given(cut=st.integers(0, 2000))
def test_wherever_a_message_is_cut_off_no_session_is_kept(cut: int) -> None:
    raw = envelope([notification(FIRST, DEAL)])[:cut]
    kept = without_session(raw)
    secret = SESSION.encode()
    assert not any(secret[: len(secret) - short] in kept for short in range(len(secret) - 17))


@pytest.mark.parametrize(
    "said",
    [
        f"<SessionId><![CDATA[{SESSION}]]></SessionId>",
        f'<out:SessionId a="b">{SESSION}</out:SessionId>',
        f"<Other>{SESSION}</Other>",
        f"<Other>{SESSION.replace('!', '&#33;')}</Other>",
    ],
)
def test_a_session_is_found_however_it_is_written(said: str) -> None:
    assert SESSION[20:].encode() not in without_session(said.encode())


def test_a_text_of_wide_letters_is_not_kept() -> None:
    assert without_session(envelope([]).decode().encode("utf-16")).endswith(b"bytes that are not UTF-8")
