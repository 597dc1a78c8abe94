import pytest

from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


@pytest.mark.parametrize("to", [BOB.serialize(), "MSRP://user@BOB.example.com:8888/9di4eae923wzd;TCP"])
def test_msrp_053__a_request_for_a_session(msrp_side, send, to):
    """A request whose To-Path matches the URI of a session is accepted."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(to=to))
    assert [answer.code for answer in bob.messages()] == [200]


@pytest.mark.parametrize(
    "to",
    [
        "msrp://bob.example.com:8888/9di4eae923wze;tcp",
        "msrps://bob.example.com:8888/9di4eae923wzd;tcp",
        "msrp://bob.example.com:8888;tcp",
        f"{BOB.serialize()} {BOB.serialize()}",
        f"msrps://relay.example.com:2855/aaa;tcp {BOB.serialize()}",
    ],
)
def test_msrp_053__a_request_for_no_session_is_caught(msrp_side, send, to):
    """A request for another URI or for more than one gets a 481, and nothing becomes of it."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    assert bob.receive(send(to=to)) == []
    assert [answer.code for answer in bob.messages()] == [481]
    assert bob.connection.sessions == ()


def test_msrp_053__not_even_481_where_failures_are_not_wanted(msrp_side, send):
    """A request for no session whose failures are not wanted is ignored without a word."""
    bob = msrp_side("bob")
    assert bob.receive(send(lines=("Failure-Report: no",))) == []
    assert bob.messages() == []


def test_msrp_053__a_session_that_is_over_is_none(msrp_pair, send):
    """A request for a session that was closed gets a 481."""
    pair = msrp_pair()
    pair.bob.close()
    pair.bob_side.receive(send())
    assert [answer.code for answer in pair.bob_side.messages()] == [481]
