"""RFC 6043, 6.1: data types and payload types of MIKEY-TICKET."""

import pytest

from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Opaque, RoleIdentity, RoleRand, RoleTimestamp, Ticket, TicketPolicy
from mediasec.mikey.registry import DataType

DATA_TYPES = {
    11: "REQUEST_INIT_PSK",
    12: "REQUEST_INIT_PK",
    13: "REQUEST_RESP",
    14: "TRANSFER_INIT",
    15: "TRANSFER_RESP",
    16: "RESOLVE_INIT_PSK",
    17: "RESOLVE_INIT_PK",
    18: "RESOLVE_RESP",
}
PAYLOADS = {
    13: (RoleTimestamp, "00 04 03 00000e10"),
    14: (RoleIdentity, "00 03 01 0001 6b"),
    15: (RoleRand, "00 01 01 aa"),
    16: (TicketPolicy, "00 0001 01 01 01 8000 0000"),
    17: (Ticket, "00 0001 01 01 01 8000 0000 0000 0000"),
}


@pytest.mark.parametrize(("number", "name"), DATA_TYPES.items())
def test_mky_007__data_types(number, name):
    """The data types 11 to 18 are the eight ticket messages."""
    octets = bytes([1, number]) + bytes.fromhex("00 00 00000001 00 01")
    assert Message.parse(octets).header.data_type is DataType[name]


@pytest.mark.parametrize(("number", "payload_class", "octets"), [(n, *p) for n, p in PAYLOADS.items()])
def test_mky_007__payload_types(number, payload_class, octets):
    """The payload types 13 to 17 are TR, IDR, RANDR, TP and TICKET."""
    message = bytes([1, 14, number]) + bytes.fromhex("00 00000001 00 01") + bytes.fromhex(octets)
    (payload,) = Message.parse(message).payloads
    assert type(payload) is payload_class
    assert Message.parse(message).serialize() == message


def test_mky_007__another_number_is_no_ticket_payload():
    """A payload type that no source gives is not taken for one of them."""
    message = bytes.fromhex("01 0e 12 00 00000001 00 01 0000")
    assert Message.parse(message).payloads == (Opaque(payload_type=18, octets=b"\x00\x00"),)
