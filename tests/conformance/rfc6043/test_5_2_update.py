"""RFC 6043, 5.2: the update of a crypto session bundle."""

from mediasec.mikey.registry import PayloadType
from mediasec.mikey.rules import check_message, is_update


def found(message):
    return [(finding.requirement, finding.message) for finding in check_message(message, update=True)]


def test_mky_079__an_update_needs_neither_ticket_nor_random_value(mikey_messages, edit):
    """A TRANSFER_INIT that updates a crypto session bundle needs neither RANDRi nor TICKET."""
    initial = mikey_messages["transfer_init"]
    update = edit.without(edit.without(initial, PayloadType.TICKET), PayloadType.RANDR)
    assert is_update(update)
    assert not is_update(initial)
    assert found(update) == []
    assert [finding.requirement for finding in check_message(update)] == ["MKY_073", "MKY_073"]


def test_mky_079__an_update_has_a_timestamp_and_a_verification(mikey_messages, edit):
    """An update has T and, as its last payload, V."""
    initial = mikey_messages["transfer_init"]
    for missing in (PayloadType.T, PayloadType.V):
        assert found(edit.without(initial, missing)) == [("MKY_079", f"{missing.name} is missing")]


def test_mky_079__policies_of_an_update_may_stand_in_the_initial_exchange(mikey_messages, edit):
    """An update may name a policy that an earlier message described."""
    initial = mikey_messages["transfer_init"]
    update = edit.without(edit.without(initial, PayloadType.TICKET), PayloadType.RANDR)
    assert found(edit.without(update, PayloadType.SP)) == []
