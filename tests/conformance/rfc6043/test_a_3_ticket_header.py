"""RFC 6043, A.3: the ticket header."""

import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage
from mediasec.mikey.payloads import TicketHeader
from mediasec.mikey.ticket import TicketData
from mediasec.wire import OctetReader


def test_mky_050__header_is_next_payload_and_data():
    """THDR is the type of the payload after it and data behind a length of 16 bits."""
    header, following = TicketHeader.parse(OctetReader(bytes.fromhex("05 0002 aabb")))
    assert (header, following) == (TicketHeader(data=b"\xaa\xbb"), 5)
    assert header.serialize(5) == bytes.fromhex("05 0002 aabb")


def test_mky_050__short_header_is_malformed():
    """A header that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        TicketHeader.parse(OctetReader(bytes.fromhex("05 0002 aa")))


@pytest.mark.verifies("MKY_051")
def test_mky_050__data_too_long_for_its_field_is_not_sent():
    """THDR Data has a length of 16 bits."""
    with pytest.raises(LocalProtocolError):
        TicketData(header=TicketHeader(data=bytes(65_536)), payloads=()).serialize()
