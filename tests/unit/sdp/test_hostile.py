"""Descriptions made to cost much: the work stays in proportion to their size."""

import sys
from collections.abc import Callable

import pytest

from mediasec.errors import MalformedMessage, RemoteProtocolError
from mediasec.sdp.exchange import agreements, protocol_list
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.rules import check_exchange, check_later_offer, check_offer

_HEAD = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n"
_MSRP = "m=message 1 TCP/TLS/MSRP *\na=path:msrps://192.0.2.1:1/x;tcp\n"
_BFCP = "m=application 1 TCP/TLS/BFCP *\na=floorid:1 mstrm:1 2 3\na=mid:x\n"
_KEY = "a=key-mgmt:mikey AQ4F\n"


def _calls(work: Callable[[], object]) -> int:
    """Return how many calls a piece of work makes, in Python and in C."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _check_all(text: str) -> None:
    try:
        description = SessionDescription.parse(text.encode())
    except RemoteProtocolError:
        return
    check_offer(description)
    check_exchange(description, description)
    check_later_offer(description, description, answer=description)
    agreements(description, description)
    protocol_list(description)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: _HEAD + "a=x:y\n" * n,
        lambda n: _HEAD + _KEY * n,
        lambda n: _HEAD + "a=setup:x\n" * n + _MSRP,
        lambda n: _HEAD + "a=fingerprint:x\n" * n + _MSRP + _BFCP,
        lambda n: _HEAD + "a=group:BUNDLE x y z\n" * n + _BFCP,
        lambda n: _HEAD + _MSRP * (n // 2),
        lambda n: _HEAD + _BFCP * (n // 2),
        lambda n: _HEAD + "m=audio 1 RTP/SAVP 0\n" * n,
        lambda n: _HEAD + _KEY + "m=audio 1 RTP/SAVP 0\n" * n,
        lambda n: _HEAD + _BFCP + "a=label:1\na=floorid:1 mstrm:9\n" * n,
        lambda n: _HEAD + "k=x\n" * n,
        lambda n: _HEAD + "t=0 0\nr=1\n" * n,
        lambda n: _HEAD + "x\n" * n,
        lambda n: _HEAD + "m=\n" * n,
        lambda n: _HEAD + "a=path:" + "msrps://192.0.2.1:1/x;tcp " * n,
        lambda n: _HEAD + _MSRP + "a=accept-types:" + "text/plain " * n + "\n",
        lambda n: _HEAD + "m=application 1 TCP/TLS/BFCP *\na=bfcpver:" + "1 " * n + "1\n",
        lambda n: _HEAD + "m=application 1 TCP/TLS/BFCP *\na=floorid:1 mstrm:" + "a " * n + "b\n",
        lambda n: _HEAD + "m=audio 1 RTP/SAVP" + " 0" * n + "\n",
    ],
)
def test_twice_the_size_is_twice_the_work(make):
    """A description of twice the size takes not much more than twice the calls."""
    small, large = (_calls(lambda size=size: _check_all(make(size))) for size in (100, 200))
    assert large < 2.3 * small + 200


@pytest.mark.parametrize("level", ["session", "media"])
def test_keys_of_the_session_are_decoded_once(level, monkeypatch):
    """However many streams there are, a key management message of the session is decoded once."""
    from mediasec.sdp import streams

    decoded = []
    parse = streams.KeyManagement.parse
    monkeypatch.setattr(streams.KeyManagement, "parse", lambda text: (decoded.append(text), parse(text))[1])
    lines = (
        [_KEY, "m=audio 1 RTP/SAVP 0\n" * 50]
        if level == "session"
        else [("m=audio 1 RTP/SAVP 0\n" + _KEY) * 50]
    )
    description = SessionDescription.parse((_HEAD + "".join(lines)).encode())
    streams.streams_of(description)
    assert len(decoded) == (1 if level == "session" else 50)


@pytest.mark.parametrize(
    "data",
    [
        b"v=0\n" + b"a" * 1_000_000,
        b"v=0\n" + b"a=x\n" * 100_000,
        _HEAD.encode() + b"m=audio 1 x y\n" * 100_000,
        b"v=0" * 1_000_000,
        b"v=\n" * 1_000_000,
    ],
)
def test_what_is_too_large_is_not_read(data):
    """A description past the limits is refused with few calls, however large it is."""

    def refuse() -> None:
        with pytest.raises(MalformedMessage):
            SessionDescription.parse(data)

    assert _calls(refuse) < 60_000


def test_a_finding_is_short():
    """No message of a finding grows with the description."""
    long = "x" * 20_000
    values = [
        f"m={long} 1 TCP/TLS/BFCP *",
        f"m=application 1 {long}/BFCP {long}",
        f"m=message 1 TCP/TLS/MSRP {long}",
    ]
    names = (
        "setup",
        "connection",
        "floorctrl",
        "bfcpver",
        "confid",
        "floorid",
        "path",
        "key-mgmt",
        "msrp-cema",
    )
    for value in values:
        lines = "".join(f"a={name}:{long}\n" for name in names)
        description = SessionDescription.parse((_HEAD + value + "\n" + lines).encode())
        for finding in check_offer(description) + check_exchange(description, description):
            assert len(finding.message) < 400


def test_a_finding_is_plain_ascii():
    """What a peer sent is shown without control characters and without octets outside of ASCII."""
    strange = "\x1b[31m\x07\u202e\udcff"
    data = f"{_HEAD}m=message 1 TCP/TLS/MSRP *\na=setup:{strange}\na=accept-types:{strange}\n"
    description = SessionDescription.parse(data.encode("utf-8", "surrogateescape"))
    findings = check_offer(description)
    assert len(findings) > 2
    for finding in findings:
        assert finding.message.isascii()
        assert finding.message.isprintable()
