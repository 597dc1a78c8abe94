"""RFC 6043, 6.1: PRF-HMAC-SHA-256."""

from mediasec.mikey.keys import prf
from mediasec.mikey.registry import PrfFunction


def test_mky_102__equals_the_prf_of_tls_over_each_block(vectors):
    """PRF-HMAC-SHA-256 is the P-function of TLS with SHA-256 over each 256-bit block of the key."""
    found = [
        vector
        for vector in vectors("mikey/primitives/prf")["vectors"]
        if vector["inputs"]["function"] == "PRF-HMAC-SHA-256"
    ]
    assert len(found) == 36
    for vector in found:
        inputs = vector["inputs"]
        inkey, label = bytes.fromhex(inputs["inkey"]), bytes.fromhex(inputs["label"])
        output = prf(PrfFunction.PRF_HMAC_SHA_256, inkey, label, inputs["length"])
        assert output.hex() == vector["expected"], vector["id"]


def test_mky_102__differs_from_the_default():
    """The two functions are different ones, and a whole block of each hash is longer with SHA-256."""
    arguments = (bytes(range(32)), b"label", 32)
    assert prf(PrfFunction.PRF_HMAC_SHA_256, *arguments) != prf(PrfFunction.MIKEY_1, *arguments)
