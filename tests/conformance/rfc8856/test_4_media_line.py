"""The media line of a BFCP stream."""

import pytest


@pytest.mark.parametrize(
    ("transport", "broken"),
    [
        ("TCP/TLS/BFCP", set()),
        ("TCP/BFCP", {"SDP_001"}),
        ("UDP/BFCP", {"SDP_001"}),
        ("UDP/TLS/BFCP", {"SDP_001"}),
        ("TCP/DTLS/BFCP", {"SDP_001"}),
        ("tcp/tls/bfcp", {"SDP_001"}),
    ],
)
def test_sdp_001__bfcp_is_over_tls_on_tcp(dial_in, transport, broken):
    """The transport of BFCP is TCP/TLS/BFCP, and no other that BFCP is registered with."""
    assert dial_in.in_offer(("TCP/TLS/BFCP", transport)) == broken


def test_sdp_001__an_end_of_the_stream_needs_no_transport(dial_in):
    """Nothing is asked of a stream that is rejected by port 0."""
    assert dial_in.in_offer(("m=application 49174 TCP/TLS/BFCP", "m=application 0 TCP/BFCP")) == set()


@pytest.mark.parametrize(
    ("media", "broken"), [("application", set()), ("message", {"SDP_002"}), ("APPLICATION", {"SDP_002"})]
)
def test_sdp_002__bfcp_is_an_application(dial_in, media, broken):
    """The media type of BFCP is application."""
    assert dial_in.in_offer(("m=application", f"m={media}")) == broken


@pytest.mark.parametrize(("formats", "broken"), [("*", set()), ("0", {"SDP_003"}), ("* *", {"SDP_003"})])
def test_sdp_003__bfcp_has_one_format(dial_in, formats, broken):
    """The format of BFCP is a single star."""
    assert dial_in.in_offer(("TCP/TLS/BFCP *", f"TCP/TLS/BFCP {formats}")) == broken
