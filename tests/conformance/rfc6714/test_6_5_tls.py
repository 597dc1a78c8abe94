"""Why an offer of MSRP over TLS has CEMA."""


def test_sdp_051__an_offer_over_tls_has_cema(dial_in):
    """The offer of an MSRP stream secured by G.3 has CEMA."""
    assert dial_in.in_offer(("a=msrp-cema\n", "")) == {"SDP_051"}


def test_sdp_051__an_answer_may_do_without(dial_in):
    """An answerer that does not know CEMA does without."""
    assert dial_in.in_answer(("a=msrp-cema\n", "")) == set()
