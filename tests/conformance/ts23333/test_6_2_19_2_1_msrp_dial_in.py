"""The dial-in of MSRP, whose example has CEMA at both ends."""


def test_sdp_051__the_ue_offers_cema(dial_in):
    """The UE offers CEMA with MSRP over TLS; a stream in the clear has no TLS that could end."""
    assert dial_in.in_offer() == set()
    assert dial_in.in_offer(("a=msrp-cema\n", "")) == {"SDP_051"}
    clear = [("TCP/TLS/MSRP", "TCP/MSRP"), ("msrps:", "msrp:")]
    assert dial_in.in_offer(("a=msrp-cema\n", ""), *clear) == {"SDP_004"}
