"""RFC 8855, 5.2.11: SUPPORTED-PRIMITIVES."""

import pytest

from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import SupportedPrimitives


def test_bfcp_015__primitives_in_8_bits():
    """Each primitive is a whole octet."""
    octets = bytes.fromhex("16 05 01 02 ff 000000")
    primitives = SupportedPrimitives(primitives=(1, 2, 255))
    assert primitives.serialize() == octets
    assert parse_attributes(octets) == (primitives,)


@pytest.mark.parametrize("primitives", [(256,), (-1,)])
def test_bfcp_015__refuses_primitive_that_does_not_fit(primitives):
    """A primitive of more than 8 bits is not sent."""
    findings = SupportedPrimitives(primitives=primitives).check("a")
    assert [finding.requirement for finding in findings] == ["BFCP_015"]
