"""RFC 6043, 5.1: what a label holds of a random value."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.keys import Constant, derive_initial_key, derive_transfer_key, prf
from mediasec.mikey.registry import PrfFunction

FUNCTION, KEY = PrfFunction.MIKEY_1, bytes(range(16))


def test_mky_120__length_and_value_stand_in_the_label():
    """The label holds the length of each random value in one octet, and the value."""
    derived = derive_initial_key(
        FUNCTION,
        KEY,
        constant=Constant.MESSAGE_SALT,
        csb_id=0x01020304,
        rand_i=b"\xaa\xbb",
        rand_r=b"\xcc",
        length=14,
    )
    label = bytes.fromhex("29b88916 ff 01020304 01 02aabb 01cc")
    assert derived == prf(FUNCTION, KEY, label, 14)


def test_mky_120__omitted_value_leaves_its_length():
    """A random value that is left out contributes the length 0."""
    derived = derive_transfer_key(
        FUNCTION, KEY, constant=Constant.TEK, cs_id=7, rand_r=b"\xcc" * 16, length=16
    )
    label = bytes.fromhex("2ad01c64 07 ffffffff 03 00 10" + "cc" * 16)
    assert derived == prf(FUNCTION, KEY, label, 16)


def test_mky_120__value_of_256_octets_is_refused():
    """The length has one octet."""
    with pytest.raises(LocalProtocolError, match="MKY_120"):
        derive_transfer_key(FUNCTION, KEY, constant=Constant.TEK, cs_id=7, rand_i=bytes(256), length=16)
