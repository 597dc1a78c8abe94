"""RFC 3830, 4.2.1: the hash of a signature."""

import dataclasses

import pytest

from mediasec.crypto import rsa_verify
from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import EmptyMap, Header, Signature, Verification
from mediasec.mikey.protection import sign, verify_signature
from mediasec.mikey.registry import DataType, MacAlgorithm, PrfFunction, SignatureType


def blank(function, kind):
    header = Header(data_type=DataType.REQUEST_INIT_PK, prf_function=function, csb_id=1, sessions=EmptyMap())
    return Message(header=header, payloads=(Signature(kind=kind, signature=bytes(256)),))


@pytest.mark.parametrize("kind", list(SignatureType))
@pytest.mark.parametrize(
    ("function", "hash_function"), [(PrfFunction.MIKEY_1, "sha1"), (PrfFunction.PRF_HMAC_SHA_256, "sha256")]
)
def test_mky_113__hash_goes_with_the_prf(rsa_key, kind, function, hash_function):
    """The hash is SHA-1 with MIKEY-1 and SHA-256 with PRF-HMAC-SHA-256."""
    key = rsa_key("initiator")
    signed = sign(blank(function, kind), key, b"covered")
    signature = signed.authenticator.signature
    rsa_verify(key.public_key(), signature, b"covered", hash_function, pss=kind is SignatureType.RSA_PSS)
    assert verify_signature(signed, key.public_key(), b"covered") is None


def test_mky_113__other_hash_fails(rsa_key):
    """A signature over the other hash does not verify."""
    key = rsa_key("initiator")
    signed = sign(blank(PrfFunction.MIKEY_1, SignatureType.RSA_PKCS1_V1_5), key, b"covered")
    header = dataclasses.replace(signed.header, prf_function=PrfFunction.PRF_HMAC_SHA_256)
    with pytest.raises(AuthenticationFailed):
        verify_signature(dataclasses.replace(signed, header=header), key.public_key(), b"covered")


def test_mky_113__message_without_a_known_signature_fails(rsa_key):
    """A MAC, or a signature of an unknown type, is no signature."""
    key = rsa_key("initiator").public_key()
    message = blank(PrfFunction.MIKEY_1, 7)
    mac = Verification.blank(MacAlgorithm.HMAC_SHA_1_160)
    for wrong in (message, dataclasses.replace(message, payloads=(mac,))):
        with pytest.raises(AuthenticationFailed):
            verify_signature(wrong, key, b"covered")
