"""Offers and answers that are made here."""

from dataclasses import replace

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.sdp.attributes import FloorId
from mediasec.sdp.exchange import End, TransportAddress, agreements
from mediasec.sdp.fields import Origin
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri
from mediasec.sdp.offers import BfcpTerms, MsrpTerms, make_answer, make_later_offer, make_offer
from mediasec.sdp.registry import ConnectionState, FloorControl, Setup
from mediasec.sdp.rules import BETWEEN_UES, DIAL_OUT, check_exchange, check_later_offer, check_offer

_INIT = bytes([1, 14]) + b"request"
_RESP = bytes([1, 15]) + b"response"
_UE = Origin(username="ue", session_id=1, version=1, address_type="IP4", address="192.0.2.10")
_MRFC = Origin(username="mrfc", session_id=2, version=5, address_type="IP4", address="198.51.100.20")


def _msrp(host, port, setup, key, session_id="s1"):
    path = (MsrpUri(host=host, port=port, session_id=session_id),)
    return MsrpTerms(address=host, port=port, setup=setup, path=path, key=key)


def _client(port=49174, setup=Setup.ACTPASS, key=_INIT, **more):
    return BfcpTerms(
        address="192.0.2.10", port=port, setup=setup, key=key, floor_control=(FloorControl.CLIENT,), **more
    )


def _server(port=9, setup=Setup.ACTIVE, key=_RESP, **more):
    return BfcpTerms(
        address="198.51.100.20",
        port=port,
        setup=setup,
        key=key,
        floor_control=(FloorControl.SERVER,),
        conference_id=4321,
        user_id=1234,
        floors=(FloorId(floor=1),),
        **more,
    )


@pytest.fixture
def offer():
    """Return the offer of a dial-in."""
    return make_offer(_UE, [_msrp("192.0.2.10", 49172, Setup.ACTPASS, _INIT), _client()])


@pytest.fixture
def answer(offer):
    """Return the answer to it."""
    return make_answer(offer, _MRFC, [_msrp("198.51.100.20", 2855, Setup.PASSIVE, _RESP), _server()])


def test_a_dial_in_breaks_nothing(offer, answer):
    """Offer and answer of a dial-in break no rule, not even a recommendation, also as octets."""
    read = SessionDescription.parse(offer.serialize()), SessionDescription.parse(answer.serialize())
    assert check_offer(read[0]) == []
    assert check_exchange(*read) == []


def test_what_a_dial_in_agrees_on(offer, answer):
    """Each stream says who opens TCP to where, who starts TLS, and hands over the messages of the keys."""
    msrp, bfcp = agreements(offer, answer)
    assert (msrp.tcp_client, msrp.tls_client) == (End.OFFERER, End.OFFERER)
    assert msrp.target == TransportAddress(host="198.51.100.20", port=2855)
    assert (bfcp.tcp_client, bfcp.tls_client) == (End.ANSWERER, End.OFFERER)
    assert bfcp.target == TransportAddress(host="192.0.2.10", port=49174)
    assert (bfcp.offered_key, bfcp.answered_key) == (_INIT, _RESP)
    assert (bfcp.floor.server, bfcp.floor.conference_id, bfcp.floor.user_id) == (End.ANSWERER, 4321, 1234)
    assert bfcp.floor.floors == (FloorId(floor=1),)
    assert msrp.floor is None
    assert not msrp.falls_back


def test_a_dial_out_breaks_nothing():
    """The conference offers and tells the floors, a UE behind a NAT answers."""
    offer = make_offer(_MRFC, [_server(30014, Setup.ACTPASS, _INIT)], DIAL_OUT)
    answer = make_answer(offer, _UE, [_client(9, Setup.ACTIVE, _RESP)], DIAL_OUT)
    assert check_offer(offer, DIAL_OUT) + check_exchange(offer, answer, DIAL_OUT) == []
    (bfcp,) = agreements(offer, answer)
    assert (bfcp.floor.server, bfcp.floor.conference_id, bfcp.floor.user_id) == (End.OFFERER, 4321, 1234)
    assert bfcp.target == TransportAddress(host="198.51.100.20", port=30014)


