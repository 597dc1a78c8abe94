"""BFCP in conferencing."""

from mediasec.sdp.rules import BETWEEN_UES


def test_sdp_001__security_is_the_transport(dial_in):
    """Security for BFCP is specified by the transport TCP/TLS/BFCP, in offer and answer."""
    clear = ("TCP/TLS/BFCP", "TCP/BFCP")
    assert dial_in.in_offer() == set()
    assert dial_in.in_answer() == set()
    assert dial_in.in_answer(clear, offer=(clear,)) == {"SDP_001"}


def test_sdp_026__no_bfcp_between_two_ues(dial_in):
    """A description that one UE makes for another UE has no BFCP stream, unless it is rejected."""
    assert dial_in.in_offer(roles=BETWEEN_UES) == {"SDP_026"}
    assert dial_in.in_offer(("m=application 49174", "m=application 0"), roles=BETWEEN_UES) == set()


def test_sdp_026__msrp_between_two_ues_is_allowed(dial_in):
    """Two UEs may have an MSRP stream."""
    bfcp = dial_in.offer_text[dial_in.offer_text.index("m=application") :]
    assert dial_in.in_offer((bfcp, ""), roles=BETWEEN_UES) == set()
