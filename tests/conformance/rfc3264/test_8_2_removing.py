"""A stream that ends."""


def test_sdp_077__port_0_is_answered_by_port_0(dial_in):
    """A stream that is offered with port 0 has port 0 in the answer."""
    ended = (("m=application 49174", "m=application 0"),)
    assert dial_in.in_answer(offer=ended) == {"SDP_077"}
    assert dial_in.in_answer(("m=application 9", "m=application 0"), offer=ended) == set()


def test_sdp_077__what_has_no_counterpart_is_another_fault(dial_in):
    """A stream less than in the offer is found as such, and the others are still looked at."""
    ended = (("m=audio 49170", "m=audio 0"),)
    bfcp = dial_in.answer_text[dial_in.answer_text.index("m=application") :]
    assert dial_in.in_answer((bfcp, ""), offer=ended) == {"SDP_073", "SDP_077"}
