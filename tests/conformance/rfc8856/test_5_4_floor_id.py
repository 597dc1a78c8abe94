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


def test_sdp_065__every_floor_of_a_bfcp_stream_counts(dial_out):
    """Each floor is looked at, also after one that cannot be read; one of another stream is not."""
    floors = "a=floorid:x\na=floorid:2 mstrm:12"
    found = dial_out.in_offer(("a=floorid:1 mstrm:10", floors))
    assert found == {"SDP_065", "SDP_068"}
    assert "media[2].attribute[6]" in found.places
    assert dial_out.in_offer(("a=msrp-cema", "a=floorid:2 mstrm:12\na=msrp-cema")) == set()
    ended = ("m=application 30014", "m=application 0")
    assert dial_out.in_offer(("a=floorid:1 mstrm:10", "a=floorid:2 mstrm:12"), ended) == set()
