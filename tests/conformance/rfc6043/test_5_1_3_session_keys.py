"""RFC 6043, 5.1.3: deriving keys from a TGK or GTGK."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import SESSION_CONSTANTS, Constant, derive_session_key, derive_transfer_key
from mediasec.mikey.registry import PrfFunction

CASES = [
    "mode_1",
    "mode_1_forking",
    "mode_1_forking_256",
    "mode_1_group_key",
    "mode_1_salted_key",
    "mode_2_no_response",
    "mode_4",
]


@pytest.mark.parametrize("case", CASES)
def test_mky_130__tek_of_the_exchange(vectors, case):
    """A TEK has the label constant, CS ID, FFFFFFFF, 03, RANDRi, RANDRr."""
    exchange = vectors(f"mikey/exchanges/{case}")
    inputs = exchange["inputs"]
    (step,) = [step for step in exchange["steps"] if step["id"] == "TEK"]
    tek = derive_transfer_key(
        PrfFunction[exchange["algorithms"]["prf"].replace("-", "_")],
        bytes.fromhex(step["inputs"]["inkey"]),
        constant=Constant.TEK,
        cs_id=exchange["session"]["cs_id"],
        rand_i=bytes.fromhex(inputs["RANDRi of the transfer"]) if "H" in exchange["flags"] else b"",
        rand_r=bytes.fromhex(inputs["RANDRr of the transfer"]) if "G" in exchange["flags"] else b"",
        length=step["inputs"]["length"],
    )
    assert tek.hex() == step["output"] == exchange["results"]["tls_psk"]


def test_mky_130__label_is_not_that_of_plain_mikey():
    """MIKEY-TICKET has another label for a TEK than plain MIKEY."""
    rand, arguments = bytes(range(16)), (PrfFunction.MIKEY_1, bytes(16))
    ticket = derive_transfer_key(*arguments, constant=Constant.TEK, cs_id=1, rand_i=rand, length=16)
    plain = derive_session_key(
        *arguments, constant=Constant.TEK, cs_id=1, csb_id=0xFFFFFFFF, rand=rand, length=16
    )
    assert ticket != plain


def test_mky_130__key_without_random_values_is_refused():
    """At least one of RANDRi and RANDRr is used."""
    with pytest.raises(LocalProtocolError, match="MKY_130"):
        derive_transfer_key(PrfFunction.MIKEY_1, bytes(16), constant=Constant.TEK, cs_id=1, length=16)


@pytest.mark.parametrize("constant", sorted(set(Constant) - SESSION_CONSTANTS))
def test_mky_130__constant_of_another_key_is_refused(constant):
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive_transfer_key(
            PrfFunction.MIKEY_1, bytes(16), constant=constant, cs_id=1, rand_i=bytes(16), length=16
        )
