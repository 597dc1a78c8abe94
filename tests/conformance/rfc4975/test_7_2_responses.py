import pytest

from mediasec.errors import MalformedMessage
from mediasec.msrp.message import Response
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")
RELAY = Uri.parse("msrps://relay.example.com:2855/aaa;tcp")


def test_msrp_034__a_response_as_in_the_example(msrp_side, send):
    """A response has the transaction of its request, its first From-Path URI, and a dollar sign."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(None, sender=f"{RELAY.serialize()} {ALICE.serialize()}"))
    assert bob.sent == (
        b"MSRP d93kswow 200\r\n"
        b"To-Path: msrps://relay.example.com:2855/aaa;tcp\r\n"
        b"From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n"
        b"-------d93kswow$\r\n"
    )


def test_msrp_034__other_requests_are_answered_along_the_whole_path(msrp_side, send):
    """A response to a request that is not a SEND goes back along the whole From-Path."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(None, method="NICKNAME", sender=f"{RELAY.serialize()} {ALICE.serialize()}"))
    (answer,) = bob.messages()
    assert answer.to_path == (RELAY, ALICE)


def test_msrp_034__who_answers(msrp_side, send):
    """A response comes from the URI of the session as this side has it, or from the last URI asked."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(None, to="MSRP://x@BOB.example.com:8888/9di4eae923wzd;TCP"))
    bob.receive(send(None, to=f"{RELAY.serialize()} {BOB.serialize()}"))
    bob.receive(send(None, to=f"{BOB.serialize()} {RELAY.serialize()}"))
    assert [(one.code, one.from_path) for one in bob.messages()] == [
        (200, (BOB,)),
        (481, (BOB,)),
        (481, (RELAY,)),
    ]


@pytest.mark.parametrize("flag", ["+", "#"])
def test_msrp_034__a_response_in_pieces_is_caught(flag):
    """A response with another flag than a dollar sign is refused."""
    octets = Response(transaction_id="d93kswow", code=200, to_path=(ALICE,), from_path=(BOB,)).serialize()
    assert Response.parse(octets).code == 200
    with pytest.raises(MalformedMessage):
        Response.parse(octets.replace(b"$", flag.encode()))


@pytest.mark.parametrize(
    ("wanted", "accepted", "codes"),
    [
        (None, True, [200]),
        (None, False, [415]),
        ("yes", True, [200]),
        ("yes", False, [415]),
        ("partial", True, []),
        ("partial", False, [415]),
        ("no", True, []),
        ("no", False, []),
    ],
)
def test_msrp_055__who_wants_a_response_gets_one(msrp_side, send, wanted, accepted, codes):
    """A request is answered as its Failure-Report asks."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE, accept_types=("text/plain",))
    lines = () if wanted is None else (f"Failure-Report: {wanted}",)
    bob.receive(send(lines=lines, content_type="text/plain" if accepted else "image/png"))
    assert [answer.code for answer in bob.messages()] == codes


def test_msrp_055__every_chunk_is_answered_when_it_ends(msrp_side, send):
    """Each chunk gets its response at its end, whether or not the message is complete."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    octets = send("abcd", identifier="dkei38sd", lines=("Byte-Range: 1-*/8",), flag="+")
    bob.receive(octets[:-1])
    assert bob.messages() == []
    bob.receive(octets[-1:])
    bob.receive(send("EFGH", identifier="dkei38ia", lines=("Byte-Range: 5-8/8",)))
    assert [(one.transaction_id, one.code) for one in bob.messages()] == [
        ("dkei38sd", 200),
        ("dkei38ia", 200),
    ]
