"""RFC 6043, 6.7: SHA-256 for the hash of a certificate."""

import hashlib

from mediasec.mikey.payloads import CertificateHash
from mediasec.mikey.registry import HashFunction
from mediasec.wire import OctetReader


def test_mky_025__hash_function_2_is_sha_256():
    """The hash function 2 is SHA-256, and its hash has 256 bits."""
    digest = hashlib.sha256(b"certificate").digest()
    payload = CertificateHash.parse(OctetReader(b"\x02" + digest))
    assert payload == CertificateHash(function=HashFunction.SHA_256, digest=digest)
    assert payload.check("payload[0]") == []


def test_mky_025__a_shorter_hash_is_found():
    """A hash of 160 bits is not one of SHA-256."""
    assert CertificateHash(function=HashFunction.SHA_256, digest=bytes(20)).check("payload[0]")
