"""RFC 6043, 5.1.2: which key and which random values protect a message of the Ticket Transfer."""

import pytest

from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.keys import Constant, derive_initial_key, derive_response_key
from mediasec.mikey.registry import PrfFunction, TicketFlag
from mediasec.procedures.ticket_sessions import initial_transfer_keys, response_transfer_keys

KEYS = TicketKeys(mpk_i=bytes(range(16)), mpk_r=bytes(range(16, 32)), session_keys=())
RAND_I, RAND_R = bytes(range(32, 48)), bytes(range(48, 64))
WHAT = {"constant": Constant.MESSAGE_AUTHENTICATION, "length": 20}
FORKING, G, NONE = TicketFlag.KEY_FORKING, TicketFlag.RESPONDER_RAND, TicketFlag(0)


@pytest.mark.verifies("MKY_128")
def test_mky_129__initial_message_has_mpk_i_and_rand_i():
    """TRANSFER_INIT is protected by MPKi with RANDRi alone."""
    expected = derive_initial_key(PrfFunction.MIKEY_1, KEYS.mpk_i, csb_id=7, rand_i=RAND_I, **WHAT)
    assert initial_transfer_keys(PrfFunction.MIKEY_1, KEYS, 7, RAND_I).derive(**WHAT) == expected


@pytest.mark.parametrize(
    ("flags", "key", "rand_r"),
    [(NONE, "mpk_i", b""), (G, "mpk_i", RAND_R), (FORKING, "mpk_r", b""), (FORKING | G, "mpk_r", RAND_R)],
)
@pytest.mark.verifies("MKY_129")
def test_mky_128__response_has_rand_r_with_the_flag(flags, key, rand_r):
    """TRANSFER_RESP is protected by MPKr' with key forking or else MPKi, with RANDRr if the flag G is 1."""
    expected = derive_response_key(
        PrfFunction.MIKEY_1, getattr(KEYS, key), csb_id=7, rand_i=RAND_I, rand_r=rand_r, **WHAT
    )
    keys = response_transfer_keys(PrfFunction.MIKEY_1, KEYS, flags, 7, RAND_I, RAND_R)
    assert keys.derive(**WHAT) == expected


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking", "mode_4"])
@pytest.mark.verifies("MKY_128")
def test_mky_129__messages_of_the_vectors_verify(replayed, joined, case):
    """Both sides of a whole exchange take the same keys."""
    parties = replayed(case)
    joined(parties)
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle
