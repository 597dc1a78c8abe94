"""RFC 6043, 4.2.2: the messages of the Ticket Transfer."""

import pytest

from mediasec.mikey.registry import PayloadType
from mediasec.mikey.rules import check_message


def found(message):
    return [(finding.requirement, finding.message) for finding in check_message(message)]


def test_mky_073__initial_message_is_complete(mikey_messages):
    """TRANSFER_INIT has T, RANDRi, TICKET and V, and may have identities, policies and other payloads."""
    assert found(mikey_messages["transfer_init"]) == []


@pytest.mark.parametrize("missing", ["T", "RANDR", "TICKET", "V"])
def test_mky_073__missing_payload_is_found(mikey_messages, edit, missing):
    """TRANSFER_INIT has T, RANDRi, TICKET and V."""
    broken = edit.without(mikey_messages["transfer_init"], PayloadType[missing])
    assert found(broken) == [("MKY_073", f"{missing}{'i' if missing == 'RANDR' else ''} is missing")]


def test_mky_073__identities_may_be_left_out(mikey_messages, edit):
    """IDRi and IDRr are optional."""
    assert found(edit.without(mikey_messages["transfer_init"], PayloadType.IDR)) == []


def test_mky_073__unexpected_payload_is_ignored(mikey_messages, edit):
    """A payload that the message is not expected to have is ignored."""
    extra = mikey_messages["rfc4567_offer"].payloads[1]
    assert found(edit.insert(mikey_messages["transfer_init"], 2, extra)) == []


def test_mky_074__response_is_complete(mikey_messages):
    """TRANSFER_RESP has T and V, and may have RANDRr, IDRr, RANDRkms, policies and KEMAC."""
    assert found(mikey_messages["transfer_resp"]) == []


@pytest.mark.parametrize("missing", ["T", "V"])
def test_mky_074__missing_payload_is_found(mikey_messages, edit, missing):
    """TRANSFER_RESP has T and V."""
    broken = edit.without(mikey_messages["transfer_resp"], PayloadType[missing])
    assert found(broken) == [("MKY_074", f"{missing} is missing")]


def test_mky_074__second_identity_of_the_responder_is_found(mikey_messages, edit):
    """TRANSFER_RESP has at most one IDRr."""
    message = mikey_messages["transfer_resp"]
    broken = edit.insert(message, 2, message.payloads[2])
    assert found(broken) == [("MKY_074", "IDRr is there 2 times and may be there once")]
