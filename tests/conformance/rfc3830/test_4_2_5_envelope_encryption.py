"""RFC 3830, 4.2.5: encryption of the envelope key."""

import pytest

from mediasec.crypto import rsa_decrypt, rsa_encrypt
from mediasec.errors import AuthenticationFailed


def test_mky_111__envelope_key_of_the_vector_is_decrypted(vectors, rsa_key):
    """The envelope key is encrypted with RSA and the padding of PKCS #1 version 1.5."""
    steps = vectors("mikey/exchanges/mode_1_public_key")["steps"]
    found = [step for step in steps if step["operation"] == "rsa_encrypt"]
    assert len(found) == 2
    for step in found:
        plaintext = rsa_decrypt(rsa_key("kms"), bytes.fromhex(step["output"]))
        assert plaintext.hex() == step["inputs"]["plaintext"]


def test_mky_111__what_is_encrypted_is_decrypted(rsa_key):
    """What one side encrypts the other decrypts."""
    key = rsa_key("kms")
    assert rsa_decrypt(key, rsa_encrypt(key.public_key(), b"envelope key")) == b"envelope key"


def test_mky_111__octets_of_another_length_fail(rsa_key):
    """Octets that cannot be decrypted are an authentication failure."""
    with pytest.raises(AuthenticationFailed):
        rsa_decrypt(rsa_key("kms"), b"short")
