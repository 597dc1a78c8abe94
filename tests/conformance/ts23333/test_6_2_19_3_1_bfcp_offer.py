"""The dial-in of BFCP."""

import pytest

from mediasec.sdp.exchange import End, agreements

_SERVER = "a=floorctrl:s-only\na=confid:1\na=userid:2\na=floorid:3"


def test_sdp_001__the_answer_is_over_tls_too(dial_in):
    """Offer and answer say TCP/TLS/BFCP."""
    assert dial_in.in_answer(("TCP/TLS/BFCP", "TCP/BFCP")) == {"SDP_001", "SDP_072"}


@pytest.mark.parametrize(
    ("floorctrl", "broken"),
    [
        ("a=floorctrl:c-only", set()),
        (_SERVER, {"SDP_027"}),
        (_SERVER.replace("s-only", "c-only s-only"), set()),
        (_SERVER.replace("s-only", "c-s"), {"SDP_059"}),
    ],
)
def test_sdp_027__a_ue_offers_to_be_a_client(dial_in, floorctrl, broken):
    """The floor control server is at the conference: a UE offers to be a client."""
    assert dial_in.in_offer(("a=floorctrl:c-only", floorctrl)) == broken


def test_sdp_027__only_floor_control_counts(dial_in):
    """An offer without floorctrl, and a floorctrl that is not of a BFCP stream, are no such fault."""
    assert dial_in.in_offer(("a=floorctrl:c-only\n", "")) == {"SDP_057"}
    assert dial_in.in_offer(("a=msrp-cema", "a=floorctrl:s-only\na=msrp-cema")) == set()
    assert dial_in.in_offer(("a=floorctrl:c-only", "a=floorctrl:x")) == {"SDP_059"}


def test_sdp_027__the_conference_is_the_server(dial_in, dial_out):
    """The conference offers to be a server, and each side answers in its role."""
    assert dial_out.in_offer(("a=floorctrl:s-only", "a=floorctrl:c-only")) == {"SDP_027"}
    assert dial_out.in_answer(("a=floorctrl:c-only", _SERVER)) == {"SDP_027", "SDP_061"}
    assert dial_in.in_answer(("a=floorctrl:s-only", "a=floorctrl:c-only")) == {"SDP_027", "SDP_061"}


def test_sdp_040__the_mrfp_opens_tcp_and_the_ue_starts_tls(dial_in):
    """In the dial-in the conference opens the TCP connection, and the UE is the TLS client."""
    bfcp = agreements(dial_in.offer(), dial_in.answer())[2]
    assert (bfcp.tcp_client, bfcp.tls_client) == (End.ANSWERER, End.OFFERER)
    assert bfcp.floor.server is End.ANSWERER
    assert (bfcp.floor.conference_id, bfcp.floor.user_id) == (4321, 1234)
    assert [(floor.floor, floor.streams) for floor in bfcp.floor.floors] == [(1, ("10",))]
