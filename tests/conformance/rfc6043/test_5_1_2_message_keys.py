"""RFC 6043, 5.1.2: deriving the keys of messages."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import MESSAGE_CONSTANTS, Constant, derive_initial_key, derive_response_key
from mediasec.mikey.registry import PrfFunction

CONSTANTS = {
    "encr_key": Constant.MESSAGE_ENCRYPTION,
    "salt_key": Constant.MESSAGE_SALT,
    "auth_key": Constant.MESSAGE_AUTHENTICATION,
}
CASES = ["mode_1", "mode_1_forking_256", "mode_3_key_wrap", "mode_4"]


def check(vectors, case, names, derive):
    """Derive the keys of the named messages from the inputs of the exchange, not from its labels."""
    exchange = vectors(f"mikey/exchanges/{case}")
    inputs = {name: value for name, value in exchange["inputs"].items() if isinstance(value, str)}
    found = 0
    for step in exchange["steps"]:
        message, _, kind = step["id"].partition(": ")
        if step["source"] != "RFC 6043, 5.1.2" or message not in names:
            continue
        exchange_name = message.partition("_")[0].lower()
        rand_i = bytes.fromhex(inputs.get(f"RANDRi of the {exchange_name}", ""))
        with_rand_r = exchange_name == "resolve" or (message == "TRANSFER_RESP" and "G" in exchange["flags"])
        rand_r = bytes.fromhex(inputs[f"RANDRr of the {exchange_name}"]) if with_rand_r else b""
        derived = derive(
            PrfFunction[exchange["algorithms"]["prf"].replace("-", "_")],
            bytes.fromhex(step["inputs"]["inkey"]),
            constant=CONSTANTS[kind],
            csb_id=int(inputs[f"CSB ID of the {exchange_name}"], 16),
            rand_i=rand_i,
            rand_r=rand_r,
            length=step["inputs"]["length"],
        )
        assert derived.hex() == step["output"], step["id"]
        found += 1
    return found


@pytest.mark.parametrize("case", CASES)
def test_mky_126__keys_of_the_initial_messages(vectors, case):
    """The keys of an initial message have the label constant, FF, CSB ID, 01, RANDRi, RANDRr."""
    names = {"REQUEST_INIT", "TRANSFER_INIT", "RESOLVE_INIT"}
    assert check(vectors, case, names, derive_initial_key) >= 3


@pytest.mark.parametrize("case", CASES)
def test_mky_127__keys_of_the_responses(vectors, case):
    """The keys of a response have the label of its initial message with 02 in the place of 01."""
    names = {"REQUEST_RESP", "TRANSFER_RESP", "RESOLVE_RESP"}
    assert check(vectors, case, names, derive_response_key) >= 3


@pytest.mark.parametrize("derive", [derive_initial_key, derive_response_key])
@pytest.mark.parametrize("constant", sorted(set(Constant) - MESSAGE_CONSTANTS))
@pytest.mark.verifies("MKY_127")
def test_mky_126__constant_of_another_key_is_refused(derive, constant):
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive(PrfFunction.MIKEY_1, bytes(16), constant=constant, csb_id=1, rand_i=bytes(16), length=16)
