"""RFC 4563, 5: the empty map."""

from mediasec.mikey.message import Message
from mediasec.mikey.payloads import EmptyMap


def test_mky_009__the_empty_map_has_no_info():
    """The CS ID map type 1 has no map info, whatever the number of crypto sessions is."""
    octets = bytes.fromhex("01 0b 00 00 00000001 03 01")
    parsed = Message.parse(octets)
    assert parsed.header.sessions == EmptyMap(count=3)
    assert parsed.serialize() == octets


def test_mky_009__payloads_follow_the_empty_map_at_once():
    """The first payload begins right after the CS ID map type."""
    octets = bytes.fromhex("01 0b 0b 00 00000001 00 01 00 01 aa")
    parsed = Message.parse(octets)
    assert parsed.payloads[0].value == b"\xaa"
    assert parsed.serialize() == octets
