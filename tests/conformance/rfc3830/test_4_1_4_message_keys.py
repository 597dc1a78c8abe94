"""RFC 3830, 4.1.4: keys from a pre-shared or envelope key."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey import keys
from mediasec.mikey.keys import Constant
from mediasec.mikey.registry import PrfFunction

RAND = bytes(range(16))


def test_mky_122__label_has_bundle_and_rand(vectors):
    """The label of a message key of plain MIKEY is constant, FF, CSB ID and RAND."""
    found = [
        vector
        for vector in vectors("mikey/primitives/prf")["vectors"]
        if " message key of plain MIKEY " in vector["id"]
    ]
    assert len(found) == 8
    for vector in found:
        inputs = vector["inputs"]
        output = keys.derive_message_key(
            PrfFunction[inputs["function"].replace("-", "_")],
            bytes.fromhex(inputs["inkey"]),
            constant=Constant.MESSAGE_AUTHENTICATION,
            csb_id=0x11223344,
            rand=RAND,
            length=inputs["length"],
        )
        assert output.hex() == vector["expected"], vector["id"]


def test_mky_122__constant_of_a_session_key_is_refused():
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        keys.derive_message_key(
            PrfFunction.MIKEY_1, bytes(16), constant=Constant.TEK, csb_id=1, rand=RAND, length=16
        )
