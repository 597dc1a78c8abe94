import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.events import MessageFailed, MessageSent


@pytest.mark.parametrize(
    ("signalled", "content_type"),
    [
        (("text/plain",), "text/plain"),
        (("text/plain",), "text/plain;charset=utf-8"),
        (("text/plain;charset=utf-8",), "Text/Plain"),
        (("image/*",), "image/png"),
        (("text/plain", "*"), "application/pdf"),
    ],
)
def test_msrp_050__media_types_that_the_peer_accepts(msrp_pair, signalled, content_type):
    """A media type goes out that the peer signalled by name, by its first part or by an asterisk."""
    pair = msrp_pair(alice_terms={"peer_accept_types": signalled})
    name = pair.alice.send(b"Hi", content_type)
    pair.carry()
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name)]


@pytest.mark.parametrize(
    ("signalled", "content_type"),
    [
        (("text/plain",), "text/html"),
        (("image/*",), "text/plain"),
        (("text/plain",), "textual/plain"),
        ((), "message/cpim"),
    ],
)
def test_msrp_050__other_media_types_do_not_go_out(msrp_pair, signalled, content_type):
    """A media type that the peer did not signal is not sent."""
    pair = msrp_pair(alice_terms={"peer_accept_types": signalled})
    with pytest.raises(LocalProtocolError, match="MSRP_050") as caught:
        pair.alice.send(b"Hi", content_type)
    assert caught.value.findings[0].reply == 415
    assert pair.alice_side.output() == b""


def test_msrp_051__not_longer_than_signalled(msrp_pair):
    """A message as long as the peer's max-size goes out, and a longer one does not."""
    pair = msrp_pair(alice_terms={"peer_max_octets": 10})
    pair.alice.send(b"x" * 10, "text/plain")
    with pytest.raises(LocalProtocolError, match="MSRP_051") as caught:
        pair.alice.send(b"x" * 11, "text/plain")
    assert caught.value.findings[0].reply == 413
    pair.carry()
    assert [event.message.body for event in pair.bob_side.news()] == [b"x" * 10]
    assert not [event for event in pair.alice_side.news() if isinstance(event, MessageFailed)]
