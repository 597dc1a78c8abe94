"""RFC 6043, 6.2.1: every key has an SPI."""

from mediasec.mikey.payloads import Interval, KeyData, Spi
from mediasec.mikey.policy_rules import check_indices
from mediasec.mikey.registry import KeyDataType


def test_mky_096__every_key_has_an_spi():
    """An SPI is given for each key."""
    named = KeyData(kind=KeyDataType.MPK, key=bytes(16), validity=Spi(value=b"\x01"))
    unnamed = KeyData(kind=KeyDataType.TGK, key=bytes(16))
    timed = KeyData(kind=KeyDataType.TEK, key=bytes(16), validity=Interval(valid_from=b"", valid_to=b""))
    findings = check_indices([named, unnamed, timed], "keys")
    assert [(finding.requirement, finding.where) for finding in findings] == [
        ("MKY_096", "keys[1]"),
        ("MKY_096", "keys[2]"),
    ]
    assert check_indices([named], "keys") == []
