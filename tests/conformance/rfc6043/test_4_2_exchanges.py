"""RFC 6043, 4.2: which response belongs to which initial message."""

import pytest

from mediasec.mikey.exchange_rules import check_exchange

INITIAL = ["request_init_psk", "request_init_pk", "transfer_init", "resolve_init_psk", "resolve_init_pk"]
RESPONSES = {"request": "request_resp", "transfer": "transfer_resp", "resolve": "resolve_resp"}


@pytest.mark.parametrize("initial", INITIAL)
@pytest.mark.parametrize("response", [*RESPONSES.values(), "transfer_init"])
def test_mky_091__each_initial_message_has_its_response(mikey_messages, initial, response):
    """A REQUEST_INIT is answered by REQUEST_RESP, and likewise for TRANSFER and RESOLVE."""
    findings = check_exchange(mikey_messages[initial], mikey_messages[response])
    belongs = RESPONSES[initial.partition("_")[0]] == response
    assert [finding.requirement for finding in findings] == ([] if belongs else ["MKY_091"])


def test_mky_091__messages_of_rfc_3830_are_not_part_of_it(mikey_messages):
    """A message that begins no ticket exchange has no ticket response."""
    offer, answer = mikey_messages["rfc4567_offer"], mikey_messages["rfc4567_answer"]
    assert [finding.requirement for finding in check_exchange(offer, answer)] == ["MKY_091"]
