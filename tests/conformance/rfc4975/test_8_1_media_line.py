"""The media line of an MSRP stream."""

import pytest


@pytest.mark.parametrize(
    ("transport", "scheme", "broken"),
    [
        ("TCP/TLS/MSRP", "msrps", set()),
        ("TCP/MSRP", "msrp", {"SDP_004"}),
        ("UDP/MSRP", "msrp", {"SDP_004"}),
        ("tcp/tls/msrp", "msrp", {"SDP_004"}),
    ],
)
def test_sdp_004__msrp_is_over_tls(dial_in, transport, scheme, broken):
    """The transport of MSRP is TCP/TLS/MSRP."""
    assert dial_in.in_offer(("TCP/TLS/MSRP", transport), ("msrps:", f"{scheme}:")) == broken


@pytest.mark.parametrize(("media", "broken"), [("message", set()), ("application", {"SDP_005"})])
def test_sdp_005__msrp_is_a_message(dial_in, media, broken):
    """The media type of MSRP is message."""
    assert dial_in.in_offer(("m=message", f"m={media}")) == broken


@pytest.mark.parametrize(("formats", "broken"), [("*", set()), ("96", {"SDP_006"}), ("* 96", {"SDP_006"})])
def test_sdp_006__msrp_has_one_format(dial_in, formats, broken):
    """The format of MSRP is a single star."""
    assert dial_in.in_offer(("TCP/TLS/MSRP *", f"TCP/TLS/MSRP {formats}")) == broken


def test_sdp_045__a_path_that_names_no_place_is_another_fault(dial_in):
    """A path that is absent, or without a port, is not compared with the media line."""
    without = ("a=msrp-cema\n", "")
    path = next(line for line in dial_in.offer_text.splitlines() if line.startswith("a=path"))
    assert dial_in.in_offer(without, (":49172/", "/")) == {"SDP_044", "SDP_051"}
    assert dial_in.in_offer(without, (path + "\n", "")) == {"SDP_042", "SDP_051"}


@pytest.mark.parametrize(
    ("address", "uri", "agrees"),
    [
        ("IP4 192.0.2.10", "192.0.2.10:49172", True),
        ("IP4 192.0.2.10", "192.0.2.11:49172", False),
        ("IP4 192.0.2.10", "192.0.2.10:49173", False),
        ("IP6 2001:DB8:0:0::10", "[2001:db8::10]:49172", True),
        ("IP6 2001:db8::10", "[2001:db8::11]:49172", False),
        ("IP4 UE-A.example.com", "ue-a.example.com:49172", True),
        ("IP4 ue-a.example.com", "ue-b.example.com:49172", False),
        # Without DNS nobody can tell whether a name is that address.
        ("IP4 ue-a.example.com", "192.0.2.10:49172", True),
        ("IP4 192.0.2.10", "relay.example.com:49172/r;tcp msrps://192.0.2.10:1", True),
        ("IP4 192.0.2.10", "192.0.2.12:1/r;tcp msrps://192.0.2.10:49172", True),
    ],
)
def test_sdp_045__media_line_and_path_agree(dial_in, address, uri, agrees):
    """Without CEMA the connection address and the port are those of a URI in the path."""
    edits = (("c=IN IP4 192.0.2.10", f"c=IN {address}"), ("192.0.2.10:49172", uri))
    assert dial_in.in_offer(*edits) == set()
    without = ("a=msrp-cema\n", "")
    assert dial_in.in_offer(*edits, without) == ({"SDP_051"} if agrees else {"SDP_045", "SDP_051"})
