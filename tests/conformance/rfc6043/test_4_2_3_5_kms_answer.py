"""RFC 6043, 4.2.3.5: what RESOLVE_RESP has."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.registry import IdentityRole, RandRole
from mediasec.mikey.rules import check_message
from mediasec.mikey.strength import check_algorithms

NOW = 1_796_126_400.0


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking", "mode_1_forking_256", "mode_3_forking"])
def test_proc_159__response_keeps_every_rule(replayed, joined, case):
    """RESOLVE_RESP has timestamp, IDRkms, KEMAC and MAC, and breaks no rule of the exchange."""
    parties = replayed(case)
    sent = joined(parties)
    initial, response = (Message.parse(sent[name]) for name in ("RESOLVE_INIT", "RESOLVE_RESP"))
    assert check_message(response) == []
    assert check_exchange(initial, response) == []
    assert check_algorithms(response) == []
    assert response.identity(IdentityRole.KMS).data == parties.identities["kms"].data


@pytest.mark.parametrize("case", ["mode_1", "mode_3"])
def test_proc_159__keys_are_not_forked_without_the_flag(replayed, joined, case):
    """Without key forking the Responder gets the keys of the ticket as they are, and no modifier."""
    parties = replayed(case)
    response = Message.parse(joined(parties)["RESOLVE_RESP"])
    assert response.identity(IdentityRole.RESPONDER) is None
    assert response.rand(RandRole.KMS) is None


def test_proc_162__modifier_is_the_responder_and_a_fresh_random_value(replayed, octet_stream):
    """Each Responder, and each time, has another RANDRkms and with it other keys."""
    parties = replayed("mode_1_forking")
    responses = []
    for seed in ("first", "second"):
        answer = parties.new_kms().answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream(seed))
        responses.append(Message.parse(answer.reply))
    rands = [response.rand(RandRole.KMS).value for response in responses]
    assert rands[0] != rands[1]
    assert [len(rand) for rand in rands] == [16, 16]
    for response in responses:
        identity = response.identity(IdentityRole.RESPONDER)
        assert identity.data == parties.identities["responder"].data


def test_proc_162__initiator_data_are_verified(replayed, joined):
    """With key forking the KMS refuses a ticket whose Initiator Data are not from its owner."""
    parties = replayed("mode_1_forking")

    def change(octets):
        message = Message.parse(octets)
        ticket = message.first(Ticket)
        data = ticket.initiator_data[:-1] + bytes([ticket.initiator_data[-1] ^ 1])
        changed = dataclasses.replace(ticket, initiator_data=data)
        payloads = tuple(changed if each is ticket else each for each in message.payloads)
        return dataclasses.replace(message, payloads=payloads).serialize()

    # The Initiator Data is outside of the MAC of TRANSFER_INIT, so only the KMS can notice.
    random, now = (lambda length: bytes(range(length))), NOW
    answer = parties.responder.receive_transfer(change(parties.octets["TRANSFER_INIT"]), now, random)
    refused = parties.kms.answer(answer.to_kms, now, random)
    assert isinstance(refused.refusal, AuthenticationFailed)
    assert refused.subscriber == parties.identities["responder"]


def test_proc_162__thief_of_a_ticket_is_noticed(replayed, octet_stream):
    """Who has MPKi but not MPKr, because the ticket is not its own, cannot send the ticket."""
    parties, random = replayed("mode_1_forking"), octet_stream()
    parties.request()
    granted = parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    thief = parties.new_initiator()
    thief.ticket = dataclasses.replace(granted, keys=dataclasses.replace(granted.keys, mpk_r=bytes(16)))
    thief.state = parties.initiator.state
    octets = thief.transfer(parties.identities["called"], NOW, random)
    taken = parties.responder.receive_transfer(octets, NOW, random)
    answer = parties.kms.answer(taken.to_kms, NOW, random)
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert parties.responder.agreement is None
