"""RFC 6043, 4.2.1.6: which tickets an Initiator keeps."""

import pytest

from mediasec.errors import AuthenticationFailed, RequirementViolated
from mediasec.mikey.registry import TicketFlag
from mediasec.procedures.ticket_grants import GrantRules
from mediasec.procedures.ticket_initiator import InitiatorState

NOW = 1_796_126_400.0


def test_proc_128__authentic_and_acceptable_ticket_is_kept(replayed):
    """The ticket of a response that verifies is kept."""
    parties = replayed("mode_1")
    parties.request()
    granted = parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    assert parties.initiator.ticket == granted
    assert parties.initiator.state is InitiatorState.READY


def test_proc_128__unacceptable_grant_is_discarded_and_asked_for_anew(replayed, octet_stream):
    """A grant without the key forking that was asked for is discarded; the Initiator may ask again."""
    parties, random = replayed("mode_1_forking"), octet_stream()
    called = [parties.identities["called"]]
    kms = parties.new_kms(rules=GrantRules(forbidden=TicketFlag.KEY_FORKING))
    asked = parties.initiator.request_ticket(called, NOW, random)
    with pytest.raises(RequirementViolated, match="MKY_204"):
        parties.initiator.receive_ticket(kms.answer(asked, NOW, random).reply, NOW)
    assert parties.initiator.ticket is None
    assert parties.initiator.state is InitiatorState.IDLE
    asked = parties.initiator.request_ticket(called, NOW, random)
    parties.initiator.receive_ticket(parties.kms.answer(asked, NOW, random).reply, NOW)
    assert parties.initiator.state is InitiatorState.READY


def test_proc_128__response_to_another_request_is_not_taken(replayed, octet_stream):
    """A response counts for the request that it covers alone."""
    parties, random = replayed("mode_1"), octet_stream()
    parties.initiator.request_ticket([parties.identities["called"]], NOW, random)
    with pytest.raises(AuthenticationFailed):
        parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    assert parties.initiator.ticket is None
    assert parties.initiator.state is InitiatorState.REQUESTING
