"""RFC 3830, 6.2: KEMAC and the sub-payloads in it."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Kemac, KeyData
from mediasec.mikey.registry import EncryptionAlgorithm, KeyDataType, MacAlgorithm
from mediasec.mikey.ticket import parse_key_data, serialize_key_data
from mediasec.wire import OctetReader

MAC = bytes(range(20))


@pytest.mark.parametrize(
    ("code", "encryption"),
    [(0, EncryptionAlgorithm.NULL), (1, EncryptionAlgorithm.AES_CM_128), (2, EncryptionAlgorithm.AES_KW_128)],
)
def test_mky_032__kemac_is_data_and_mac_with_their_algorithms(code, encryption):
    """KEMAC has an encryption algorithm, a length, data, a MAC algorithm, and a MAC of its length."""
    payload = Kemac(
        encryption=encryption, data=b"\xd0\xd1", mac_algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=MAC
    )
    octets = bytes([code]) + bytes.fromhex("0002 d0d1 01") + MAC
    assert payload.serialize() == octets
    assert Kemac.parse(OctetReader(octets)) == payload
    assert payload.check("payload[0]") == []


def test_mky_032__mac_of_another_length_is_found():
    """A MAC of another length than the algorithm's is a finding, and does not parse."""
    short = Kemac(
        encryption=EncryptionAlgorithm.NULL, data=b"", mac_algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=b"\x00"
    )
    assert [finding.requirement for finding in short.check("payload[1]")] == ["MKY_032"]
    with pytest.raises(MalformedMessage):
        Kemac.parse(OctetReader(bytes.fromhex("00 0000 01 00")))


def test_mky_014__sub_payloads_form_a_chain():
    """The decrypted data of a KEMAC is a chain of key data that ends with 0 as the next payload."""
    keys = (KeyData(kind=KeyDataType.TGK, key=b"\x01"), KeyData(kind=KeyDataType.TEK, key=b"\x02"))
    octets = bytes.fromhex("14 00 0001 01  00 20 0001 02")
    assert serialize_key_data(keys) == octets
    assert parse_key_data(octets) == keys


def test_mky_014__no_key_is_no_octet():
    """The data of a KEMAC may be empty."""
    assert parse_key_data(b"") == ()
    assert serialize_key_data(()) == b""


def test_mky_014__octets_after_the_last_key_are_malformed():
    """The last sub-payload ends the data."""
    with pytest.raises(MalformedMessage):
        parse_key_data(bytes.fromhex("00 00 0001 01 00"))
