"""The attribute confid."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("0", set()),
        ("4294967295", set()),
        ("04321", set()),
        ("4294967296", {"SDP_066"}),
        ("-1", {"SDP_066"}),
        ("0x10", {"SDP_066"}),
        ("1 ", {"SDP_066"}),
        ("\u0664", {"SDP_066"}),
        ("9" * 5000, {"SDP_066"}),
    ],
)
def test_sdp_066__confid_fits_in_32_bits(dial_out, value, broken):
    """The value of confid is a decimal number that fits in 32 bits."""
    assert dial_out.in_offer(("a=confid:4321", f"a=confid:{value}")) == broken
