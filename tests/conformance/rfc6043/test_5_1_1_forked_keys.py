"""RFC 6043, 5.1.1: deriving forked keys."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.keys import FORKING_CONSTANTS, Constant, derive_forked_key
from mediasec.mikey.payloads import KeyData
from mediasec.mikey.registry import KeyDataType, PrfFunction
from mediasec.procedures.ticket_sessions import fork


def steps(vectors, case):
    return [
        step for step in vectors(f"mikey/exchanges/{case}")["steps"] if step["source"] == "RFC 6043, 5.1.1"
    ]


@pytest.mark.parametrize("case", ["mode_1_forking", "mode_1_forking_256", "mode_3_forking"])
def test_mky_123__forked_keys_of_the_exchange(vectors, case):
    """A forked key comes from MPKr or TGK, the identity that answered, and RANDRkms."""
    exchange = vectors(f"mikey/exchanges/{case}")
    found = steps(vectors, case)
    assert [step["id"] for step in found] == ["MPKr'", "TGK'"]
    for step, constant in zip(found, (Constant.FORKED_MPK_R, Constant.FORKED_TGK), strict=True):
        inputs = step["inputs"]
        forked = derive_forked_key(
            PrfFunction[inputs["function"].replace("-", "_")],
            bytes.fromhex(inputs["inkey"]),
            constant=constant,
            id_data=exchange["identities"]["responder"].encode(),
            rand_kms=bytes.fromhex(exchange["inputs"]["RANDRkms"]),
        )
        assert forked.hex() == step["output"]
        assert len(forked) == inputs["length"] == len(bytes.fromhex(inputs["inkey"]))


def test_mky_123__another_responder_has_another_key():
    """The forked key is unique for the identity and for RANDRkms."""
    derived = {
        derive_forked_key(
            PrfFunction.MIKEY_1, bytes(16), constant=constant, id_data=id_data, rand_kms=rand_kms
        )
        for constant in FORKING_CONSTANTS
        for id_data in (b"sip:a", b"sip:b", b"sip:a\x00")
        for rand_kms in (bytes(16), bytes(15), b"\x01" + bytes(15))
    }
    assert len(derived) == 18


@pytest.mark.parametrize("constant", sorted(set(Constant) - FORKING_CONSTANTS))
def test_mky_103__only_mpk_r_and_tgk_have_a_constant_for_forking(constant):
    """A constant of another derivation is refused."""
    with pytest.raises(LocalProtocolError, match="MKY_103"):
        derive_forked_key(PrfFunction.MIKEY_1, bytes(16), constant=constant, id_data=b"", rand_kms=b"")


def test_mky_123__identity_of_65536_octets_is_refused():
    """The length of the identity has two octets."""
    with pytest.raises(LocalProtocolError):
        derive_forked_key(
            PrfFunction.MIKEY_1, bytes(16), constant=Constant.FORKED_TGK, id_data=bytes(65536), rand_kms=b""
        )


def test_mky_124__mpk_r_and_tgks_are_forked_and_nothing_else(vectors):
    """MPKr and the TGKs are forked; MPKi, TEKs and GTGKs are not, and no salt is."""
    salt = bytes(range(14))
    session_keys = tuple(
        KeyData(kind=kind, key=bytes(16), salt=salt if "SALT" in kind.name else None)
        for kind in KeyDataType
        if kind is not KeyDataType.MPK
    )
    keys = TicketKeys(mpk_i=bytes(16), mpk_r=bytes(16), session_keys=session_keys)
    forked = fork(PrfFunction.MIKEY_1, keys, id_data=b"sip:a", rand_kms=bytes(16))
    assert forked.mpk_i == bytes(16)
    assert forked.mpk_r != bytes(16)
    assert {key.kind for key in forked.session_keys if key.key != bytes(16)} == {
        KeyDataType.TGK,
        KeyDataType.TGK_SALT,
    }
    assert [key.salt for key in forked.session_keys] == [key.salt for key in session_keys]


def test_mky_124__forked_keys_of_the_exchange(vectors):
    """The keys of a ticket are forked with the two constants."""
    exchange = vectors("mikey/exchanges/mode_1_forking")
    mpk_r, tgk = (bytes.fromhex(step["inputs"]["inkey"]) for step in steps(vectors, "mode_1_forking"))
    keys = TicketKeys(mpk_i=bytes(16), mpk_r=mpk_r, session_keys=(KeyData(kind=KeyDataType.TGK, key=tgk),))
    forked = fork(
        PrfFunction.MIKEY_1,
        keys,
        id_data=exchange["identities"]["responder"].encode(),
        rand_kms=bytes.fromhex(exchange["inputs"]["RANDRkms"]),
    )
    expected = [step["output"] for step in steps(vectors, "mode_1_forking")]
    assert [forked.mpk_r.hex(), forked.session_keys[0].key.hex()] == expected
