import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.events import MessageSent


def test_msrp_048__415_rules_a_media_type_out(msrp_pair):
    """After a 415 no message of that media type is sent, in whatever case or with whatever parameters."""
    pair = msrp_pair(bob_terms={"accept_types": ("text/plain",)})
    pair.alice.send(b"Hi", "image/png")
    pair.carry()
    for content_type in ("image/png", "IMAGE/png;x=y"):
        with pytest.raises(LocalProtocolError, match="MSRP_048") as caught:
            pair.alice.send(b"Hi", content_type)
        assert caught.value.findings[0].reply == 415


def test_msrp_048__other_media_types_go_on(msrp_pair):
    """After a 415 messages of other media types are sent."""
    pair = msrp_pair(bob_terms={"accept_types": ("text/plain",)})
    pair.alice.send(b"Hi", "image/png")
    pair.carry()
    pair.alice_side.news()
    name = pair.alice.send(b"Hi", "text/plain")
    pair.carry()
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name)]
