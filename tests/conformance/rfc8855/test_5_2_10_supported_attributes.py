"""RFC 8855, 5.2.10: SUPPORTED-ATTRIBUTES."""

import pytest

from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import SupportedAttributes


def test_bfcp_015__attributes_in_7_bits():
    """Each type is in the first 7 bits of an octet, the last bit being zero."""
    assert SupportedAttributes(types=(1, 2, 18)).serialize() == bytes.fromhex("14 05 02 04 24 000000")


def test_bfcp_015__ignores_the_last_bit():
    """The last bit of each octet means nothing."""
    octets = bytes.fromhex("14 05 03 05 25 000000")
    assert parse_attributes(octets) == (SupportedAttributes(types=(1, 2, 18)),)


@pytest.mark.parametrize("types", [(128,), (-1,)])
def test_bfcp_015__refuses_type_that_does_not_fit(types):
    """A type of more than 7 bits is not sent."""
    assert [finding.requirement for finding in SupportedAttributes(types=types).check("a")] == ["BFCP_015"]
