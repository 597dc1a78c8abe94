"""RFC 6043, 6.9: errors that MIKEY-TICKET adds."""

import pytest

from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import ErrorNumber
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "number"), [(14, ErrorNumber.INVALID_TICKET), (15, ErrorNumber.INVALID_TPPAR)]
)
def test_mky_039__errors_about_tickets(code, number):
    """The error number 14 is about the type of ticket, and 15 about parameters of the ticket policy."""
    assert Error.parse(OctetReader(bytes([code, 0, 0]))) == Error(number=number)
    assert Error(number=number).serialize() == bytes([code, 0, 0])


def test_mky_039__another_number_has_no_name():
    """An error number that no source gives stays a number."""
    assert not isinstance(Error.parse(OctetReader(bytes([16, 0, 0]))).number, ErrorNumber)
