"""RFC 6043, 6.1.1: the SPI of a crypto session names its key."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.payloads import EmptyMap, GenericMap, KeyData, Spi, SrtpMap, SrtpSession
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import KeyDataType, PrfFunction
from mediasec.procedures.ticket_sessions import crypto_sessions, key_data_of

PROFILE, RANDS = Profile(), (bytes(16), bytes(16))


def key(spi, fill):
    return KeyData(kind=KeyDataType.TEK, key=bytes([fill]) * 16, validity=Spi(value=spi))


KEYS = [key(b"one", 1), key(b"two", 2), KeyData(kind=KeyDataType.TEK, key=bytes(16))]


@pytest.mark.parametrize(("spi", "fill"), [(b"one", 1), (b"two", 2)])
def test_proc_110__key_has_the_spi_of_the_session(spi, fill):
    """Of several keys, the one with the SPI is the key of the session."""
    sessions = GenericMap(sessions=(PROFILE.crypto_session(spi),))
    (found,) = crypto_sessions(PrfFunction.MIKEY_1, sessions, KEYS, RANDS, PROFILE)
    assert found.key == bytes([fill]) * 16
    assert (found.cs_id, found.protocol_type, found.spi) == (1, PROFILE.tls_protocol_type, spi)


@pytest.mark.parametrize(
    "sessions",
    [
        GenericMap(sessions=(PROFILE.crypto_session(b"three"),)),
        GenericMap(sessions=(PROFILE.crypto_session(b""),)),
        GenericMap(sessions=(PROFILE.crypto_session(b"one"), PROFILE.crypto_session(b"three"))),
        SrtpMap(sessions=(SrtpSession(policy_number=0, ssrc=1),)),
    ],
)
def test_proc_110__session_without_a_key_is_refused(sessions):
    """A crypto session that names no key is refused."""
    with pytest.raises(RequirementViolated, match="PROC_110"):
        crypto_sessions(PrfFunction.MIKEY_1, sessions, KEYS, RANDS, PROFILE)


def test_proc_110__no_session_needs_no_key():
    """A map without crypto sessions names no key."""
    assert crypto_sessions(PrfFunction.MIKEY_1, EmptyMap(), KEYS, RANDS, PROFILE) == ()
    assert key_data_of(KEYS) == tuple(KEYS)
