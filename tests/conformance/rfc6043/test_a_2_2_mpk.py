"""RFC 6043, A.2.2: deriving MPKi and MPKr."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import MPK_CONSTANTS, Constant, derive_mpk
from mediasec.mikey.registry import PrfFunction


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking_256", "mode_4"])
def test_mky_136__both_keys_of_the_exchange(vectors, case):
    """MPKi and MPKr come from the MPK with the label constant, FF, FFFFFFFF, 06, RAND."""
    exchange = vectors(f"mikey/exchanges/{case}")
    steps = {step["id"]: step for step in exchange["steps"]}
    for name, constant in (("MPKi", Constant.MPK_I), ("MPKr", Constant.MPK_R)):
        derived = derive_mpk(
            PrfFunction[exchange["algorithms"]["prf"].replace("-", "_")],
            bytes.fromhex(exchange["inputs"]["MPK"]),
            constant=constant,
            rand=bytes.fromhex(exchange["inputs"]["RAND of the ticket"]),
        )
        assert derived.hex() == steps[name]["output"]
        assert len(derived) == len(bytes.fromhex(exchange["inputs"]["MPK"]))


@pytest.mark.parametrize("constant", sorted(set(Constant) - MPK_CONSTANTS))
def test_mky_103__only_mpk_i_and_mpk_r_come_from_an_mpk(constant):
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive_mpk(PrfFunction.MIKEY_1, bytes(16), constant=constant, rand=bytes(16))
