"""RFC 6043, 6.2: algorithms that MIKEY-TICKET adds."""

from mediasec.mikey.payloads import Kemac
from mediasec.mikey.registry import EncryptionAlgorithm, MacAlgorithm
from mediasec.wire import OctetReader


def test_mky_036__aes_cm_256_and_hmac_sha_256():
    """The encryption algorithm 3 is AES-CM-256, and the MAC algorithm 2 has a MAC of 256 bits."""
    mac = bytes(range(32))
    payload = Kemac.parse(OctetReader(bytes.fromhex("03 0001 d0 02") + mac))
    assert payload == Kemac(
        encryption=EncryptionAlgorithm.AES_CM_256,
        data=b"\xd0",
        mac_algorithm=MacAlgorithm.HMAC_SHA_256_256,
        mac=mac,
    )
    assert payload.check("payload[0]") == []


def test_mky_036__a_shorter_mac_is_found():
    """A MAC of 160 bits is not one of HMAC-SHA-256."""
    short = Kemac(
        encryption=EncryptionAlgorithm.AES_CM_256,
        data=b"",
        mac_algorithm=MacAlgorithm.HMAC_SHA_256_256,
        mac=bytes(20),
    )
    assert short.check("payload[0]")