@pytest.mark.parametrize(
    ("terms", "roles", "broken"),
    [
        (_client(key=_RESP), None, {"SDP_011"}),
        (_client(setup=Setup.PASSIVE, port=9), None, {"SDP_029"}),
        (_client(), BETWEEN_UES, {"SDP_026"}),
        (_server(30014, Setup.ACTPASS, _INIT), None, {"SDP_027"}),
        (_client(versions=(2,)), None, {"SDP_070"}),
        (_client(conference_id=1 << 32), None, {"SDP_066"}),
        (_client(key=b""), None, {"SDP_010"}),
        (replace(_client(), address="192.0.2.1 0"), None, {"SDP_085"}),
    ],
)
def test_an_offer_that_breaks_a_rule_is_not_made(terms, roles, broken):
    """An offer that would break a rule is an error of the caller, which names the rule."""
    with pytest.raises(LocalProtocolError) as caught:
        make_offer(_UE, [terms], *([roles] if roles else []))
    assert {finding.requirement for finding in caught.value.findings} == broken


def test_a_recommendation_does_not_stop_an_offer():
    """An offer that goes against a recommendation is made."""
    terms = replace(_msrp("192.0.2.10", 49172, Setup.ACTPASS, _INIT), cema=False)
    assert {finding.requirement for finding in check_offer(make_offer(_UE, [terms]))} == {"SDP_051"}


def test_an_answer_that_breaks_a_rule_is_not_made(offer):
    """An answer that would break a rule is an error of the caller."""
    with pytest.raises(LocalProtocolError) as caught:
        make_answer(offer, _MRFC, [None, _server(setup=Setup.ACTPASS, port=30014)])
    assert {finding.requirement for finding in caught.value.findings} == {"SDP_031"}


def test_a_stream_is_rejected(offer):
    """A stream without terms, also one that the list is too short for, is answered with port 0."""
    answer = make_answer(offer, _MRFC, [_msrp("198.51.100.20", 2855, Setup.PASSIVE, _RESP)])
    assert check_exchange(offer, answer) == []
    assert answer.media[1].line.port == 0
    assert agreements(offer, answer)[1] is None


def test_an_answer_keeps_the_time_of_the_offer(offer):
    """The answer repeats the time lines of an offer, with their repeats."""
    data = offer.serialize().replace(b"t=0 0\r\n", b"t=3724394400 3724398000\r\nr=7d 1h 0\r\n")
    timed = SessionDescription.parse(data)
    answer = make_answer(timed, _MRFC, [None, _server()])
    assert b"t=3724394400 3724398000\r\nr=7d 1h 0\r\n" in answer.serialize()


def test_a_later_offer_counts_up_and_ends_a_stream(offer, answer):
    """A later offer keeps the origin but for its version, keeps a connection, and ends a stream by port 0."""
    terms = [None, _client(connection=ConnectionState.EXISTING)]
    later = make_later_offer(offer, terms)
    assert later.origin == replace(_UE, version=2)
    assert check_later_offer(offer, later) == []
    assert later.media[0].line.port == 0
    reply = make_answer(
        later, replace(_MRFC, version=6), [None, _server(connection=ConnectionState.EXISTING)]
    )
    none, bfcp = agreements(later, reply)
    assert none is None
    assert bfcp.keeps_connection
    assert bfcp.tcp_client is None


def test_a_later_offer_of_another_place_is_of_a_new_connection(offer):
    """A later offer that moves a stream and would keep its connection is not made."""
    with pytest.raises(LocalProtocolError) as caught:
        make_later_offer(offer, [None, _client(port=49999, connection=ConnectionState.EXISTING)])
    assert {finding.requirement for finding in caught.value.findings} == {"SDP_037"}


def test_terms_do_not_show_the_key():
    """The representation of terms holds no key."""
    assert "request" not in repr(_client())
    assert "request" not in repr(_msrp("h.example", 1, Setup.ACTPASS, _INIT))


def test_a_broken_exchange_is_read_as_far_as_it_goes(offer):
    """What breaks the rules is still read: a value that cannot be is absent."""
    data = offer.serialize().replace(b"floorctrl:c-only", b"floorctrl:x").replace(b"a=key-mgmt:", b"a=x-key:")
    answer = make_answer(offer, _MRFC, [None, _server()]).serialize()
    answer = answer.replace(b"confid:4321", b"confid:x").replace(b"floorid:1", b"floorid:x")
    bfcp = agreements(SessionDescription.parse(data), SessionDescription.parse(answer))[1]
    assert bfcp.offered_key == b""
    assert (bfcp.floor.conference_id, bfcp.floor.user_id, bfcp.floor.floors) == (None, 1234, ())
