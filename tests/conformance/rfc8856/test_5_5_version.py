"""The attribute bfcpver."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("1", set()),
        ("1 2", set()),
        ("7 1", set()),
        ("2", {"SDP_070"}),
        ("8 1", {"SDP_070"}),
        ("1,2", {"SDP_070"}),
        ("1  2", {"SDP_070"}),
    ],
)
def test_sdp_070__version_1_over_tcp(dial_in, value, broken):
    """The value of bfcpver is a list of numbers of 3 bits, and over TCP 1 is one of them."""
    assert dial_in.in_offer(("a=bfcpver:1", f"a=bfcpver:{value}")) == broken


def test_sdp_070__version_2_is_of_udp(dial_in):
    """Over an unreliable transport another version is no fault of the version."""
    edits = (("TCP/TLS/BFCP", "UDP/TLS/BFCP"), ("a=bfcpver:1", "a=bfcpver:2"))
    assert dial_in.in_offer(*edits) == {"SDP_001"}
