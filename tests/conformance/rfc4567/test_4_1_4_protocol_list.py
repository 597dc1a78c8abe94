"""The list of protocols that key management authenticates."""

import pytest

from mediasec.sdp.exchange import protocol_list


@pytest.mark.parametrize(
    ("lines", "listed"),
    [
        ("", "mikey"),
        ("a=key-mgmt:mikey AQ4F\na=key-mgmt:keyp1 AAAA\na=key-mgmt:keyp2 AAAA\n", "mikey;keyp1;keyp2"),
        ("a=key-mgmt:keyp2 AAAA\n", "keyp2;mikey"),
        ("a=key-mgmt:broken\n", "mikey"),
    ],
)
def test_sdp_020__every_protocol_in_its_order(dial_in, lines, listed):
    """The identifiers of all protocols of an offer are listed in their order, with semicolons between."""
    assert protocol_list(dial_in.offer(("t=0 0\n", f"t=0 0\n{lines}"))) == listed


def test_sdp_020__the_example_of_the_rfc(dial_in):
    """The list of the example in RFC 4567 is mikey;keyp1;keyp2."""
    text = dial_in.offer_text[: dial_in.offer_text.index("m=message")]
    lines = "a=key-mgmt:mikey AQAFgM0X\na=key-mgmt:keyp1 727gkdOs\na=key-mgmt:keyp2 DFsnuiSD\n"
    edits = [("t=0 0\n", f"t=0 0\n{lines}"), (dial_in.offer_text[len(text) :], "")]
    assert protocol_list(dial_in.offer(*edits)) == "mikey;keyp1;keyp2"


def test_sdp_020__no_stream_no_protocol(dial_in):
    """An offer without a stream has no protocol to list."""
    streams = dial_in.offer_text[dial_in.offer_text.index("m=audio") :]
    assert protocol_list(dial_in.offer((streams, ""))) == ""
