"""The attribute userid."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"), [("0", set()), ("65535", set()), ("65536", {"SDP_067"}), ("u1", {"SDP_067"})]
)
def test_sdp_067__userid_fits_in_16_bits(dial_out, value, broken):
    """The value of userid is a decimal number that fits in 16 bits."""
    assert dial_out.in_offer(("a=userid:1235", f"a=userid:{value}")) == broken
