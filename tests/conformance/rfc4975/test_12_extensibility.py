import pytest

from mediasec.msrp.events import MessageReceived
from mediasec.msrp.fields import Header
from mediasec.msrp.message import Request
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def test_msrp_032__unknown_header_fields_of_a_request(msrp_side, send):
    """A SEND with header fields that are not known is received as without them."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    news = bob.receive(send(lines=("X-Priority: high", "Use-Nickname: Ali")))
    (message,) = [event.message for event in news if isinstance(event, MessageReceived)]
    assert message.body == b"Hi, I'm Alice!"
    assert message.headers == (Header("X-Priority", "high"), Header("Use-Nickname", "Ali"))


def test_msrp_032__a_known_header_field_is_not_among_them(send):
    """A header field that is known is not kept as an unknown one, whatever its case."""
    request = Request.parse(send(message_id=None, lines=("MESSAGE-id: 12339sdqwer",)))
    assert request.message_id == "12339sdqwer"
    assert request.headers == ()


@pytest.mark.parametrize("method", ["NICKNAME", "AUTH", "S", "SENDX"])
def test_msrp_033__an_unknown_method_gets_a_501(msrp_side, send, method):
    """A request with an unknown method gets a 501, with or without a body, and binds no session."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    assert bob.receive(send(None, method=method)) == []
    assert bob.receive(send("body", method=method)) == []
    assert [answer.code for answer in bob.messages()] == [501, 501]
    assert bob.connection.sessions == ()


def test_msrp_033__known_methods_do_not(msrp_side, send):
    """A SEND does not get a 501, nor does a REPORT."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send())
    bob.receive(send(None, method="REPORT", lines=("Status: 000 200",)))
    assert [answer.code for answer in bob.messages()] == [200]
