"""The attribute setup."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("active", {"SDP_032"}),
        ("passive", set()),
        ("actpass", set()),
        ("holdconn", set()),
        ("Active", {"SDP_030"}),
        ("both", {"SDP_030"}),
    ],
)
def test_sdp_030__setup_has_one_of_four_values(dial_in, value, broken):
    """The value of setup is active, passive, actpass or holdconn."""
    bfcp = ("TCP/TLS/BFCP *\na=setup:actpass", f"TCP/TLS/BFCP *\na=setup:{value}")
    assert dial_in.in_offer(bfcp) == broken


def test_sdp_030__setup_of_the_session_counts(dial_in):
    """An unknown setup of the session is found too, once."""
    assert dial_in.in_offer(("t=0 0\n", "t=0 0\na=setup:both\n")) == {"SDP_030"}
