"""RFC 3830, 6.7: identities and certificates."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Certificate, Identity
from mediasec.mikey.registry import CertificateType, IdentityType
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "kind"), [(0, IdentityType.NAI), (1, IdentityType.URI), (2, IdentityType.BYTE_STRING)]
)
def test_mky_021__identity_is_type_length_and_data(code, kind):
    """An identity has a type, a length of 16 bits and data of that length."""
    identity = Identity(kind=kind, data=b"sip:a@b.c")
    octets = bytes([code, 0, 9]) + b"sip:a@b.c"
    assert identity.serialize() == octets
    assert Identity.parse(OctetReader(octets)) == identity


def test_mky_021__length_beyond_the_message_is_malformed():
    """Data shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        Identity.parse(OctetReader(bytes.fromhex("01 ffff 61")))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, CertificateType.X509V3),
        (1, CertificateType.X509V3_URL),
        (2, CertificateType.X509V3_SIGN),
        (3, CertificateType.X509V3_ENCR),
    ],
)
def test_mky_022__certificate_is_type_length_and_data(code, kind):
    """A certificate has a type, a length of 16 bits and data of that length."""
    certificate = Certificate(kind=kind, data=b"\x30\x00")
    octets = bytes([code, 0, 2, 0x30, 0])
    assert certificate.serialize() == octets
    assert Certificate.parse(OctetReader(octets)) == certificate


def test_mky_022__length_beyond_the_message_is_malformed():
    """Data shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        Certificate.parse(OctetReader(bytes.fromhex("00 0003 3000")))
