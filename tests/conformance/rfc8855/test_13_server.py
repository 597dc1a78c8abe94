"""RFC 8855, 13: floor control server operations."""

import pytest

from mediasec.bfcp import ErrorCode
from mediasec.bfcp.values import ErrorCode as Error


@pytest.mark.parametrize("primitive", [0, 4, 6, 8, 10, 12, 13, 14, 15, 16, 17, 18, 255])
def test_bfcp_052__answers_unknown_primitive(hall, primitive):
    """What no client sends over TCP, and what RFC 8855 does not have, is answered with error 3."""
    table = hall()
    octets = bytes((0x20, primitive)) + bytes.fromhex("0000 00001267 0001 0001")
    (answer,) = table.raw(octets)
    assert answer.find(Error).code == ErrorCode.UNKNOWN_PRIMITIVE
    assert table.closed == []


@pytest.mark.parametrize("primitive", [1, 2, 3, 5, 7, 9, 11])
def test_bfcp_052__knows_every_request(hall, primitive):
    """No request is answered with error 3."""
    octets = bytes((0x20, primitive)) + bytes.fromhex("0000 00001267 0001 0001")
    (answer,) = hall().raw(octets)
    error = answer.find(Error)
    assert error is None or error.code == ErrorCode.UNABLE_TO_PARSE_MESSAGE


def test_bfcp_053__answers_unknown_conference(hall):
    """A conference that does not exist is answered with error 1."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex("20010001 00001268 0001 0001 0404021f"))
    assert answer.find(Error).code == ErrorCode.CONFERENCE_DOES_NOT_EXIST
    assert not table.conference.requests


def test_bfcp_053__an_ended_conference_does_not_exist(hall):
    """When a conference ends its connections are closed, and it does not exist any more."""
    table = hall()
    seat = table.seat(1)
    seat.request_floors(543)
    table.deliver(table.server.remove_conference(table.conference_id))
    assert table.closed == [seat.connection]
    again = table.seat(1, connection="again")
    assert again.error(again.client.hello()) == ErrorCode.CONFERENCE_DOES_NOT_EXIST
    table.server.add_conference(table.conference)
    assert again.error(again.client.hello()) == ErrorCode.USER_DOES_NOT_EXIST
