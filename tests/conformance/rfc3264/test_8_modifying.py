"""A later offer as a whole."""

import pytest

from mediasec.sdp.rules import check_later_offer


def _found(dial_in, *edits):
    """Return what a later offer breaks whose version is as the edits leave it."""
    return {
        each.requirement for each in check_later_offer(dial_in.offer(), dial_in.offer(*edits), dial_in.roles)
    }


@pytest.mark.parametrize("version", [0, 3, 2**62])
def test_sdp_078__a_finding_says_both_versions(dial_in, version):
    """A version that went down, or up too far, is shown with the one before."""
    findings = check_later_offer(dial_in.offer(), dial_in.offer((" 1 IN IP4", f" {version} IN IP4")))
    assert [finding.requirement for finding in findings] == ["SDP_078"]
    assert f"is '{version}' after '1'" in findings[0].message


@pytest.mark.parametrize(
    ("origin", "broken"),
    [
        ("2890844526 2 IN IP4 192.0.2.10", set()),
        ("2890844526 3 IN IP4 192.0.2.10", {"SDP_078"}),
        ("2890844526 0 IN IP4 192.0.2.10", {"SDP_078"}),
        ("2890844527 2 IN IP4 192.0.2.10", {"SDP_078"}),
        ("2890844527 1 IN IP4 192.0.2.10", {"SDP_078"}),
        ("2890844526 2 IN IP4 192.0.2.11", {"SDP_078"}),
    ],
)
def test_sdp_078__the_version_counts_up_by_one(dial_in, origin, broken):
    """The origin of a later offer that differs is the same but for the version, one higher."""
    changed = ("a=bfcpver:1", "a=bfcpver:1\na=x")
    assert _found(dial_in, changed, ("2890844526 1 IN IP4 192.0.2.10", origin)) == broken


def test_sdp_079__the_same_version_is_the_same_description(dial_in):
    """A later offer whose version did not change is identical to the previous description."""
    assert _found(dial_in) == set()
    assert _found(dial_in, ("a=bfcpver:1", "a=bfcpver:1\na=x")) == {"SDP_079"}


def test_sdp_080__no_stream_is_taken_away(dial_in):
    """A later offer has at least as many media lines as the previous description."""
    bfcp = dial_in.offer_text[dial_in.offer_text.index("m=application") :]
    assert dial_in.in_later_offer((bfcp, "")) == {"SDP_080"}
    assert dial_in.in_later_offer((bfcp, "m=application 0 TCP/TLS/BFCP *\n")) == set()
    assert dial_in.in_later_offer((bfcp, bfcp + "m=audio 0 RTP/AVP 0\n")) == set()


def test_sdp_080__a_slot_may_be_used_again(dial_in):
    """Another kind of stream in the place of an old one is not held against the old one."""
    bfcp = dial_in.offer_text[dial_in.offer_text.index("m=application") :]
    msrp = dial_in.offer_text[
        dial_in.offer_text.index("m=message") : dial_in.offer_text.index("m=application")
    ]
    other_key = msrp.replace("a=key-mgmt:mikey", "a=key-mgmt:keyp1")
    assert dial_in.in_later_offer((bfcp, other_key)) == {"SDP_008"}
