"""RFC 3830, 6.8: the hash of a certificate."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import CertificateHash
from mediasec.mikey.registry import HashFunction
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "function", "length"), [(0, HashFunction.SHA_1, 20), (1, HashFunction.MD5, 16)]
)
def test_mky_024__function_decides_the_length(code, function, length):
    """A certificate hash has a hash function and a hash as long as that function makes it."""
    digest = bytes(range(length))
    payload = CertificateHash(function=function, digest=digest)
    assert payload.serialize() == bytes([code]) + digest
    assert CertificateHash.parse(OctetReader(bytes([code]) + digest)) == payload
    assert payload.check("payload[0]") == []


def test_mky_024__hash_of_another_length_is_found():
    """A hash of another length than the function's is a finding, and does not parse."""
    findings = CertificateHash(function=HashFunction.SHA_1, digest=bytes(19)).check("payload[3]")
    assert [(finding.requirement, finding.where) for finding in findings] == [
        ("MKY_024", "payload[3].digest")
    ]
    with pytest.raises(MalformedMessage):
        CertificateHash.parse(OctetReader(bytes(20)))
