"""RFC 6043, 5.3: using a ticket again."""

import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket, Timestamp
from mediasec.mikey.registry import IdentityRole, RandRole
from mediasec.procedures.ticket_memory import ResolvedTicket, TicketMemory
from mediasec.procedures.ticket_responder import ResponderState

NOW = 1_796_126_420.0


def test_proc_135__second_transfer_is_new_in_everything_but_the_ticket(replayed, joined, octet_stream):
    """A reused ticket has a new CSB ID, a new timestamp and a new RANDRi."""
    parties = replayed("mode_1_reuse")
    first = Message.parse(joined(parties)["TRANSFER_INIT"])
    octets = parties.initiator.transfer(parties.identities["called"], NOW, octet_stream("again"))
    second = Message.parse(octets)
    assert second.header.csb_id != first.header.csb_id
    assert second.first(Timestamp) != first.first(Timestamp)
    assert second.rand(RandRole.INITIATOR) != first.rand(RandRole.INITIATOR)
    assert second.first(Ticket).data == first.first(Ticket).data
    assert second.first(Ticket).initiator_data != first.first(Ticket).initiator_data


def test_proc_135__ticket_without_the_flag_is_not_sent_again(replayed, joined, octet_stream):
    """Without the flag J a ticket is sent once."""
    parties = replayed("mode_1_forking")
    joined(parties)
    with pytest.raises(LocalProtocolError, match="PROC_135"):
        parties.initiator.transfer(parties.identities["called"], NOW, octet_stream())


def test_proc_145__second_use_does_not_go_to_the_kms(replayed, joined, octet_stream):
    """A Responder that resolved the ticket before keeps its keys and the modifier."""
    parties, memory = replayed("mode_1_reuse"), TicketMemory()
    parties.responder = parties.new_responder(memory=memory)
    first = Message.parse(joined(parties)["TRANSFER_RESP"])
    before = parties.responder.agreement
    octets = parties.initiator.transfer(parties.identities["called"], NOW, octet_stream("again"))
    responder = parties.new_responder(memory=memory)
    answer = responder.receive_transfer(octets, NOW, octet_stream("answer"))
    assert answer.to_kms is None
    second = Message.parse(answer.to_initiator)
    for find in (
        lambda message: message.identity(IdentityRole.RESPONDER),
        lambda message: message.rand(RandRole.KMS),
    ):
        assert find(first) == find(second)
    parties.initiator.receive_response(answer.to_initiator)
    assert parties.initiator.agreement.bundle == responder.agreement.bundle
    assert responder.agreement.bundle.sessions[0].key != before.bundle.sessions[0].key


def test_proc_145__ticket_without_the_flag_is_refused_the_second_time(replayed, joined, octet_stream):
    """A Responder knows a ticket that it accepted, and refuses it if the flag J is 0."""
    parties, memory = replayed("mode_4"), TicketMemory()
    parties.responder = parties.new_responder(memory=memory)
    joined(parties)
    parties.initiator.state = type(parties.initiator.state).READY
    octets = parties.initiator.transfer(parties.identities["called"], NOW, octet_stream("again"))
    responder = parties.new_responder(memory=memory)
    with pytest.raises(RequirementViolated, match="PROC_145"):
        responder.receive_transfer(octets, NOW, octet_stream("answer"))
    assert responder.state is ResponderState.IDLE


def test_proc_145__memory_is_bounded_and_forgets_the_oldest(replayed, joined):
    """The memory holds no more tickets than it may, and has no keys of tickets that are used once."""
    parties = replayed("mode_1")
    joined(parties)
    ticket, keys = parties.initiator.ticket.ticket, parties.initiator.ticket.keys
    memory = TicketMemory(capacity=2)
    for data in (b"first", b"second", b"third"):
        memory.keep(type(ticket)(policy=ticket.policy, data=data), ResolvedTicket(keys=keys))
    assert memory.find(type(ticket)(policy=ticket.policy, data=b"first")) is None
    assert list(memory._seen.values()) == [None, None]
    with pytest.raises(RequirementViolated, match="PROC_145"):
        memory.find(type(ticket)(policy=ticket.policy, data=b"third"))
