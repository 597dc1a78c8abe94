"""RFC 8855, 13.2: reception of a FloorRequestQuery message."""

import pytest

from mediasec.bfcp import Primitive, RequestStatus
from mediasec.bfcp.groups import FloorRequestInformation


def test_bfcp_061__tells_the_current_status(hall):
    """The response is a status with the ID that was asked for, and changes nothing."""
    table = hall()
    holder, waiting = table.seat(1), table.seat(2)
    held, _ = holder.request_floors(543), waiting.request_floors(543)
    response = waiting.ask(waiting.client.query_request(held))
    assert response.primitive == Primitive.FLOOR_REQUEST_STATUS
    assert response.find(FloorRequestInformation).identifier == held
    assert table.status_of(response).status is RequestStatus.GRANTED
    assert holder.notified == waiting.notified == []


@pytest.mark.verifies("BFCP_058")
def test_bfcp_061__tells_the_same_as_the_first_status(hall):
    """While nothing changes the answer to the query is the answer to the request."""
    seat = hall().seat(1)
    first = seat.ask(seat.client.request_floors(543, info="why"))
    second = seat.ask(seat.client.query_request(1))
    assert second.attributes == first.attributes
