"""The answer to a BFCP stream."""

import pytest


def test_sdp_058__an_answer_says_its_role(dial_in):
    """The answer has floorctrl if the offer had it."""
    silent = ("a=floorctrl:s-only\n", "")
    assert dial_in.in_answer() == set()
    assert dial_in.in_answer(silent) == {"SDP_058"}
    assert dial_in.in_answer(silent, offer=(("a=floorctrl:c-only\n", ""),)) == set()


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("a=confid:4321\n", {"SDP_062"}),
        ("a=userid:1234\n", {"SDP_063"}),
        ("a=floorid:1 mstrm:10\n", {"SDP_064"}),
    ],
)
@pytest.mark.verifies("SDP_063", "SDP_064")
def test_sdp_062__an_answering_server_gives_them(dial_in, line, broken):
    """An answer with s-only has confid, userid and floorid."""
    assert dial_in.in_answer((line, "")) == broken


def test_sdp_069__an_answer_says_its_versions(dial_in):
    """A BFCP stream has bfcpver in the answer."""
    assert dial_in.in_answer(("a=bfcpver:1\n", "")) == {"SDP_069"}


@pytest.mark.parametrize(
    ("offered", "answered", "broken"),
    [
        ("1", "1", set()),
        ("1 2", "1", set()),
        ("2 1", "1 2", set()),
        ("1", "1 2", {"SDP_071"}),
        ("2", "1", {"SDP_071"}),
    ],
)
def test_sdp_071__the_versions_were_offered(dial_in, offered, answered, broken):
    """The versions in the answer are among those of the offer."""
    offer = (("a=bfcpver:1", f"a=bfcpver:{offered}"),)
    assert dial_in.in_answer(("a=bfcpver:1", f"a=bfcpver:{answered}"), offer=offer) == broken


def test_sdp_071__an_offer_without_versions_is_of_version_1(dial_in):
    """Where the offer has no bfcpver, it is of version 1 over TCP."""
    offer = (("a=bfcpver:1\n", ""),)
    assert dial_in.in_answer(offer=offer) == set()
    assert dial_in.in_answer(("a=bfcpver:1", "a=bfcpver:1 2"), offer=offer) == {"SDP_071"}


def test_sdp_072__the_transport_stays(dial_in):
    """The answer that accepts a BFCP stream has the transport of the offer."""
    clear = ("TCP/TLS/BFCP", "TCP/BFCP")
    assert dial_in.in_answer(clear) == {"SDP_001", "SDP_072"}
    assert dial_in.in_answer(clear, offer=(clear,)) == {"SDP_001"}
