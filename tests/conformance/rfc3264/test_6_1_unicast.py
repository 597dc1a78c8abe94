"""Each stream of the answer."""


def test_sdp_074__the_media_type_stays(dial_in):
    """The media type of each stream in the answer is that of the offer, also of a rejected one."""
    assert dial_in.in_answer() == set()
    found = dial_in.in_answer(("m=audio", "m=video"))
    assert found == {"SDP_074"}
    assert found.places == ["media[0]"]
    assert dial_in.in_answer(("m=audio 30000", "m=video 0")) == {"SDP_074"}


def test_sdp_074__what_has_no_counterpart_is_another_fault(dial_in):
    """A stream more or less than in the offer is found as such, and the others are still looked at."""
    bfcp = dial_in.answer_text[dial_in.answer_text.index("m=application") :]
    assert dial_in.in_answer((bfcp, ""), ("m=audio", "m=video")) == {"SDP_073", "SDP_074"}


def test_sdp_029__an_answer_names_its_place(dial_in):
    """A passive side of an answer names an address where it receives."""
    nowhere = ("c=IN IP4 198.51.100.20", "c=IN IP4 0.0.0.0")
    assert dial_in.in_answer(nowhere) == {"SDP_029"}
