"""RFC 6043, 6.2: the algorithms with 256-bit keys."""

from mediasec.crypto import hmac_sha256
from mediasec.mikey.keys import Constant
from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import EncryptionAlgorithm, MacAlgorithm, TimestampType
from mediasec.mikey.ticket import parse_key_data


def test_mky_105__key_data_of_the_exchange(vectors):
    """AES-CM-256 differs from AES-CM-128 by its key of 256 bits alone."""
    steps = [
        step for step in vectors("mikey/exchanges/mode_4_256")["steps"] if step["operation"] == "encrypt"
    ]
    (inputs,) = (step["inputs"] for step in steps)
    asked = []

    def derive(*, constant, length):
        asked.append((constant, length))
        return bytes.fromhex(inputs["key" if constant is Constant.MESSAGE_ENCRYPTION else "salt"])

    timestamp = Timestamp(kind=TimestampType.NTP_UTC, value=int(inputs["timestamp"], 16))
    keys = ProtectionKeys(derive, inputs["csb_id"])
    plaintext, ciphertext = bytes.fromhex(inputs["plaintext"]), bytes.fromhex(steps[0]["output"])
    kemac = keys.seal(EncryptionAlgorithm.AES_CM_256, timestamp, parse_key_data(plaintext))
    assert kemac.data == ciphertext
    assert keys.open(kemac, timestamp) == parse_key_data(plaintext)
    assert set(asked) == {(Constant.MESSAGE_ENCRYPTION, 32), (Constant.MESSAGE_SALT, 14)}


def test_mky_110__key_has_256_bits():
    """The key of HMAC-SHA-256-256 has 256 bits."""
    asked = []

    def derive(*, constant, length):
        asked.append((constant, length))
        return bytes(length)

    mac = ProtectionKeys(derive, 1).mac(MacAlgorithm.HMAC_SHA_256_256, b"octets")
    assert asked == [(Constant.MESSAGE_AUTHENTICATION, 32)]
    assert mac == hmac_sha256(bytes(32), b"octets")
