"""RFC 3830, 6.15: the general extension payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import GeneralExtension
from mediasec.mikey.registry import GeneralExtensionType
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "kind"), [(0, GeneralExtensionType.VENDOR_ID), (1, GeneralExtensionType.SDP_IDS), (200, 200)]
)
def test_mky_040__extension_is_type_length_and_data(code, kind):
    """A general extension has a type, a length of 16 bits and data of that length."""
    extension = GeneralExtension(kind=kind, data=b"mikey")
    octets = bytes([code, 0, 5]) + b"mikey"
    assert extension.serialize() == octets
    assert GeneralExtension.parse(OctetReader(octets)) == extension


def test_mky_040__short_data_is_malformed():
    """Data shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        GeneralExtension.parse(OctetReader(b"\x01\x00\x05mike"))
