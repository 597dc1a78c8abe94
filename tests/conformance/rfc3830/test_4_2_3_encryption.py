"""RFC 3830, 4.2.3: encryption of key data."""

import contextlib
import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.mikey.keys import Constant
from mediasec.mikey.payloads import KeyData, Spi, Timestamp
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import EncryptionAlgorithm, KeyDataType, TimestampType
from mediasec.mikey.ticket import parse_key_data, serialize_key_data

KEY = KeyData(kind=KeyDataType.TGK, key=bytes(range(16)), validity=Spi(value=b"spi"))
COUNTER = Timestamp(kind=TimestampType.COUNTER, value=7)


def constant_keys(encryption: bytes, salt: bytes, csb_id: int) -> ProtectionKeys:
    """Return keys that are given and not derived."""
    given = {Constant.MESSAGE_ENCRYPTION: encryption, Constant.MESSAGE_SALT: salt}

    def derive(*, constant, length):
        assert len(given[constant]) == length
        return given[constant]

    return ProtectionKeys(derive, csb_id)


def encryptions(exchange):
    """Yield algorithm, keys, timestamp, plaintext and ciphertext of each encryption of an exchange."""
    kind = TimestampType[exchange["inputs"]["timestamp of TRANSFER_INIT"]["type"].replace("-", "_")]
    for step in exchange["steps"]:
        if step["operation"] == "encrypt":
            inputs = step["inputs"]
            octets = bytes.fromhex(inputs["timestamp"])
            octets = octets[:4] if kind is TimestampType.NTP_UTC_32 else octets
            yield (
                EncryptionAlgorithm[inputs["algorithm"].replace("-", "_")],
                constant_keys(bytes.fromhex(inputs["key"]), bytes.fromhex(inputs["salt"]), inputs["csb_id"]),
                Timestamp(kind=kind, value=int.from_bytes(octets, "big")),
                bytes.fromhex(inputs["plaintext"]),
                bytes.fromhex(step["output"]),
            )


def sealed(exchange):
    """Check that each encryption of an exchange is made and undone; return how many there were."""
    count = 0
    for algorithm, keys, timestamp, plaintext, ciphertext in encryptions(exchange):
        parsed = parse_key_data(plaintext)
        kemac = keys.seal(algorithm, timestamp, parsed)
        assert (kemac.encryption, kemac.data, kemac.mac) == (algorithm, ciphertext, b"")
        assert keys.open(kemac, timestamp) == parsed
        count += 1
    return count


@pytest.mark.parametrize("case", ["mode_1", "mode_1_group_key", "mode_1_responder_key"])
@pytest.mark.verifies("MKY_117")
def test_mky_104__key_data_of_the_exchange(vectors, case):
    """The counter block is made of salt, CSB ID and the timestamp of the message with the key data."""
    assert sealed(vectors(f"mikey/exchanges/{case}")) >= 3


def test_mky_104__another_bundle_or_timestamp_has_another_keystream():
    """CSB ID and timestamp go into the counter block."""
    keys = constant_keys(bytes(16), bytes(14), 1)
    found = {
        keys.seal(EncryptionAlgorithm.AES_CM_128, COUNTER, (KEY,)).data,
        keys.seal(EncryptionAlgorithm.AES_CM_128, dataclasses.replace(COUNTER, value=8), (KEY,)).data,
        constant_keys(bytes(16), bytes(14), 2).seal(EncryptionAlgorithm.AES_CM_128, COUNTER, (KEY,)).data,
    }
    assert len(found) == 3


def test_mky_117__timestamp_is_that_of_the_message_with_the_key_data():
    """With the timestamp of another message the key data does not come out."""
    keys = constant_keys(bytes(16), bytes(range(14)), 1)
    kemac = keys.seal(EncryptionAlgorithm.AES_CM_128, COUNTER, (KEY,))
    assert keys.open(kemac, COUNTER) == (KEY,)
    with contextlib.suppress(MalformedMessage):
        assert keys.open(kemac, dataclasses.replace(COUNTER, value=8)) != (KEY,)


def test_mky_106__key_data_of_the_exchange(vectors):
    """With AES-KW-128 the salt is the initial value of the wrap."""
    assert sealed(vectors("mikey/exchanges/mode_3_key_wrap")) == 2


def test_mky_106__another_salt_does_not_unwrap():
    """Unwrapping with another initial value fails."""
    kemac = constant_keys(bytes(16), bytes(8), 1).seal(EncryptionAlgorithm.AES_KW_128, COUNTER, (KEY,))
    with pytest.raises(AuthenticationFailed):
        constant_keys(bytes(16), b"\x01" + bytes(7), 1).open(kemac, COUNTER)


def test_mky_106__timestamp_and_bundle_do_not_matter():
    """Nothing but key and salt goes into the wrap."""
    kemac = constant_keys(bytes(16), bytes(8), 1).seal(EncryptionAlgorithm.AES_KW_128, COUNTER, (KEY,))
    other = constant_keys(bytes(16), bytes(8), 2)
    assert other.open(kemac, dataclasses.replace(COUNTER, value=8)) == (KEY,)


def test_mky_108__keys_are_not_sent_in_the_clear():
    """NULL encryption is refused on sending."""
    with pytest.raises(LocalProtocolError, match="MKY_108"):
        constant_keys(b"", b"", 1).seal(EncryptionAlgorithm.NULL, COUNTER, (KEY,))


def test_mky_108__keys_in_the_clear_are_not_taken():
    """NULL encryption is refused on receipt, and the keys do not stand in the refusal."""
    kemac = constant_keys(b"", b"", 1).seal(EncryptionAlgorithm.NULL, COUNTER, (KEY,), null_allowed=True)
    assert kemac.data == serialize_key_data((KEY,))
    with pytest.raises(RequirementViolated, match="MKY_108") as refusal:
        constant_keys(b"", b"", 1).open(kemac, COUNTER)
    assert KEY.key.hex() not in str(refusal.value)
    assert constant_keys(b"", b"", 1).open(kemac, COUNTER, null_allowed=True) == (KEY,)
