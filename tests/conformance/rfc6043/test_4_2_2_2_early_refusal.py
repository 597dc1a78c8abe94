"""RFC 6043, 4.2.2.2: what a Responder refuses without asking the KMS."""

import dataclasses

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GenericMap, Ticket
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import PrfFunction, TicketFlag, TicketType
from mediasec.procedures.ticket_responder import ResponderState

NOW = 1_796_126_400.0


def test_proc_146__acceptable_ticket_goes_to_the_kms(replayed):
    """A ticket that is acceptable is sent to the KMS as it came."""
    parties = replayed("mode_1_forking")
    answer = parties.take()
    assert answer.to_kms == parties.octets["RESOLVE_INIT"]
    assert answer.to_initiator is None
    assert answer.agreement is None
    transferred = Message.parse(parties.octets["TRANSFER_INIT"]).first(Ticket)
    assert Message.parse(answer.to_kms).first(Ticket) == transferred


def with_policy(message, **fields):
    ticket = message.first(Ticket)
    changed = dataclasses.replace(ticket, policy=dataclasses.replace(ticket.policy, **fields))
    return dataclasses.replace(
        message, payloads=tuple(changed if each is ticket else each for each in message.payloads)
    )


def two_sessions(message):
    (session,) = message.header.sessions.sessions
    sessions = GenericMap(sessions=(session, dataclasses.replace(session, cs_id=2)))
    return dataclasses.replace(message, header=dataclasses.replace(message.header, sessions=sessions))


@pytest.mark.parametrize(
    ("change", "requirement"),
    [
        (
            lambda message: with_policy(
                message, ticket_type=TicketType.THREEGPP_BASE, flags=TicketFlag(0xF80)
            ),
            "MKY_203",
        ),
        (lambda message: with_policy(message, prf_function=PrfFunction.PRF_HMAC_SHA_256), "MKY_144"),
        (two_sessions, "MKY_205"),
    ],
)
def test_proc_146__unacceptable_message_is_refused_at_once(replayed, octet_stream, change, requirement):
    """What the Responder does not accept ends before the KMS is asked."""
    parties = replayed("mode_1")
    octets = change(Message.parse(parties.octets["TRANSFER_INIT"])).serialize()
    with pytest.raises(RequirementViolated, match=requirement):
        parties.responder.receive_transfer(octets, NOW, octet_stream())
    assert parties.responder.state is ResponderState.IDLE


def test_proc_146__policy_of_another_protocol_is_refused(replayed, octet_stream):
    """A crypto session whose protocol is not TLS is refused."""
    parties = replayed("mode_1")
    settings = dataclasses.replace(parties.settings, profile=Profile(tls_protocol_type=250))
    responder = parties.new_responder(settings=settings)
    with pytest.raises(RequirementViolated, match="MKY_205"):
        responder.receive_transfer(parties.octets["TRANSFER_INIT"], NOW, octet_stream())


def test_proc_146__ticket_out_of_date_is_refused(replayed, octet_stream):
    """A ticket whose validity has ended is refused."""
    parties = replayed("mode_1")
    late = NOW + parties.settings.validity_seconds + 2
    with pytest.raises(RequirementViolated, match="MKY_203"):
        parties.responder.receive_transfer(parties.octets["TRANSFER_INIT"], late, octet_stream())
