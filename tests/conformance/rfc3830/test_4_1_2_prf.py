"""RFC 3830, 4.1.2: the default pseudorandom function."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import prf
from mediasec.mikey.registry import PrfFunction


def of_function(vectors, name):
    return [
        vector["inputs"] | {"expected": vector["expected"]}
        for vector in vectors("mikey/primitives/prf")["vectors"]
        if vector["inputs"]["function"] == name
    ]


def test_mky_101__equals_the_prf_of_tls_over_each_block(vectors):
    """MIKEY-1 is the P-function of TLS with SHA-1 over each 256-bit block of the key, added bit by bit."""
    found = of_function(vectors, "MIKEY-1")
    assert len(found) == 36
    for vector in found:
        inkey, label = bytes.fromhex(vector["inkey"]), bytes.fromhex(vector["label"])
        output = prf(PrfFunction.MIKEY_1, inkey, label, vector["length"])
        assert output.hex() == vector["expected"], vector


def test_mky_101__shorter_output_is_the_leading_part():
    """The derived key is the leading bits of the output."""
    outputs = [prf(PrfFunction.MIKEY_1, bytes(40), b"label", length) for length in range(61)]
    assert [len(output) for output in outputs] == list(range(61))
    assert all(outputs[-1].startswith(output) for output in outputs[:41])


def test_mky_101__unknown_function_is_refused():
    """A number that no source gives to a function derives nothing."""
    with pytest.raises(LocalProtocolError, match="MKY_101"):
        prf(2, bytes(16), b"label", 16)


def test_mky_101__empty_key_is_refused():
    """A key without a block yields no derived key."""
    with pytest.raises(LocalProtocolError, match="MKY_101"):
        prf(PrfFunction.MIKEY_1, b"", b"label", 16)
