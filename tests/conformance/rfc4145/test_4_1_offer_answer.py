"""The attribute setup in offer and answer."""

import pytest

from mediasec.sdp.exchange import End, TransportAddress, agreements
from mediasec.sdp.registry import Setup
from mediasec.sdp.streams import streams_of

_FITS = {
    "active": {"passive", "holdconn"},
    "passive": {"active", "holdconn"},
    "actpass": {"active", "passive", "holdconn"},
    "holdconn": {"holdconn"},
}
_OFFER = "TCP/TLS/BFCP *\na=setup:actpass\n"
_ANSWER = "TCP/TLS/BFCP *\na=setup:active\n"


def _offer(setup):
    return (_OFFER, f"TCP/TLS/BFCP *\na=setup:{setup}\n")


def _answer(setup, port=30014):
    return ("9 " + _ANSWER, f"{port} TCP/TLS/BFCP *\na=setup:{setup}\n")


@pytest.mark.parametrize("offered", list(Setup))
@pytest.mark.parametrize("answered", list(Setup))
def test_sdp_031__the_answer_fits(dial_in, offered, answered):
    """Each setup of an offer is answered by one that fits it."""
    found = dial_in.in_answer(_answer(answered), offer=(_offer(offered),))
    fits = answered in _FITS[offered]
    assert found - {"SDP_032"} == (set() if fits else {"SDP_031"})
    assert fits or f"a=setup is '{answered}' in answer to '{offered}'" in found.said


@pytest.mark.parametrize(("answered", "broken"), [("passive", set()), ("active", {"SDP_031"})])
def test_sdp_031__an_offer_without_setup_is_active(dial_in, answered, broken):
    """Without setup an offer means active."""
    silent = (_OFFER, "TCP/TLS/BFCP *\n")
    assert (
        dial_in.in_answer(_answer(answered, 9 if answered == "active" else 30014), offer=(silent,)) == broken
    )


@pytest.mark.parametrize(("offered", "broken"), [("active", set()), ("passive", {"SDP_031"})])
def test_sdp_031__an_answer_without_setup_is_passive(dial_in, offered, broken):
    """Without setup an answer means passive."""
    silent = ("9 " + _ANSWER, "30014 TCP/TLS/BFCP *\n")
    found = dial_in.in_answer(silent, offer=(_offer(offered),))
    assert found == broken
    assert not broken or "is absent, which means 'passive' in answer to 'passive'" in found.said
    bfcp = streams_of(dial_in.answer(silent))[2]
    assert bfcp.setup_in(offer=False) is Setup.PASSIVE
    assert bfcp.setup_in(offer=True) is Setup.ACTIVE


def test_sdp_031__an_unknown_setup_is_another_fault(dial_in):
    """An unknown value in the answer is reported as such, not as one that does not fit."""
    assert dial_in.in_answer(_answer("both")) == {"SDP_030"}
    assert dial_in.in_answer(_answer("both"), offer=(_offer("passive"),)) == {"SDP_030"}


def test_sdp_031__it_is_for_msrp_and_bfcp(dial_in):
    """The setup of another stream, of DTLS perhaps, is not looked at."""
    setup = ("a=rtpmap", "a=setup:active\na=rtpmap")
    assert dial_in.in_answer(setup, offer=(setup,)) == set()


@pytest.mark.parametrize(("port", "broken"), [(9, set()), (49174, {"SDP_032"})])
def test_sdp_032__an_active_side_names_port_9(dial_in, port, broken):
    """A side that is active names port 9."""
    edits = [_offer("active"), ("m=application 49174", f"m=application {port}")]
    assert dial_in.in_offer(*edits) == broken


@pytest.mark.parametrize(
    ("edit", "broken"),
    [
        (("c=IN IP4 192.0.2.10", "c=IN IP4 203.0.113.1"), set()),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 ue-a.example.com"), set()),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 0.0.0.0"), {"SDP_029"}),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 127.0.0.1"), {"SDP_029"}),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 233.252.0.1/127"), {"SDP_029"}),
        (("c=IN IP4 192.0.2.10", "c=IN IP6 ::"), {"SDP_029"}),
        (("m=application 49174", "m=application 9"), {"SDP_029"}),
        (("m=message 49172", "m=message 9"), {"SDP_029"}),
    ],
)
def test_sdp_029__a_side_that_is_connected_to_names_its_place(dial_in, edit, broken):
    """A side that may be connected to names a unicast address and the port at which it listens."""
    assert dial_in.in_offer(edit) == broken


def test_sdp_029__an_active_side_names_no_place(dial_in):
    """An active side may name port 9 and no address; a passive answer, also by default, may not."""
    nowhere = ("m=application 49174 TCP/TLS/BFCP *\n", "m=application 9 TCP/TLS/BFCP *\nc=IN IP4 0.0.0.0\n")
    assert dial_in.in_offer(_offer("active"), nowhere) == set()
    assert dial_in.in_answer(_answer("passive", 9)) == {"SDP_029"}
    assert dial_in.in_answer((_ANSWER, "TCP/TLS/BFCP *\n")) == {"SDP_029"}


def test_sdp_039__the_active_side_opens_the_connection(dial_in):
    """The side that is active after the answer connects to the media line of the other side."""
    answer = dial_in.answer(_answer("passive"))
    bfcp = agreements(dial_in.offer(), answer)[2]
    assert bfcp.tcp_client is End.OFFERER
    assert bfcp.target == TransportAddress(host="198.51.100.20", port=30014)
    bfcp = agreements(dial_in.offer(), dial_in.answer())[2]
    assert bfcp.tcp_client is End.ANSWERER
    assert bfcp.target == TransportAddress(host="192.0.2.10", port=49174)
    assert End.OFFERER.other is End.ANSWERER
    assert End.ANSWERER.other is End.OFFERER


def test_sdp_039__a_silent_answer_is_passive(dial_in):
    """Where the answer has no setup, the offerer opens the connection."""
    answer = dial_in.answer(("9 " + _ANSWER, "30014 TCP/TLS/BFCP *\n"))
    bfcp = agreements(dial_in.offer(), answer)[2]
    assert bfcp.tcp_client is End.OFFERER
    assert bfcp.target == TransportAddress(host="198.51.100.20", port=30014)


@pytest.mark.parametrize(
    ("offered", "answered"), [("actpass", "holdconn"), ("holdconn", "holdconn"), ("holdconn", "passive")]
)
def test_sdp_039__with_holdconn_nobody_connects(dial_in, offered, answered):
    """With holdconn on either side nobody opens the connection for the time being."""
    bfcp = agreements(dial_in.offer(_offer(offered)), dial_in.answer(_answer(answered)))[2]
    assert bfcp.tcp_client is None
    assert bfcp.target is None
