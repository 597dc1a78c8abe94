"""RFC 4279, 5.1: the identity of a pre-shared key that comes from a ticket."""

from mediasec.mikey.profile import Profile


def test_mky_214__identity_is_csb_id_and_cs_id():
    """The TLS pre-shared key identity is CSB ID and CS ID in hexadecimal with a full stop between them."""
    assert Profile().psk_identity(0x5EED0002) == b"5eed0002.01"
    assert Profile(psk_identity_template="{csb_id}").psk_identity(7) == b"7"
