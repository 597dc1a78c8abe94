"""RFC 6043, 12.1: the length of the TLS pre-shared key."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.profile import Profile


def test_mky_213__the_key_has_the_least_length():
    """The TEK that becomes the TLS pre-shared key has 16 octets, the least that any key may have."""
    assert Profile().psk_length * 8 == 128
    assert Profile(psk_length=32).psk_length == 32


@pytest.mark.parametrize("length", [0, 15])
def test_mky_213__a_shorter_key_is_refused(length):
    """No profile has a shorter key."""
    with pytest.raises(LocalProtocolError):
        Profile(psk_length=length)
