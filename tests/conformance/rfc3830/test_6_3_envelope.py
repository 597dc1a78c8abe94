"""RFC 3830, 6.3: the envelope payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import EncryptedEnvelopeKey
from mediasec.mikey.registry import EnvelopeKeyCache
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("octets", "cache"),
    [
        ("0001 ff", EnvelopeKeyCache.NO_CACHE),
        ("4001 ff", EnvelopeKeyCache.CACHE),
        ("8001 ff", EnvelopeKeyCache.CACHE_FOR_CSB),
    ],
)
def test_mky_030__cache_and_length_share_two_octets(octets, cache):
    """PKE has a cache indicator of 2 bits, a length of 14 bits and data of that length."""
    payload = EncryptedEnvelopeKey(cache=cache, data=b"\xff")
    assert payload.serialize() == bytes.fromhex(octets)
    assert EncryptedEnvelopeKey.parse(OctetReader(bytes.fromhex(octets))) == payload


def test_mky_030__short_data_is_malformed():
    """Data shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        EncryptedEnvelopeKey.parse(OctetReader(bytes.fromhex("4002 ff")))
