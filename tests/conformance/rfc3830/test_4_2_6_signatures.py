"""RFC 3830, 4.2.6: digital signatures."""

import pytest

from mediasec.crypto import rsa_sign, rsa_verify
from mediasec.errors import AuthenticationFailed


def test_mky_112__signature_of_the_vector_is_made_and_verified(vectors, rsa_key):
    """A signature is an RSA signature of PKCS #1 version 1.5."""
    steps = vectors("mikey/exchanges/mode_1_public_key")["steps"]
    found = [step for step in steps if step["operation"] == "sign"]
    assert len(found) == 2
    for step in found:
        key = rsa_key(step["inputs"]["key"].removesuffix(".key"))
        data, signature = bytes.fromhex(step["inputs"]["data"]), bytes.fromhex(step["output"])
        assert rsa_sign(key, data, step["inputs"]["hash"], pss=False) == signature
        rsa_verify(key.public_key(), signature, data, step["inputs"]["hash"], pss=False)


@pytest.mark.parametrize("hash_function", ["sha1", "sha256"])
@pytest.mark.parametrize("pss", [False, True])
def test_mky_112__other_octets_key_hash_or_padding_fail(rsa_key, hash_function, pss):
    """A signature holds for its octets, its key, its hash and its padding alone."""
    key, other = rsa_key("initiator"), rsa_key("responder")
    signature = rsa_sign(key, b"data", hash_function, pss=pss)
    rsa_verify(key.public_key(), signature, b"data", hash_function, pss=pss)
    wrong_hash = "sha256" if hash_function == "sha1" else "sha1"
    for public_key, data, used, padding in (
        (key.public_key(), b"Data", hash_function, pss),
        (other.public_key(), b"data", hash_function, pss),
        (key.public_key(), b"data", wrong_hash, pss),
        (key.public_key(), b"data", hash_function, not pss),
    ):
        with pytest.raises(AuthenticationFailed):
            rsa_verify(public_key, signature, data, used, pss=padding)
