"""How MSRP uses setup."""

import pytest

_ACTIVE = [
    ("m=message 2855 TCP/TLS/MSRP *\na=setup:actpass", "m=message 9 TCP/TLS/MSRP *\na=setup:active"),
    (":2855/", ":9/"),
]


@pytest.mark.parametrize(("setup", "broken"), [("actpass", set()), ("passive", {"SDP_049"})])
def test_sdp_049__msrp_does_not_offer_passive(dial_in, setup, broken):
    """The setup of an MSRP stream in an offer is not passive."""
    assert dial_in.in_offer(("a=setup:actpass", f"a=setup:{setup}")) == broken


def test_sdp_049__msrp_answers_passive(dial_in):
    """The answer may be passive, and is so in the good exchange."""
    assert "a=setup:passive" in dial_in.answer_text
    assert dial_in.in_answer() == set()


def test_sdp_032__an_active_side_of_msrp_names_port_9(dial_in):
    """A side of MSRP that is active names port 9."""
    active = ("49172 TCP/TLS/MSRP *\na=setup:actpass", "49172 TCP/TLS/MSRP *\na=setup:active")
    assert dial_in.in_offer(active) == {"SDP_032"}
    assert dial_in.in_offer(active, ("m=message 49172", "m=message 9")) == set()


def test_sdp_028__a_reachable_conference_does_not_offer_active(dial_in, dial_out):
    """The conference can be reached and offers actpass; a UE behind a NAT offers active."""
    assert dial_out.in_offer(*_ACTIVE) == {"SDP_028"}
    assert dial_out.in_offer(*_ACTIVE, roles=dial_in.roles) == {"SDP_027"}
