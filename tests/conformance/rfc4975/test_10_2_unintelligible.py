import pytest

from mediasec.msrp.events import MessageReceived
from mediasec.msrp.framing import MAX_HEAD_OCTETS, MAX_LINE_OCTETS
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


@pytest.fixture
def bob(msrp_side):
    side = msrp_side("bob")
    side.session(BOB, ALICE)
    return side


BAD_LINES = {
    "range": "Byte-Range: 1-x/14",
    "wish": "Success-Report: maybe",
    "no header field": "What is this",
    "long line": "X: " + "x" * MAX_LINE_OCTETS,
    "not UTF-8": "X: \udcff",
    "range from zero": "Byte-Range: 0-14/14",
    "huge number": "Byte-Range: 1-*/" + "9" * 5000,
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
@pytest.mark.parametrize("body", ["Hi, I'm Alice!", None])
def test_msrp_036__what_does_not_parse_gets_a_400(bob, send, line, body):
    """A SEND with a line that does not parse gets a 400, and the next one is received as if nothing was."""
    octets = send(body, lines=("X-Line: here",))
    bad = octets.replace(b"X-Line: here", line.encode("utf-8", "surrogateescape"))
    assert not [event for event in bob.receive(bad) if isinstance(event, MessageReceived)]
    (answer,) = bob.messages()
    assert (answer.code, answer.to_path, answer.from_path) == (400, (ALICE,), (BOB,))
    news = bob.receive(send("next"))
    assert [event.message.body for event in news if isinstance(event, MessageReceived)] == [b"next"]


def test_msrp_036__the_answer_goes_to_the_last_hop(bob, send):
    """A 400 goes back to the first URI of the From-Path, as every response to a SEND does."""
    relay = "msrps://relay.example.com:2855/aaa;tcp"
    bob.receive(send(sender=f"{relay} {ALICE.serialize()}", lines=("Byte-Range: x",)))
    assert [answer.to_path for answer in bob.messages()] == [(Uri.parse(relay),)]


def test_msrp_036__a_head_that_is_too_long_gets_a_400(bob, send):
    """A SEND with more header fields than are accepted gets a 400, and its rest is skipped."""
    lines = tuple(f"X-{number}: {'x' * 1000}" for number in range(MAX_HEAD_OCTETS // 1000 + 1))
    assert bob.receive(send(lines=lines)) == []
    assert [answer.code for answer in bob.messages()] == [400]
    bob.receive(send(None, lines=lines))
    assert [answer.code for answer in bob.messages()] == [400]
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [200]


def test_msrp_036__nobody_to_answer(bob, send):
    """A request whose paths do not parse is skipped without a word, for want of an address."""
    assert bob.receive(send(sender="sip:alice@example.com")) == []
    assert bob.messages() == []
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [200]


def test_msrp_036__a_response_that_does_not_parse_gets_nothing(bob):
    """A response that does not parse, or has a body, is skipped without a word."""
    paths = f"To-Path: {BOB.serialize()}\nFrom-Path: {ALICE.serialize()}\n"
    bob.receive(f"MSRP d93kswow 200\n{paths}What is this\n-------d93kswow$\n")
    bob.receive(f"MSRP d93kswow 200\n{paths}\nbody\n-------d93kswow$\n")
    bob.receive(f"MSRP d93kswow 200\n{paths}-------d93kswow+\n")
    assert bob.messages() == []
    assert bob.connection.sessions == ()


def test_msrp_036__good_requests_get_no_400(bob, send):
    """A request that keeps all rules is not refused."""
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [200]
