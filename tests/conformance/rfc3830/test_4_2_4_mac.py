"""RFC 3830, 4.2.4: message authentication."""

import pytest

from mediasec.crypto import hmac_sha1
from mediasec.errors import AuthenticationFailed, LocalProtocolError
from mediasec.mikey.keys import Constant
from mediasec.mikey.payloads import Verification
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import MacAlgorithm, PrfFunction

KEYS = ProtectionKeys.of_initial(PrfFunction.MIKEY_1, bytes(16), 1, rand_i=bytes(16))


def test_mky_109__key_has_160_bits():
    """The key of HMAC-SHA-1-160 has 160 bits."""
    asked = []

    def derive(*, constant, length):
        asked.append((constant, length))
        return bytes(length)

    mac = ProtectionKeys(derive, 1).mac(MacAlgorithm.HMAC_SHA_1_160, b"octets")
    assert asked == [(Constant.MESSAGE_AUTHENTICATION, 20)]
    assert mac == hmac_sha1(bytes(20), b"octets")


@pytest.mark.parametrize("algorithm", [MacAlgorithm.HMAC_SHA_1_160, MacAlgorithm.HMAC_SHA_256_256])
def test_mky_114__changed_mac_fails(algorithm):
    """A MAC that is not that of the octets is refused, and so is a missing one."""
    mac = KEYS.mac(algorithm, b"octets")
    KEYS.verify(Verification(algorithm=algorithm, mac=mac), b"octets")
    for wrong in (bytes([mac[0] ^ 1]) + mac[1:], mac[:-1] + bytes([mac[-1] ^ 1]), bytes(len(mac))):
        with pytest.raises(AuthenticationFailed, match=r"^Authentication failed\.$"):
            KEYS.verify(Verification(algorithm=algorithm, mac=wrong), b"octets")
    with pytest.raises(AuthenticationFailed):
        KEYS.verify(None, b"octets")


def test_mky_114__null_is_no_mac():
    """The NULL algorithm is neither made nor accepted."""
    with pytest.raises(LocalProtocolError, match="MKY_114"):
        KEYS.mac(MacAlgorithm.NULL, b"octets")
    with pytest.raises(AuthenticationFailed):
        KEYS.verify(Verification(algorithm=MacAlgorithm.NULL, mac=b""), b"octets")
