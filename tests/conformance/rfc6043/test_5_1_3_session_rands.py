"""RFC 6043, 5.1.3: random values and salts of the keys of a crypto session."""

import dataclasses

import pytest

from mediasec.mikey.keys import Constant, derive_transfer_key
from mediasec.mikey.payloads import GenericMap, KeyData, Spi
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import KeyDataType, PrfFunction, TicketFlag
from mediasec.procedures.ticket_sessions import crypto_sessions, session_rands

RAND_I, RAND_R = bytes(range(16)), bytes(range(16, 32))
G, H = TicketFlag.RESPONDER_RAND, TicketFlag.INITIATOR_RAND
PROFILE = Profile()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(G | H, (RAND_I, RAND_R)), (H, (RAND_I, b"")), (G, (b"", RAND_R)), (TicketFlag(0), (b"", b""))],
)
def test_mky_131__flags_choose_the_random_values(flags, expected):
    """RANDRi goes in with the flag H, and RANDRr with the flag G."""
    assert session_rands(flags, RAND_I, RAND_R) == expected


@pytest.mark.parametrize("case", ["mode_1", "mode_1_group_key", "mode_2_no_response"])
def test_mky_131__session_keys_of_the_vectors(replayed, joined, case):
    """With both random values or one alone, both sides have one key."""
    parties = replayed(case)
    joined(parties)
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle


def sessions(key):
    described = GenericMap(sessions=(PROFILE.crypto_session(b"spi"),))
    (found,) = crypto_sessions(PrfFunction.MIKEY_1, described, [key], (RAND_I, RAND_R), PROFILE)
    return found


def test_mky_132__salt_that_came_is_the_salt():
    """A salt in the key data is used as it is, and does not change the key."""
    plain = KeyData(kind=KeyDataType.GTGK, key=bytes(16), validity=Spi(value=b"spi"))
    salted = dataclasses.replace(plain, kind=KeyDataType.GTGK_SALT, salt=bytes(range(14)))
    assert sessions(salted).salt == bytes(range(14))
    assert sessions(salted).key == sessions(plain).key


@pytest.mark.parametrize("case", ["mode_1_group_key", "mode_1_salted_key", "mode_1_salted_tek"])
def test_mky_132__salt_beside_the_key_of_the_ticket(replayed, joined, case):
    """Both sides have the salt that stands beside the TGK, GTGK or TEK of the ticket."""
    parties = replayed(case)
    joined(parties)
    salt = parties.initiator.ticket.keys.session_keys[0].salt
    assert len(salt) == 14
    for side in (parties.initiator, parties.responder):
        (found,) = side.agreement.bundle.sessions
        assert found.salt == salt


def test_mky_132__no_salt_is_made_up():
    """Without a salt there is none: TLS needs none."""
    plain = KeyData(kind=KeyDataType.TGK, key=bytes(16), validity=Spi(value=b"spi"))
    found = sessions(plain)
    assert found.salt is None
    assert found.key == derive_transfer_key(
        PrfFunction.MIKEY_1,
        bytes(16),
        constant=Constant.TEK,
        cs_id=1,
        rand_i=RAND_I,
        rand_r=RAND_R,
        length=16,
    )
