"""RFC 8855, 13.1.2: generation of subsequent FloorRequestStatus messages."""

from mediasec.bfcp import Decision, Floor, RequestStatus
from mediasec.bfcp.attributes import find
from mediasec.bfcp.groups import FloorRequestInformation, OverallRequestStatus
from mediasec.bfcp.values import StatusInfo


def test_bfcp_059__tells_every_change(hall):
    """The requester is told of each change by a status with the same floor request ID."""
    table = hall(Floor(floor_id=543, chair=9))
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(543)
    statuses = (RequestStatus.ACCEPTED, RequestStatus.GRANTED, RequestStatus.REVOKED)
    for status in statuses:
        decision = Decision(floor_id=543, status=status, info=f"now {status.name}")
        chair.ask(chair.client.decide(floor_request_id, decision))
    assert [table.status_of(message).status for message in seat.notified] == list(statuses)
    for message, status in zip(seat.notified, statuses, strict=True):
        information = message.find(FloorRequestInformation)
        assert information.identifier == floor_request_id
        overall = find(information.attributes, OverallRequestStatus)
        assert find(overall.attributes, StatusInfo).text == f"now {status.name}"


def test_bfcp_059__a_response_tells_its_own_requester(hall):
    """Who releases a floor is told by the response alone; who gets it then is told by a new status."""
    table = hall()
    holder, waiting = table.seat(1), table.seat(2)
    held, _ = holder.request_floors(543), waiting.request_floors(543)
    response = holder.ask(holder.client.release_floors(held))
    assert table.status_of(response).status is RequestStatus.RELEASED
    assert holder.notified == []
    assert [table.status_of(message).status for message in waiting.notified] == [RequestStatus.GRANTED]


def test_bfcp_059__a_requester_is_told_of_a_release_by_the_beneficiary(hall):
    """Where the beneficiary releases the floor the requester is told too."""
    table = hall()
    helper, beneficiary = table.seat(8), table.seat(1)
    floor_request_id = helper.request_floors(543, beneficiary=1)
    beneficiary.ask(beneficiary.client.release_floors(floor_request_id))
    assert [table.status_of(message).status for message in helper.notified] == [RequestStatus.RELEASED]
    assert beneficiary.notified == []
