"""What an offerer says of the connection."""

_EXISTING = ("a=connection:new", "a=connection:existing")


def test_sdp_034__a_first_offer_speaks_of_the_connection(dial_in):
    """The first offer of a BFCP stream has a connection attribute, of the stream or of the session."""
    silent = ("a=connection:new\n", "")
    assert dial_in.in_offer() == set()
    assert dial_in.in_offer(silent) == {"SDP_034"}
    assert dial_in.in_offer(silent).places == ["media[2]"]
    assert dial_in.in_offer(silent, ("t=0 0\n", "t=0 0\na=connection:new\n")) == set()


def test_sdp_035__a_first_offer_is_of_a_new_connection(dial_in):
    """In the first offer the connection is new; in a later one it may exist."""
    assert dial_in.in_offer() == set()
    assert dial_in.in_offer(_EXISTING) == {"SDP_035"}
    assert dial_in.in_later_offer(_EXISTING) == set()


def test_sdp_037__another_place_is_a_new_connection(dial_in):
    """A later offer that changes address or port is of a new connection."""
    for moved in (
        ("m=application 49174", "m=application 49175"),
        ("c=IN IP4 192.0.2.10", "c=IN IP4 192.0.2.11"),
    ):
        assert dial_in.in_later_offer(moved) == set()
        assert dial_in.in_later_offer(moved, _EXISTING) == {"SDP_037"}


def test_sdp_037__the_discard_port_is_no_place(dial_in):
    """A side that was active and now names its port may keep the connection, as in RFC 4145, 7.4."""
    active = (
        ("TCP/TLS/BFCP *\na=setup:actpass", "TCP/TLS/BFCP *\na=setup:active"),
        ("m=application 49174", "m=application 9"),
    )
    assert dial_in.in_later_offer(_EXISTING, before=active) == set()
