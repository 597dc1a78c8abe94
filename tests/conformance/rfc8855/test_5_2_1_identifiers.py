"""RFC 8855, 5.2.1 to 5.2.3: BENEFICIARY-ID, FLOOR-ID, FLOOR-REQUEST-ID."""

import pytest

from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import BeneficiaryId, FloorId, FloorRequestId
from mediasec.errors import MalformedMessage


@pytest.mark.parametrize(
    ("attribute", "octets"),
    [
        (BeneficiaryId(value=0x0102), "02 04 0102"),
        (FloorId(value=0xFFFF), "04 04 ffff"),
        (FloorRequestId(value=0), "06 04 0000"),
    ],
)
def test_bfcp_009__holds_16_bits(attribute, octets):
    """Each identifier is an unsigned integer of 16 bits."""
    assert attribute.serialize() == bytes.fromhex(octets)
    assert parse_attributes(bytes.fromhex(octets)) == (attribute,)


@pytest.mark.parametrize("octets", ["02 03 01 00", "04 05 010203 000000", "06 02 0000"])
def test_bfcp_009__rejects_another_length(octets):
    """An identifier of another length does not parse."""
    with pytest.raises(MalformedMessage):
        parse_attributes(bytes.fromhex(octets))


@pytest.mark.parametrize("value", [-1, 0x10000])
def test_bfcp_009__refuses_value_that_does_not_fit(value):
    """An identifier that needs more than 16 bits is not sent."""
    findings = FloorId(value=value).check("attribute[0]")
    assert [(finding.requirement, finding.where) for finding in findings] == [
        ("BFCP_009", "attribute[0].value")
    ]
