"""BFCP and BUNDLE groups."""

import pytest


@pytest.mark.parametrize(
    ("group", "broken"),
    [
        ("BUNDLE audio", set()),
        ("BUNDLE audio floor", {"SDP_007"}),
        ("LS audio floor", set()),
        ("BUNDLE", set()),
        ("BUNDLE  floor", set()),
        ("BUNDLE  audio\na=group:BUNDLE audio floor", {"SDP_007"}),
    ],
)
def test_sdp_007__bfcp_is_not_bundled(dial_in, group, broken):
    """A BFCP stream is not a member of a BUNDLE group; it may be one of another kind of group."""
    edits = [
        ("t=0 0\n", f"t=0 0\na=group:{group}\n"),
        ("a=rtpmap:96", "a=mid:audio\na=rtpmap:96"),
        ("a=floorctrl", "a=mid:floor\na=floorctrl"),
    ]
    found = dial_in.in_offer(*edits)
    assert found == broken
    assert found.places == ["media[2].attribute[2]"] * len(broken)
