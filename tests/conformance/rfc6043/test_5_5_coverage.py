"""RFC 6043, 5.5: what a MAC or signature covers."""

import dataclasses

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import EmptyMap, Header, Opaque, Signature, Timestamp, UnknownMap, Verification
from mediasec.mikey.registry import DataType, MacAlgorithm, PrfFunction, SignatureType, TimestampType


def message(*payloads, data_type=DataType.REQUEST_RESP):
    header = Header(
        data_type=data_type, prf_function=PrfFunction.PRF_HMAC_SHA_256, csb_id=1, sessions=EmptyMap()
    )
    return Message(header=header, payloads=(Timestamp(kind=TimestampType.COUNTER, value=1), *payloads))


COVERED = bytes.fromhex("01 0d 05 01 00000001 00 01  09 02 00000001  00 02")


def test_mky_012__mac_is_not_covered_and_all_else_is():
    """The MAC covers the entire message except the octets of the MAC itself."""
    signed = message(Verification(algorithm=MacAlgorithm.HMAC_SHA_256_256, mac=bytes(range(32))))
    assert signed.authenticated_octets() == COVERED
    assert signed.serialize() == COVERED + bytes(range(32))


def test_mky_012__signature_is_not_covered_and_its_length_is():
    """The signature covers its own type and length, which stand in the message."""
    signed = message(Signature(kind=SignatureType.RSA_PSS, signature=b"\xff\xff"))
    expected = bytes.fromhex("01 0d 05 01 00000001 00 01  04 02 00000001  1002")
    assert signed.authenticated_octets() == expected


def test_mky_012__blank_authenticator_is_filled_in():
    """A message with a blank MAC covers what the same message with its MAC covers."""
    draft = message(Verification.blank(MacAlgorithm.HMAC_SHA_256_256))
    signed = draft.with_authenticator(bytes(range(32)))
    assert draft.authenticated_octets() == signed.authenticated_octets() == COVERED
    assert signed.serialize()[-32:] == bytes(range(32))
    assert (
        message(Signature(kind=1, signature=b"\x00")).with_authenticator(b"s").authenticator.signature == b"s"
    )


def test_mky_012__octets_are_those_that_are_sent():
    """What goes out is what the MAC covers and the MAC, as it is read; a changed message has its own."""
    signed = message(Verification.blank(MacAlgorithm.HMAC_SHA_256_256)).with_authenticator(bytes(range(32)))
    assert signed.octets == signed.serialize() == COVERED + bytes(range(32))
    assert Message.parse(signed.octets).octets == signed.octets
    other = dataclasses.replace(
        signed, payloads=(*signed.payloads[:-1], Verification.blank(MacAlgorithm.NULL))
    )
    assert other.octets == other.serialize() != signed.octets
    assert signed == Message.parse(signed.octets)
    assert repr(signed) == repr(Message.parse(signed.octets))


@pytest.mark.parametrize("mac", [b"", bytes(31), bytes(33)])
def test_mky_012__mac_of_another_length_is_not_filled_in(mac):
    """A MAC has the length that the algorithm makes it."""
    with pytest.raises(LocalProtocolError):
        message(Verification.blank(MacAlgorithm.HMAC_SHA_256_256)).with_authenticator(mac)


def test_mky_012__message_without_authenticator_has_none():
    """A message that ends with neither V nor SIGN is all there is to cover, and takes no MAC."""
    assert message().authenticator is None
    assert message().authenticated_octets() == message().serialize()
    with pytest.raises(LocalProtocolError):
        message().with_authenticator(b"")


def test_mky_013__initiator_data_is_skipped_in_transfer_init(transfer_init):
    """In TRANSFER_INIT the MAC covers neither the length of the Initiator Data nor the Initiator Data."""
    head, _, tail, _ = transfer_init
    assert Message.parse(b"".join(transfer_init)).authenticated_octets() == head + tail


def test_mky_013__initiator_data_is_covered_elsewhere(transfer_init):
    """In another message with a ticket the MAC covers the Initiator Data."""
    head, initiator_data, tail, mac = transfer_init
    resolve = b"\x01\x10" + head[2:]
    octets = Message.parse(resolve + initiator_data + tail + mac).authenticated_octets()
    assert octets == resolve + initiator_data + tail


@pytest.mark.parametrize(
    "octets",
    [
        "01 0e 63 00 00000001 00 01  0102 03",
        "01 0e 05 00 00000001 00 01  00 09 01020304",
        "01 0e 09 00 00000001 00 01  00 63 0102",
        "01 0e 08 00 00000001 00 01  00 63 0102",
        "01 0e 01 00 00000001 00 01  00 00 0000 63 0102",
        "01 04 03 00 00000001 00 01  00 63 0102",
        "01 63 0b 7f 00000001 02 07  0102 03",
        "01 63 00 7f 00000001 02 07",
        "01 63 00 7f 00000001 02 07 00",
        "01 06 0c 00 00000001 00 01  00 63 1234",
        "01 0e 0e 00 00000001 00 01  00 63 63 0001 61",
        "01 0e 10 00 00000001 00 01  00 0063 63 63 fe 001f 0001 63",
    ],
)
@pytest.mark.verifies("MKY_016", "MKY_024", "MKY_028", "MKY_031", "MKY_032")
def test_mky_005__unknown_parts_keep_their_octets(octets):
    """Payloads, code points and reserved bits that are unknown keep their octets."""
    parsed = Message.parse(bytes.fromhex(octets))
    assert parsed.serialize() == bytes.fromhex(octets)


def test_mky_005__a_payload_without_known_end_takes_the_rest():
    """What follows a payload of unknown length cannot be told from it, and is kept with it."""
    parsed = Message.parse(bytes.fromhex("01 0e 05 00 00000001 00 01  00 09 01020304"))
    assert parsed.payloads == (Opaque(payload_type=5, octets=bytes.fromhex("000901020304")),)


def test_mky_005__a_map_of_unknown_type_takes_the_rest():
    """Where a map of an unknown type ends, and the first payload begins, cannot be known."""
    parsed = Message.parse(bytes.fromhex("01 0e 0b 00 00000001 02 07  0102 03"))
    assert parsed.header.sessions == UnknownMap(map_type=7, count=2)
    assert parsed.payloads == (Opaque(payload_type=11, octets=b"\x01\x02\x03"),)
