"""RFC 4567, 4.1.4: the list of offered key management protocols."""

from mediasec.mikey.payloads import GeneralExtension
from mediasec.mikey.registry import GeneralExtensionType


def test_mky_041__identifiers_are_joined_by_semicolons_in_order():
    """All offered identifiers are listed with `;` between them, in the order of the description."""
    extension = GeneralExtension.of_protocols(("mikey", "keyp1", "keyp2"))
    assert extension == GeneralExtension(kind=GeneralExtensionType.SDP_IDS, data=b"mikey;keyp1;keyp2")
    assert extension.protocols == ("mikey", "keyp1", "keyp2")


def test_mky_041__a_single_identifier_is_listed_too():
    """The list is there even if only one protocol is offered."""
    assert GeneralExtension.of_protocols(("mikey",)).data == b"mikey"


def test_mky_041__another_extension_lists_no_protocol():
    """Data of another type is no list of protocols."""
    assert GeneralExtension(kind=GeneralExtensionType.VENDOR_ID, data=b"mikey").protocols == ()
