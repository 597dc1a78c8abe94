"""RFC 8855, 13.7: reception of a Hello message."""

from mediasec.bfcp.values import SupportedAttributes, SupportedPrimitives


def test_bfcp_067__lists_what_it_supports(hall):
    """The HelloAck is of version 1 and lists the 13 messages used over TCP and all 18 attributes."""
    seat = hall().seat(1)
    response = seat.ask(seat.client.hello())
    assert response.version == 1
    assert response.find(SupportedPrimitives).primitives == tuple(range(1, 14))
    assert response.find(SupportedAttributes).types == tuple(range(1, 19))
