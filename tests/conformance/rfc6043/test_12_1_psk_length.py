"""RFC 6043, 12.1: the length of the TLS pre-shared key."""

from mediasec.mikey.profile import Profile


def test_mky_213__the_key_has_the_least_length():
    """The TEK that becomes the TLS pre-shared key has 16 octets, the least that any key may have."""
    assert Profile().psk_length * 8 == 128
