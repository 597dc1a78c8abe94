"""The scheme of an MSRP URI."""

import pytest


@pytest.mark.parametrize(
    ("transport", "scheme", "broken"),
    [
        ("TCP/TLS/MSRP", "msrps", set()),
        ("TCP/TLS/MSRP", "msrp", {"SDP_043"}),
        ("TCP/MSRP", "msrp", {"SDP_004"}),
        ("TCP/MSRP", "msrps", {"SDP_004", "SDP_043"}),
    ],
)
def test_sdp_043__the_scheme_says_tls(dial_in, transport, scheme, broken):
    """The URIs of a stream over TLS have the scheme msrps, and those of one without TLS msrp."""
    found = dial_in.in_offer(("TCP/TLS/MSRP", transport), ("msrps:", f"{scheme}:"))
    assert found == broken
    wanted = "msrps" if transport == "TCP/TLS/MSRP" else "msrp"
    said = f"1 of the URIs is '{scheme}', and the transport is {transport}; '{wanted}' is wanted."
    assert (said in found.said) is ("SDP_043" in broken)


def test_sdp_043__one_uri_without_tls_is_one_too_many(dial_in):
    """Every URI of the path has the scheme, that of a relay too."""
    relay = ("a=path:", "a=path:msrp://192.0.2.9:2855/r;tcp ")
    assert dial_in.in_offer(relay) == {"SDP_043"}
