"""The attribute setup of MSRP."""

from mediasec.sdp.registry import Setup
from mediasec.sdp.streams import streams_of

_HOLD = ("49172 TCP/TLS/MSRP *\na=setup:actpass", "49172 TCP/TLS/MSRP *\na=setup:holdconn")


def test_sdp_047__msrp_says_its_setup(dial_in):
    """An MSRP stream has an explicit setup in offer and answer."""
    offer = dial_in.in_offer(("*\na=setup:actpass\na=path", "*\na=path"))
    answer = dial_in.in_answer(("*\na=setup:passive\na=path", "*\na=path"))
    assert offer == answer == {"SDP_047"}
    assert "'actpass', or 'active' behind a NAT, is wanted." in offer.said
    assert "'passive' or 'active' is wanted." in answer.said


def test_sdp_048__msrp_does_not_send_holdconn(dial_in):
    """The setup of an MSRP stream is not holdconn."""
    assert dial_in.in_offer(_HOLD) == {"SDP_048"}


def test_sdp_048__holdconn_is_as_if_it_were_absent(dial_in):
    """A receiver treats holdconn of MSRP as an absent setup, which is active in an offer."""
    msrp = streams_of(dial_in.offer(_HOLD))[1]
    assert msrp.setup is None
    assert streams_of(dial_in.offer())[1].setup is Setup.ACTPASS
    bfcp = ("TCP/TLS/BFCP *\na=setup:actpass", "TCP/TLS/BFCP *\na=setup:holdconn")
    assert streams_of(dial_in.offer(bfcp))[2].setup is Setup.HOLDCONN
    assert msrp.setup_in(offer=True) is Setup.ACTIVE
    assert dial_in.in_answer(offer=(_HOLD,)) == set()
