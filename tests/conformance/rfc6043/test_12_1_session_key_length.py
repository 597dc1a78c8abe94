"""RFC 6043, 12.1: the length of a TEK."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.payloads import GenericMap, KeyData, Spi
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import KeyDataType, PrfFunction
from mediasec.procedures.ticket_sessions import crypto_sessions

RANDS = (bytes(32), bytes(32))
SHORT, LONG = PrfFunction.MIKEY_1, PrfFunction.PRF_HMAC_SHA_256


def tek_length(function, kind, key_length, psk_length):
    profile = Profile(psk_length=psk_length)
    key = KeyData(kind=kind, key=bytes(key_length), validity=Spi(value=b"spi"))
    sessions = GenericMap(sessions=(profile.crypto_session(b"spi"),))
    (found,) = crypto_sessions(function, sessions, [key], RANDS, profile)
    return len(found.key)


@pytest.mark.parametrize(
    ("function", "kind", "key_length", "psk_length"),
    [
        (SHORT, KeyDataType.TGK, 16, 16),
        (SHORT, KeyDataType.TEK, 16, 16),
        (LONG, KeyDataType.TGK, 32, 32),
        (LONG, KeyDataType.TGK, 32, 16),
        (LONG, KeyDataType.GTGK, 64, 48),
        (SHORT, KeyDataType.TGK, 32, 16),
    ],
)
def test_proc_111__tek_has_the_length_of_the_profile(function, kind, key_length, psk_length):
    """The TEK has the length of the profile, and is not longer than what it comes from."""
    assert tek_length(function, kind, key_length, psk_length) == psk_length


@pytest.mark.parametrize(
    ("function", "kind", "key_length", "psk_length"),
    [
        (LONG, KeyDataType.TGK, 16, 32),
        (SHORT, KeyDataType.TGK, 32, 32),
        (SHORT, KeyDataType.TEK, 32, 32),
        (SHORT, KeyDataType.TEK, 17, 16),
        (LONG, KeyDataType.TEK, 32, 16),
    ],
)
def test_proc_111__tek_that_would_be_weaker_than_it_looks_is_refused(function, kind, key_length, psk_length):
    """A TEK longer than its key or its algorithms, or of another length than the profile, is refused."""
    with pytest.raises(RequirementViolated, match="PROC_111"):
        tek_length(function, kind, key_length, psk_length)
