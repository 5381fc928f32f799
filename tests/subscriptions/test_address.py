"""Which addresses a webhook may have, and which of the network it may reach."""

from __future__ import annotations

import pytest

from shared.kernel.errors import Rejected
from shared.subscriptions.domain.address import Target, may_reach, target_of

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001::1", "2001:db8::1", "no address",
)  # fmt: skip
"""Loopback, private, link-local, metadata, documentation, multicast; and addresses that carry another one."""


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_but_the_public_internet_is_reached(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111"])
def test_the_public_internet_is_reached(address: str) -> None:
    assert may_reach(address)
    assert not may_reach(address, loopback=True)


def test_where_loopback_is_allowed_nothing_else_is_reached_by_it() -> None:
    assert [address for address in PRIVATE if may_reach(address, loopback=True)] == ["127.0.0.1", "127.8.8.8", "::1"]


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "https://",
        "https:///path",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://printer/",
        "https://api.service.internal/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://me:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://" + "a" * 64 + ".example.com/",
        "https://hooks.example.com/" + "a" * 2_000,
        "http://127.0.0.1:8000/",
    ],
)
def test_what_no_webhook_may_have_for_an_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected) as refused:
        target_of(address)
    assert refused.value.field == "address"


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0x7f.1",
        "0X7F.1",
        "2130706433",
        "0177.0.0.1",
        "127.0.0.1.1",
        "0x",
        "8.8.8.08",
        "a.1",
        "１２７.1",
        "127.1.",
        "127。1。",
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_a_literal_address_in_another_spelling_is_refused_with_the_reason(host: str, loopback: bool) -> None:
    with pytest.raises(Rejected, match="a literal address in another spelling"):
        target_of(f"https://{host}/hook", loopback=loopback)


@pytest.mark.parametrize(
    "host", ["localhost。", "１２７.0.0.1", "127.0.0.1。", "%31%32%37.0.0.1", "a!.example", "x.internal。"]
)
def test_a_name_is_read_as_resolvers_read_it(host: str) -> None:
    with pytest.raises(Rejected):
        target_of(f"https://{host}/hook")


def test_digits_within_a_name_are_a_name() -> None:
    hosts = ["0x7f.example", "127.example.com", "1.xn--p1ai", "a_b.example-1.com"]
    assert [target_of(f"https://{host}/").host for host in hosts] == hosts


def test_an_address_is_taken_apart() -> None:
    assert target_of("https://Hooks.Example.com/a?b=c") == Target(True, "hooks.example.com", 443, "/a?b=c")
    assert target_of("https://bücher.example:8443") == Target(True, "xn--bcher-kva.example", 8443, "/")


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        ("https://hooks.example.com/ä", "hooks.example.com", "/%C3%A4"),
        ("https://hooks.example.com/a%20b?name=Zoë&x=%C3%A4", "hooks.example.com", "/a%20b?name=Zo%C3%AB&x=%C3%A4"),
        ("https://bücher.example/日本?𝕏", "xn--bcher-kva.example", "/%E6%97%A5%E6%9C%AC?%F0%9D%95%8F"),
        ("https://hooks.example.com/~a/(b);c=1,2@3:4/*'!$[]", "hooks.example.com", "/~a/(b);c=1,2@3:4/*'!$[]"),
    ],
)
def test_other_letters_than_asciis_go_as_their_utf_8(address: str, host: str, path: str) -> None:
    found = target_of(address)
    assert (found.host, found.path) == (host, path)
    assert found.path.isascii()


def test_what_has_no_utf_8_is_refused() -> None:
    with pytest.raises(Rejected):
        target_of("https://hooks.example.com/\ud800")


def test_loopback_without_tls_takes_an_explicit_word() -> None:
    assert target_of("http://127.0.0.1:8000/x", loopback=True) == Target(False, "127.0.0.1", 8000, "/x", loopback=True)
    with pytest.raises(Rejected):
        target_of("http://hooks.example.com/", loopback=True)
