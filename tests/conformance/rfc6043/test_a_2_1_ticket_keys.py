"""RFC 6043, A.2.1: deriving keys from a TPK."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import Constant, derive_ticket_key
from mediasec.mikey.registry import PrfFunction

CONSTANTS = {
    "ticket: encr_key": Constant.MESSAGE_ENCRYPTION,
    "ticket: salt_key": Constant.MESSAGE_SALT,
    "ticket: auth_key": Constant.MESSAGE_AUTHENTICATION,
}


@pytest.mark.parametrize("case", ["mode_1", "mode_3_key_wrap", "mode_4_256"])
def test_mky_135__keys_of_the_ticket(vectors, case):
    """The keys of a ticket come from the TPK with the label constant, FF, FFFFFFFF, 05, RAND."""
    exchange = vectors(f"mikey/exchanges/{case}")
    steps = [step for step in exchange["steps"] if step["source"] == "RFC 6043, A.2.1"]
    assert {step["id"] for step in steps} == set(CONSTANTS)
    for step in steps:
        derived = derive_ticket_key(
            PrfFunction[exchange["algorithms"]["prf"].replace("-", "_")],
            bytes.fromhex(exchange["inputs"]["TPK"]),
            constant=CONSTANTS[step["id"]],
            rand=bytes.fromhex(exchange["inputs"]["RAND of the ticket"]),
            length=step["inputs"]["length"],
        )
        assert derived.hex() == step["output"], step["id"]


def test_mky_135__constant_of_another_key_is_refused():
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive_ticket_key(PrfFunction.MIKEY_1, bytes(16), constant=Constant.MPK_I, rand=bytes(16), length=16)
