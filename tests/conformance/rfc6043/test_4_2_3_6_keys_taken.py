"""RFC 6043, 4.2.3.6: which keys a Responder takes, and what it verifies with them."""

import pytest

from mediasec.errors import AuthenticationFailed, RequirementViolated
from mediasec.procedures.ticket_responder import ResponderState

NOW = 1_796_126_400.0


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking", "mode_3"])
def test_proc_150__keys_of_an_authentic_response_are_taken(replayed, joined, case):
    """The Responder takes the keys of a RESOLVE_RESP that verifies."""
    parties = replayed(case)
    joined(parties)
    assert parties.responder.state is ResponderState.ESTABLISHED


def test_proc_150__changed_response_is_not_taken_and_the_right_one_is(replayed, octet_stream):
    """A RESOLVE_RESP with another MAC changes nothing; the right one is taken after it."""
    parties = replayed("mode_1")
    parties.take()
    octets = parties.octets["RESOLVE_RESP"]
    with pytest.raises(AuthenticationFailed):
        parties.responder.receive_keys(octets[:-1] + bytes([octets[-1] ^ 1]), NOW, octet_stream())
    assert parties.responder.state is ResponderState.RESOLVING
    assert parties.take_keys().to_initiator == parties.octets["TRANSFER_RESP"]


def test_proc_150__response_without_the_keys_that_the_policy_wants_is_refused(replayed, octet_stream):
    """An authentic RESOLVE_RESP with other keys than the policy wants ends it."""
    parties = replayed("mode_1")
    kms = parties.kms
    kms._delivered = lambda keys, policy, random: keys.session_keys
    random = octet_stream()
    taken = parties.responder.receive_transfer(parties.octets["TRANSFER_INIT"], NOW, random)
    reply = kms.answer(taken.to_kms, NOW, random).reply
    with pytest.raises(RequirementViolated, match="MKY_095"):
        parties.responder.receive_keys(reply, NOW, random)
    assert parties.responder.state is ResponderState.REFUSED


@pytest.mark.parametrize("case", ["mode_1", "mode_4"])
def test_proc_151__transfer_that_does_not_verify_is_refused_at_last(replayed, octet_stream, case):
    """A TRANSFER_INIT with another MAC is noticed when the keys are there."""
    parties, random = replayed(case), octet_stream()
    octets = parties.octets["TRANSFER_INIT"]
    wrong = octets[:-1] + bytes([octets[-1] ^ 1])
    if case == "mode_4":
        with pytest.raises(AuthenticationFailed):
            parties.responder.receive_transfer(wrong, NOW, random)
        assert parties.responder.state is ResponderState.IDLE
    else:
        taken = parties.responder.receive_transfer(wrong, NOW, random)
        reply = parties.kms.answer(taken.to_kms, NOW, random).reply
        with pytest.raises(AuthenticationFailed):
            parties.responder.receive_keys(reply, NOW, random)
        assert parties.responder.state is ResponderState.REFUSED
    assert parties.responder.agreement is None
