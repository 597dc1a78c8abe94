"""RFC 8855, 5.2.6.1: error specific details for error code 4."""

from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import ErrorCode


def test_bfcp_013__lists_types_in_the_first_7_bits():
    """Each unknown type is in the first 7 bits of an octet; padding follows."""
    assert ErrorCode.of_unknown([99, 100]).serialize() == bytes.fromhex("0c 05 04 c6 c8 000000")


def test_bfcp_013__ignores_the_last_bit():
    """The last bit of each octet means nothing."""
    (error,) = parse_attributes(bytes.fromhex("0c 05 04 c7 c8 000000"))
    assert error.unknown_types == (99, 100)


def test_bfcp_013__other_errors_list_nothing():
    """Details of another error are no types."""
    (error,) = parse_attributes(bytes.fromhex("0c 05 05 c7 c8 000000"))
    assert error.unknown_types == ()
