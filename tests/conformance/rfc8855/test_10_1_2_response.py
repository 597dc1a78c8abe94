"""RFC 8855, 10.1.2: receiving a response."""

import pytest

from mediasec.bfcp import FloorControlClient, Message, Notified, Primitive, RequestStatus, Responded
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus, OverallRequestStatus
from mediasec.bfcp.values import RequestStatus as Status
from mediasec.errors import RequirementViolated


def status(request, value, *, identifier=789, transaction_id=None, primitive=Primitive.FLOOR_REQUEST_STATUS):
    """Return the octets of a FloorRequestStatus for a client's request."""
    overall = OverallRequestStatus(identifier=identifier, attributes=(Status(status=value),))
    information = FloorRequestInformation(
        identifier=identifier, attributes=(overall, FloorRequestStatus(identifier=543))
    )
    return Message(
        primitive=primitive,
        conference_id=request.conference_id,
        transaction_id=request.transaction_id if transaction_id is None else transaction_id,
        user_id=request.user_id,
        attributes=(information,),
    ).serialize()


@pytest.fixture
def client():
    """A client of user 234."""
    return FloorControlClient(conference_id=1, user_id=234, first_transaction_id=123)


def test_bfcp_040__matches_by_three_fields(client):
    """The response to a request has its conference ID, transaction ID and user ID."""
    other, request = client.hello(), client.request_floors(543)
    (event,) = client.receive(status(request, RequestStatus.PENDING))
    assert event == Responded(request=request, response=event.response)
    assert event.error is None
    assert client.unanswered == (other,)


@pytest.mark.parametrize(("place", "octet"), [(7, 9), (9, 0x7A), (11, 9)])
def test_bfcp_040__another_field_makes_no_response(client, place, octet):
    """With another conference, transaction or user the message is no response."""
    request = client.request_floors(543)
    octets = bytearray(status(request, RequestStatus.PENDING))
    octets[place] = octet
    assert client.receive(bytes(octets)) == []
    assert client.unanswered == (request,)


def test_bfcp_040__another_message_is_no_response(client):
    """A message that does not go with the request breaks the rule."""
    request = client.hello()
    with pytest.raises(RequirementViolated, match="BFCP_040"):
        client.receive(status(request, RequestStatus.PENDING))


def test_bfcp_044__follows_the_request(client):
    """The client knows each status of its request, and forgets it at the end."""
    request = client.request_floors(543)
    client.receive(status(request, RequestStatus.PENDING))
    assert client.statuses == {789: RequestStatus.PENDING}
    (event,) = client.receive(status(request, RequestStatus.GRANTED, transaction_id=0))
    assert isinstance(event, Notified)
    assert client.statuses == {789: RequestStatus.GRANTED}
    client.receive(status(request, RequestStatus.REVOKED, transaction_id=0))
    assert client.statuses == {}


def test_bfcp_044__keeps_an_unknown_status(client):
    """A status that RFC 8855 does not have is processed, and has no meaning."""
    request = client.request_floors(543)
    client.receive(status(request, 200))
    assert client.statuses == {789: 200}


def test_bfcp_044__requests_of_others_are_not_its_own(client):
    """What a query tells of another floor request is not noted as the client's own."""
    request = client.query_request(789)
    client.receive(status(request, RequestStatus.GRANTED))
    assert client.statuses == {}


def test_bfcp_044__asks_what_it_still_has(hall):
    """After a lost connection a UserQuery tells the client of all its floor requests."""
    table = hall()
    lost = table.seat(1, connection="lost")
    floor_request_id = lost.request_floors(543)
    back = table.seat(1, connection="back")
    back.client.statuses[99] = RequestStatus.PENDING
    back.ask(back.client.query_user())
    assert back.client.statuses == {floor_request_id: RequestStatus.GRANTED}
