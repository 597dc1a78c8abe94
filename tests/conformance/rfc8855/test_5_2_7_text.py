"""RFC 8855, 5.2.7 to 5.2.9, 5.2.12 and 5.2.13: text."""

import pytest

from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import ErrorInfo, ParticipantProvidedInfo, StatusInfo, UserDisplayName, UserUri
from mediasec.errors import MalformedMessage

KINDS = [
    (ErrorInfo, 0x0E),
    (ParticipantProvidedInfo, 0x10),
    (StatusInfo, 0x12),
    (UserDisplayName, 0x18),
    (UserUri, 0x1A),
]


@pytest.mark.parametrize(("kind", "first"), KINDS)
def test_bfcp_014__is_utf_8(kind, first):
    """Text is written and read as UTF-8."""
    octets = bytes((first, 7)) + b"\xc3\xa9\xe2\x82\xac" + b"\0"
    assert kind(text="é€").serialize() == octets
    assert parse_attributes(octets) == (kind(text="é€"),)


@pytest.mark.parametrize(("kind", "first"), KINDS)
def test_bfcp_014__rejects_other_octets(kind, first):
    """Octets that are no UTF-8 do not parse."""
    with pytest.raises(MalformedMessage):
        parse_attributes(bytes((first, 4)) + b"\xc3\x28")


def test_bfcp_014__refuses_text_that_utf_8_cannot_write():
    """Half of a surrogate pair is not sent."""
    assert [finding.requirement for finding in StatusInfo(text="\ud800").check("a")] == ["BFCP_014"]
