"""RFC 3394, 2: AES key wrap."""

import pytest

from mediasec.crypto import unwrap_key, wrap_key
from mediasec.errors import AuthenticationFailed, LocalProtocolError

KEY, IV = bytes(range(16)), bytes(range(8))


def test_mky_107__published_case(vectors):
    """The published case comes out, and the cases with another initial value do."""
    found = vectors("mikey/primitives/key_wrap")["vectors"]
    assert len(found) == 4
    for vector in found:
        key, iv, data = (bytes.fromhex(vector["inputs"][name]) for name in ("key", "iv", "data"))
        wrapped = wrap_key(key, data, iv)
        assert wrapped.hex() == vector["expected"], vector["id"]
        assert unwrap_key(key, wrapped, iv) == data


@pytest.mark.parametrize("length", [0, 8, 15, 17, 25])
def test_mky_107__data_that_is_not_whole_blocks_is_refused(length):
    """Two or more whole blocks are wrapped."""
    with pytest.raises(LocalProtocolError, match="MKY_107"):
        wrap_key(KEY, bytes(length), IV)


def test_mky_107__every_changed_bit_fails():
    """Unwrapping fails unless the initial value comes out."""
    wrapped = wrap_key(KEY, bytes(24), IV)
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 0x80 >> bit % 8
        with pytest.raises(AuthenticationFailed):
            unwrap_key(KEY, bytes(changed), IV)
    for wrong in (b"", wrapped[:-1], wrapped[:16], wrapped + bytes(8)):
        with pytest.raises(AuthenticationFailed):
            unwrap_key(KEY, wrong, IV)
    with pytest.raises(AuthenticationFailed):
        unwrap_key(KEY, wrapped, bytes(8))
