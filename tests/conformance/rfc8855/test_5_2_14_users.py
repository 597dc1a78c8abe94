"""RFC 8855, 5.2.14 and 5.2.16: BENEFICIARY-INFORMATION and REQUESTED-BY-INFORMATION."""

import pytest

from mediasec.bfcp import ErrorCode
from mediasec.bfcp.groups import BeneficiaryInformation, RequestedByInformation, parse_attributes
from mediasec.bfcp.values import FloorId, UserDisplayName, UserUri

NAME, URI = UserDisplayName(text="Ann"), UserUri(text="sip:ann@example.org")


@pytest.mark.parametrize(
    ("octets", "group"),
    [
        ("1c 04 0102", BeneficiaryInformation(identifier=0x0102)),
        ("20 0c 0102 18 05 416e6e 000000", RequestedByInformation(identifier=0x0102, attributes=(NAME,))),
    ],
)
def test_bfcp_016__begins_with_user_id(octets, group):
    """The group begins with the user ID and holds what is known of the user."""
    assert group.serialize() == bytes.fromhex(octets)
    assert parse_attributes(bytes.fromhex(octets)) == (group,)


@pytest.mark.parametrize("kind", [BeneficiaryInformation, RequestedByInformation])
def test_bfcp_016__one_name_and_one_uri(kind):
    """A second name or a second URI is a fault that cannot be passed over."""
    assert kind(identifier=1, attributes=(NAME, URI)).check("a") == []
    for attributes in ((NAME, NAME), (URI, URI)):
        (finding,) = kind(identifier=1, attributes=attributes).check("a")
        assert (finding.requirement, finding.reply) == ("BFCP_016", ErrorCode.UNABLE_TO_PARSE_MESSAGE)


@pytest.mark.parametrize("attributes", [(URI, NAME), (FloorId(value=1),)])
def test_bfcp_016__wrong_place_is_passed_over(attributes):
    """An attribute at the wrong place, or one that belongs elsewhere, is not sent but can be received."""
    findings = BeneficiaryInformation(identifier=1, attributes=attributes).check("a")
    assert [(finding.requirement, finding.reply) for finding in findings] == [("BFCP_016", None)]
