"""RFC 8855, 9.1: TLS based mutual authentication."""

import pytest

from mediasec.bfcp import ErrorCode, Primitive
from mediasec.bfcp.values import ErrorCode as Error


@pytest.mark.parametrize(
    "octets",
    [
        "20010001 00001267 0001 0001 0404021f",
        "200b0000 00001267 0001 0001",
        "200b0000 00000000 0001 0001",
        "20010001 00001267 0001 0001 04010000",
    ],
)
def test_bfcp_034__asks_for_tls(hall, octets):
    """Whatever comes without TLS is answered with error 9 and not processed."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex(octets), identity=None)
    assert answer.find(Error).code == ErrorCode.USE_TLS
    assert not table.conference.requests


def test_bfcp_034__processes_what_came_through_tls(hall):
    """The same message with an identity is processed."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex("20010001 00001267 0001 0001 0404021f"))
    assert answer.primitive == Primitive.FLOOR_REQUEST_STATUS


@pytest.mark.parametrize("identity", ["user-2", "", "user-1 ", "USER-1"])
def test_bfcp_035__refuses_another_users_id(hall, identity):
    """A user ID that the identity of the connection may not use is answered with error 5."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex("20010001 00001267 0001 0001 0404021f"), identity=identity)
    assert answer.find(Error).code == ErrorCode.UNAUTHORIZED_OPERATION
    assert not table.conference.requests


def test_bfcp_035__a_stranger_takes_no_connection_over(hall):
    """A message in the name of another user does not move that user to the stranger's connection."""
    table = hall()
    owner, stranger = table.seat(1), table.seat(2)
    owner.ask(owner.client.query_floors(543))
    request = owner.client.hello()
    table.receive(stranger.connection, request.serialize())
    assert table.sent[-1][1].find(Error).code == ErrorCode.UNAUTHORIZED_OPERATION
    assert table.closed == []
    stranger.request_floors(543)
    assert len(owner.notified) == 1
