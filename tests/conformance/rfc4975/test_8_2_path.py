"""The attribute path."""

import pytest

from mediasec.sdp.rules import check_offer

_PATH = "a=path:msrps://192.0.2.10:49172/qX3kFh7Lw9;tcp"


def test_sdp_042__msrp_has_a_path(dial_in):
    """An MSRP stream has a path."""
    assert dial_in.in_offer((f"{_PATH}\n", "")) == {"SDP_042"}


@pytest.mark.parametrize(
    ("uris", "broken"),
    [
        ("msrps://192.0.2.10:49172/a;tcp", set()),
        ("MSRPS://192.0.2.10:49172/a+b=c/d~e;TCP", set()),
        ("msrps://ue-a@192.0.2.10:49172/a;tcp;x=y", set()),
        ("msrps://192.0.2.9:2855/r;tcp msrps://192.0.2.10:49172/a;tcp", set()),
        ("msrps://192.0.2.10:49172/a;tcp ", {"SDP_042"}),
        ("msrps://192.0.2.10:49172/a;tcp,msrps://192.0.2.10:49172/b;tcp", {"SDP_042"}),
        ("msrps://192.0.2.10:49172/a;tcp;x=", {"SDP_042"}),
        ("msrps:192.0.2.10:49172/a;tcp", {"SDP_042"}),
        ("sip:ue-a@example.com", {"SDP_042"}),
        ("msrps://192.0.2.10:49172/a", {"SDP_042"}),
        ("msrps://192.0.2.10:49172/;tcp", {"SDP_042"}),
        ("msrps://192.0.2.10:49172/a b;tcp", {"SDP_042"}),
        ("msrps://:49172/a;tcp", {"SDP_042"}),
        ("msrps://[2001:db8::g]:49172/a;tcp", {"SDP_042"}),
        ("msrps://[2001:db8:::1]:49172/a;tcp", {"SDP_042"}),
        ("msrps://192.0.2.10:65536/a;tcp", {"SDP_042"}),
    ],
)
def test_sdp_042__a_path_is_of_msrp_uris(dial_in, uris, broken):
    """The value of path is one MSRP URI or several, with one space between them."""
    assert dial_in.in_offer((_PATH, f"a=path:{uris}")) == broken


@pytest.mark.parametrize(
    ("uris", "broken"),
    [
        ("msrps://192.0.2.10/a;tcp", {"SDP_044"}),
        ("msrps://192.0.2.10:/a;tcp", {"SDP_044"}),
        ("msrps://192.0.2.10:49172/a;sctp", {"SDP_044"}),
        ("msrps://192.0.2.9/r;tcp msrps://192.0.2.10:49172/a;tcp", {"SDP_044"}),
    ],
)
def test_sdp_044__a_uri_has_a_port_and_tcp(dial_in, uris, broken):
    """Each URI in path has an explicit port and the transport tcp."""
    assert dial_in.in_offer((_PATH, f"a=path:{uris}")) == broken


def test_sdp_042__a_finding_keeps_the_session_id_to_itself(dial_in):
    """No finding shows a session ID: who knows it can join the session."""
    secret = "tOpSecr3t"
    for path in (
        f"msrp://192.0.2.10/{secret};tcp",
        f"msrps://192.0.2.10:1/{secret};udp",
        f"msrps://h/{secret}",
    ):
        findings = check_offer(dial_in.offer((_PATH, f"a=path:{path}"), ("a=msrp-cema\n", "")))
        assert findings
        assert secret not in "".join(map(str, findings))
