"""A later offer of a BFCP stream."""

_SILENT = ("a=connection:new\n", "")


def test_sdp_038__a_later_offer_speaks_of_the_connection(dial_in):
    """A later offer that leaves address and port as they were has a=connection."""
    assert dial_in.in_later_offer(("a=connection:new", "a=connection:existing")) == set()
    assert dial_in.in_later_offer() == set()
    assert dial_in.in_later_offer(_SILENT) == {"SDP_038"}


def test_sdp_038__a_stream_that_moves_needs_no_word(dial_in):
    """A later offer of another address is of a new connection by default."""
    assert dial_in.in_later_offer(_SILENT, ("m=application 49174", "m=application 49176")) == set()


def test_sdp_038__a_stream_that_comes_back_needs_no_word(dial_in):
    """A stream that was ended has no connection that could be torn down."""
    ended = (("m=application 49174", "m=application 0"),)
    assert dial_in.in_later_offer(_SILENT, before=ended) == set()
