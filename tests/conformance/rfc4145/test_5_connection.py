"""The attribute connection."""

import pytest


@pytest.mark.parametrize(
    ("value", "broken"),
    [("new", set()), ("old", {"SDP_033"}), ("New", {"SDP_033"}), ("existing", {"SDP_035"})],
)
def test_sdp_033__connection_is_new_or_existing(dial_in, value, broken):
    """The value of connection is new or existing."""
    assert dial_in.in_offer(("a=connection:new", f"a=connection:{value}")) == broken
