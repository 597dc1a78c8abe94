"""MIKEY in key-mgmt."""

import pytest


@pytest.mark.parametrize(
    ("protocol", "broken"),
    [("mikey", set()), ("MIKEY", {"SDP_008"}), ("mikey2", {"SDP_008"}), ("keyp1", {"SDP_008"})],
)
def test_sdp_008__a_secured_stream_is_keyed_by_mikey(dial_in, protocol, broken):
    """A stream over TLS has key-mgmt with the protocol mikey, in lower case."""
    last = dial_in.offer_text.rpartition("a=key-mgmt:mikey")[2]
    found = dial_in.in_offer((f"1\na=key-mgmt:mikey{last}", f"1\na=key-mgmt:{protocol}{last}"))
    assert found == broken
    assert (f"is of '{protocol}'" in found.said) is bool(broken)


def test_sdp_008__one_of_several_protocols_is_enough(dial_in):
    """MIKEY may be one of several protocols of a stream."""
    assert dial_in.in_offer(("a=bfcpver:1", "a=bfcpver:1\na=key-mgmt:keyp1 AAAA")) == set()
