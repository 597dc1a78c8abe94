"""The attribute floorid."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("65535 mstrm:10", set()),
        ("1", set()),
        ("65536 mstrm:10", {"SDP_068"}),
        ("1 m-stream:10", {"SDP_068"}),
        ("1 stream:10", {"SDP_068"}),
        ("1 mstrm:", {"SDP_068"}),
        ("1 mstrm:10  10", {"SDP_068"}),
        ("one mstrm:10", {"SDP_068"}),
    ],
)
def test_sdp_068__floorid_is_a_number_with_streams(dial_out, value, broken):
    """The value of floorid is a decimal number that fits in 16 bits, and mstrm with the streams."""
    assert dial_out.in_offer(("a=floorid:1 mstrm:10", f"a=floorid:{value}")) == broken


@pytest.mark.parametrize("keyword", ["mstrm", "m-stream"])
def test_sdp_065__a_floor_points_to_a_labelled_stream(dial_out, keyword):
    """Each stream pointer in floorid is the label of a stream in the same description."""
    slip = {"SDP_068"} if keyword == "m-stream" else set()
    floor = ("a=floorid:1 mstrm:10", f"a=floorid:1 {keyword}:10 11")
    assert dial_out.in_offer(floor) == {"SDP_065"} | slip
    assert dial_out.in_offer(floor, ("a=setup", "a=label:11\na=setup")) == slip
