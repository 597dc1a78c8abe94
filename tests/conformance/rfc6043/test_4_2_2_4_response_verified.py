"""RFC 6043, 4.2.2.4: by which response the Initiator agrees."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.protection import authenticate, response_coverage
from mediasec.procedures.ticket_initiator import InitiatorState


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking", "mode_4"])
def test_proc_138__response_that_verifies_is_agreed_on(replayed, joined, case):
    """A response that verifies gives both sides one bundle."""
    parties = replayed(case)
    joined(parties)
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking"])
def test_proc_138__changed_response_is_not_taken_and_the_right_one_is(replayed, joined, case):
    """A response with another MAC changes nothing; the right one is taken after it."""
    parties = replayed(case)
    kept = []

    def change(octets):
        kept.append(octets)
        return octets[:-1] + bytes([octets[-1] ^ 1])

    with pytest.raises(AuthenticationFailed):
        joined(parties, TRANSFER_RESP=change)
    assert parties.initiator.agreement is None
    assert parties.initiator.state is InitiatorState.TRANSFERRING
    parties.initiator.receive_response(kept[0])
    assert parties.initiator.state is InitiatorState.ESTABLISHED


def test_proc_138__authentic_response_that_is_not_acceptable_ends_it(replayed, joined):
    """A response that verifies and describes another crypto session is refused for good."""
    parties = replayed("mode_4")

    def change(octets):
        message = Message.parse(octets)
        (session,) = message.header.sessions.sessions
        sessions = dataclasses.replace(
            message.header.sessions, sessions=(dataclasses.replace(session, protocol_type=0),)
        )
        message = dataclasses.replace(message, header=dataclasses.replace(message.header, sessions=sessions))
        initial = parties.initiator._sent.message.octets
        return authenticate(
            message, parties.responder.agreement.protection, response_coverage(message, initial)
        ).serialize()

    with pytest.raises(RequirementViolated):
        joined(parties, TRANSFER_RESP=change)
    assert parties.initiator.state is InitiatorState.REFUSED
    assert parties.initiator.agreement is None


def test_proc_138__second_response_is_not_taken(replayed, joined):
    """When a response was taken, none is due any more."""
    parties = replayed("mode_1")
    sent = joined(parties)
    with pytest.raises(LocalProtocolError):
        parties.initiator.receive_response(sent["TRANSFER_RESP"])
