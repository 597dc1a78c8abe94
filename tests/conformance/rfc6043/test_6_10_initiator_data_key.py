"""RFC 6043, 6.10: the key of the MAC over the Initiator Data."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import Constant, derive_initiator_data_key
from mediasec.mikey.registry import PrfFunction


@pytest.mark.parametrize("case", ["mode_1_forking", "mode_1_forking_256"])
def test_mky_133__key_of_the_exchange(vectors, case):
    """The key of Vr comes from MPKr with the label constant, FF, FFFFFFFF, 04."""
    exchange = vectors(f"mikey/exchanges/{case}")
    steps = {step["id"]: step for step in exchange["steps"]}
    step = steps["TRANSFER_INIT: auth_key of Vr"]
    derived = derive_initiator_data_key(
        PrfFunction[exchange["algorithms"]["prf"].replace("-", "_")],
        bytes.fromhex(steps["MPKr"]["output"]),
        constant=Constant.MESSAGE_AUTHENTICATION,
        length=step["inputs"]["length"],
    )
    assert derived.hex() == step["output"]


def test_mky_133__constant_of_another_key_is_refused():
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive_initiator_data_key(PrfFunction.MIKEY_1, bytes(16), constant=Constant.MPK_R, length=20)
