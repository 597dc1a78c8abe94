"""The attribute connection and MSRP."""

import pytest

from mediasec.sdp.registry import ConnectionState
from mediasec.sdp.streams import streams_of


@pytest.mark.parametrize("value", ["new", "existing"])
def test_sdp_050__msrp_does_not_use_connection(dial_in, value):
    """An MSRP stream has no connection attribute."""
    assert dial_in.in_offer(("a=path", f"a=connection:{value}\na=path")) == {"SDP_050"}


def test_sdp_050__msrp_ignores_connection(dial_in):
    """A receiver ignores the attribute: the connection is a new one."""
    offer = dial_in.offer(("a=path", "a=connection:existing\na=path"))
    assert streams_of(offer)[1].connection_state is ConnectionState.NEW
    bfcp = streams_of(dial_in.offer(("a=connection:new", "a=connection:existing")))[2]
    assert bfcp.connection_state is ConnectionState.EXISTING
