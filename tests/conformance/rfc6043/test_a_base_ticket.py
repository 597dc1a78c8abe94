"""RFC 6043, A: the data of a MIKEY base ticket."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import TicketHeader
from mediasec.mikey.ticket import TicketData


def test_mky_051__ticket_header_comes_first(base_ticket_data):
    """The Ticket Data begins with THDR, which T, RAND, KEMAC, IDRpsk and V follow."""
    data = TicketData.parse(base_ticket_data)
    assert data.header == TicketHeader(data=b"\x54")
    assert data.timestamp.value == 1
    assert data.rand.value == b"\xee"
    assert data.kemac.data == b"\xd0\xd1"
    assert data.key_identity.data == b"k"
    assert data.verification.mac == bytes(range(0xA0, 0xB4))
    assert data.serialize() == base_ticket_data


def test_mky_051__every_truncation_is_malformed(base_ticket_data):
    """Ticket Data that ends too early does not parse."""
    for length in range(len(base_ticket_data)):
        with pytest.raises(MalformedMessage):
            TicketData.parse(base_ticket_data[:length])


def test_mky_051__missing_parts_are_none():
    """Ticket Data may lack any payload, which is for the rules to find."""
    data = TicketData.parse(bytes.fromhex("00 0000"))
    assert (data.timestamp, data.rand, data.kemac, data.key_identity, data.verification) == (None,) * 5
