"""RFC 3830, 4.1.3: constants, and keys from a TGK."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey import keys
from mediasec.mikey.keys import Constant
from mediasec.mikey.registry import PrfFunction

KEY, RAND = bytes(range(16, 32)), bytes(range(16))


def test_mky_103__constants_are_decimals_of_e(vectors):
    """The eleven constants are consecutive groups of nine decimals of e."""
    found = vectors("mikey/primitives/constants")["vectors"]
    assert [(vector["id"], int(vector["expected"], 16)) for vector in found] == [
        (constant.name, constant.value) for constant in Constant
    ]
    for vector in found:
        constant = Constant[vector["id"]]
        if constant in keys.SESSION_CONSTANTS:
            arguments = {"cs_id": 1, "csb_id": 2, "rand": RAND, "length": 16}
            derived = keys.derive_session_key(PrfFunction.MIKEY_1, KEY, constant=constant, **arguments)
            label = bytes.fromhex(vector["expected"] + "01 00000002") + RAND
            assert derived == keys.prf(PrfFunction.MIKEY_1, KEY, label, 16)


@pytest.mark.parametrize("constant", sorted(set(Constant) - keys.SESSION_CONSTANTS))
def test_mky_103__session_key_has_a_constant_of_its_own(constant):
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        keys.derive_session_key(
            PrfFunction.MIKEY_1, bytes(16), constant=constant, cs_id=1, csb_id=2, rand=RAND, length=16
        )


def test_mky_121__label_has_session_bundle_and_rand(vectors):
    """The label of a session key of plain MIKEY is constant, CS ID, CSB ID and RAND."""
    found = [
        vector
        for vector in vectors("mikey/primitives/prf")["vectors"]
        if " session key of plain MIKEY " in vector["id"]
    ]
    assert len(found) == 8
    for vector in found:
        inputs = vector["inputs"]
        function = PrfFunction[inputs["function"].replace("-", "_")]
        output = keys.derive_session_key(
            function,
            bytes.fromhex(inputs["inkey"]),
            constant=Constant.TEK,
            cs_id=1,
            csb_id=0x11223344,
            rand=RAND,
            length=inputs["length"],
        )
        assert output.hex() == vector["expected"], vector["id"]


@pytest.mark.parametrize(("cs_id", "csb_id"), [(256, 1), (-1, 1), (1, 1 << 32)])
def test_mky_121__number_that_does_not_fit_is_refused(cs_id, csb_id):
    """CS ID has one octet and CSB ID four."""
    with pytest.raises(LocalProtocolError):
        keys.derive_session_key(
            PrfFunction.MIKEY_1,
            bytes(16),
            constant=Constant.TEK,
            cs_id=cs_id,
            csb_id=csb_id,
            rand=RAND,
            length=16,
        )
