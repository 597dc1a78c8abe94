"""Each stream of the answer."""


def test_sdp_074__the_media_type_stays(dial_in):
    """The media type of each stream in the answer is that of the offer, also of a rejected one."""
    assert dial_in.in_answer(("m=audio", "m=video")) == {"SDP_074"}
    assert dial_in.in_answer(("m=audio 30000", "m=video 0")) == {"SDP_074"}


def test_sdp_029__an_answer_names_its_place(dial_in):
    """A passive side of an answer names an address where it receives."""
    nowhere = ("c=IN IP4 198.51.100.20", "c=IN IP4 0.0.0.0")
    assert dial_in.in_answer(nowhere) == {"SDP_029"}
