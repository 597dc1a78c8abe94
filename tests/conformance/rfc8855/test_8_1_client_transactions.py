"""RFC 8855, 8.1: client behavior."""

import pytest

from mediasec.bfcp import ErrorCode, FloorControlClient, Message, Primitive
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.errors import LocalProtocolError


def test_bfcp_037__zero_is_left_out():
    """The transaction ID after the greatest one is 1."""
    client = FloorControlClient(conference_id=1, user_id=1, first_transaction_id=0xFFFF)
    assert [client.hello().transaction_id for _ in range(3)] == [0xFFFF, 1, 2]


def test_bfcp_037__no_id_is_used_twice_before_its_response():
    """Where every transaction ID waits there is no further request; one that is answered is free again."""
    client = FloorControlClient(conference_id=1, user_id=1)
    ids = {client.hello().transaction_id for _ in range(0xFFFF)}
    assert ids == set(range(1, 0x10000))
    with pytest.raises(LocalProtocolError, match="BFCP_037"):
        client.hello()
    answer = Message(
        primitive=Primitive.ERROR,
        conference_id=1,
        transaction_id=0x1234,
        user_id=1,
        attributes=(Error(code=1),),
    )
    client.receive(answer.serialize())
    assert client.hello().transaction_id == 0x1234


def test_bfcp_037__conference_and_user_are_the_clients():
    """Each request has the conference and the user of the client."""
    message = FloorControlClient(conference_id=0xFFFFFFFF, user_id=7).hello()
    assert (message.conference_id, message.user_id) == (0xFFFFFFFF, 7)


def test_bfcp_037__refuses_a_request_that_breaks_a_rule():
    """A request that breaks a rule is not made, and waits for nothing."""
    client = FloorControlClient(conference_id=1, user_id=1)
    with pytest.raises(LocalProtocolError, match="BFCP_019"):
        client.request_floors()
    assert client.unanswered == ()


def test_bfcp_037__zero_is_answered_with_an_error(hall):
    """A request with the transaction ID 0 is not processed, and the connection stays."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex("20010001 00001267 0000 0001 0404021f"))
    assert answer.find(Error).code == ErrorCode.GENERIC_ERROR
    assert not table.conference.requests
    assert table.closed == []
