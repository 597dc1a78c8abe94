"""RFC 3830, 6.12: the error payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import ErrorNumber
from mediasec.wire import OctetReader


@pytest.mark.parametrize("number", range(13))
def test_mky_038__error_is_a_number_and_reserved_bits(number):
    """ERR has an error number of 8 bits and 16 reserved bits."""
    error = Error.parse(OctetReader(bytes([number, 0x12, 0x34])))
    assert error == Error(number=ErrorNumber(number), reserved=0x1234)
    assert error.serialize() == bytes([number, 0x12, 0x34])


def test_mky_038__short_error_is_malformed():
    """An error without its reserved bits does not parse."""
    with pytest.raises(MalformedMessage):
        Error.parse(OctetReader(b"\x00\x00"))
