"""No representation of a MIKEY payload shows what is or may be secret."""

import pytest

from mediasec.mikey.payloads import Kemac, KeyData, Opaque, Ticket, TicketPolicy
from mediasec.mikey.registry import EncryptionAlgorithm, KeyDataType, PrfFunction, TicketFlag

SECRET = b"a very secret key"
POLICY = TicketPolicy(prf_function=PrfFunction.MIKEY_1, flags=TicketFlag(0), data=b"")


@pytest.mark.parametrize(
    "payload",
    [
        KeyData(kind=KeyDataType.TGK, key=SECRET),
        KeyData(kind=KeyDataType.TGK_SALT, key=b"", salt=SECRET),
        Kemac(encryption=EncryptionAlgorithm.NULL, data=SECRET),
        Opaque(payload_type=20, octets=SECRET),
        Ticket(policy=POLICY, data=SECRET),
    ],
    ids=lambda payload: type(payload).__name__,
)
def test_octets_are_not_shown(payload):
    """Neither repr nor str has the octets, as text or in hexadecimal."""
    for shown in (repr(payload), str(payload)):
        assert "secret" not in shown
        assert SECRET.hex() not in shown
