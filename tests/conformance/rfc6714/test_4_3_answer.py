"""What an answerer with CEMA does."""

from mediasec.sdp.exchange import End, TransportAddress, agreements

_MOVED = ("m=message 49172", "m=message 40000")
_NO_CEMA = ("a=msrp-cema\n", "")


def test_sdp_053__a_moved_address_without_cema_is_rejected(dial_in):
    """A stream without CEMA in the offer, whose media line is none of its path, is rejected."""
    assert dial_in.in_answer(offer=(_MOVED, _NO_CEMA)) == {"SDP_053"}
    assert dial_in.in_answer(("m=message 2855", "m=message 0"), offer=(_MOVED, _NO_CEMA)) == set()


def test_sdp_053__what_did_not_move_is_accepted(dial_in):
    """A stream that did not move, or has CEMA, may be accepted."""
    assert dial_in.in_answer(offer=(_NO_CEMA,)) == set()
    assert dial_in.in_answer(offer=(_MOVED,)) == set()


def test_sdp_055__with_cema_the_answerer_connects_to_the_media_line(dial_in):
    """An answerer that is active and has CEMA connects to the media line of the offer."""
    answer = dial_in.answer(("2855 TCP/TLS/MSRP *\na=setup:passive", "9 TCP/TLS/MSRP *\na=setup:active"))
    msrp = agreements(dial_in.offer(_MOVED), answer)[1]
    assert msrp.tcp_client is End.ANSWERER
    assert msrp.target == TransportAddress(host="192.0.2.10", port=40000)
