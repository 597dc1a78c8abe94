"""RFC 3830, 6: values and their fields."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    EmptyMap,
    EncryptedEnvelopeKey,
    GenericMap,
    GenericSession,
    Header,
    Identity,
    Kemac,
    PolicyParameter,
    Rand,
    SecurityPolicy,
    Signature,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.registry import (
    DataType,
    EncryptionAlgorithm,
    EnvelopeKeyCache,
    IdentityType,
    PrfFunction,
    ProtocolType,
    SignatureType,
    TicketFlag,
    TimestampType,
)

LARGEST = 65_535


def message(payload, **fields):
    header = {
        "data_type": DataType.PSK,
        "prf_function": PrfFunction.MIKEY_1,
        "csb_id": 1,
        "sessions": EmptyMap(),
    }
    return Message(header=Header(**(header | fields)), payloads=(payload,))


@pytest.mark.parametrize(
    "payload",
    [
        Identity(kind=IdentityType.URI, data=bytes(LARGEST + 1)),
        Rand(value=bytes(256)),
        Kemac(encryption=EncryptionAlgorithm.NULL, data=bytes(LARGEST + 1)),
        EncryptedEnvelopeKey(cache=EnvelopeKeyCache.NO_CACHE, data=bytes(1 << 14)),
        Signature(kind=SignatureType.RSA_PSS, signature=bytes(1 << 12)),
        SecurityPolicy(
            number=256, protocol_type=ProtocolType.SRTP, parameters=(PolicyParameter(kind=0, value=b""),)
        ),
        SecurityPolicy(
            number=0, protocol_type=ProtocolType.SRTP, parameters=(PolicyParameter(kind=0, value=bytes(256)),)
        ),
        Timestamp(kind=TimestampType.COUNTER, value=1 << 32),
        TicketPolicy(prf_function=PrfFunction.MIKEY_1, flags=TicketFlag(0), reserved=32, data=b""),
    ],
    ids=lambda payload: type(payload).__name__,
)
def test_mky_006__a_value_that_does_not_fit_is_not_sent(payload):
    """A message is only written if each value fits the field that carries it."""
    with pytest.raises(LocalProtocolError) as caught:
        message(payload).serialize()
    assert [finding.requirement for finding in caught.value.findings] == ["MKY_006"]


@pytest.mark.parametrize(
    "fields",
    [
        {"csb_id": 1 << 32},
        {"prf_function": 128},
        {"data_type": 256},
        {"sessions": EmptyMap(count=256)},
        {"sessions": GenericMap(sessions=(GenericSession(cs_id=256, protocol_type=0),))},
        {"sessions": GenericMap(sessions=(GenericSession(cs_id=0, protocol_type=0, policies=(0,) * 128),))},
    ],
)
def test_mky_006__a_header_value_that_does_not_fit_is_not_sent(fields):
    """The fields of the header are bounded as well."""
    with pytest.raises(LocalProtocolError) as caught:
        message(Rand(value=b""), **fields).serialize()
    assert [finding.requirement for finding in caught.value.findings] == ["MKY_006"]


@pytest.mark.parametrize(
    "payload",
    [
        Identity(kind=IdentityType.BYTE_STRING, data=bytes(LARGEST)),
        Rand(value=bytes(255)),
        Kemac(encryption=EncryptionAlgorithm.NULL, data=bytes(LARGEST)),
        EncryptedEnvelopeKey(cache=EnvelopeKeyCache.CACHE, data=bytes((1 << 14) - 1)),
        Signature(kind=SignatureType.RSA_PSS, signature=bytes((1 << 12) - 1)),
        Timestamp(kind=TimestampType.COUNTER, value=(1 << 32) - 1),
    ],
    ids=lambda payload: type(payload).__name__,
)
def test_mky_006__the_largest_value_is_sent(payload):
    """A value of the largest size fits."""
    largest = message(payload)
    assert Message.parse(largest.serialize()) == largest
