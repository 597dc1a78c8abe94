"""RFC 6043, 4.1.1: which key protects a ticket, and who makes it."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.base_ticket import open_ticket, ticket_key_identity
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.registry import TicketFlag
from mediasec.procedures.ticket_subscribers import Subscriber


@pytest.mark.parametrize("case", ["mode_3", "mode_3_forking", "mode_4"])
def test_proc_129__initiator_makes_the_ticket(replayed, joined, case):
    """In modes 3 and 4 the Initiator makes the ticket under a shared key, with D 0 and L 1."""
    parties = replayed(case)
    sent = joined(parties)
    assert "REQUEST_INIT" not in sent
    ticket = Message.parse(sent["TRANSFER_INIT"]).first(Ticket)
    assert ticket_key_identity(ticket) == parties.ticket_key.name
    assert open_ticket(ticket, parties.ticket_key.key) == parties.initiator.ticket.keys
    assert TicketFlag.GENERATED_BY_KMS not in ticket.policy.flags
    assert TicketFlag.INITIATOR_KEYS in ticket.policy.flags


def test_proc_129__flags_are_put_right(replayed, joined):
    """An Initiator that is set to ask the KMS makes a ticket with D 0 and L 1 all the same."""
    parties = replayed("mode_4")
    flags = parties.settings.flags & ~TicketFlag.INITIATOR_KEYS | TicketFlag.GENERATED_BY_KMS
    parties.initiator = parties.new_initiator(flags=flags)
    flags = Message.parse(joined(parties)["TRANSFER_INIT"]).first(Ticket).policy.flags
    assert flags & (TicketFlag.GENERATED_BY_KMS | TicketFlag.INITIATOR_KEYS) == TicketFlag.INITIATOR_KEYS


def test_proc_158__key_of_the_only_responder_protects_the_ticket(replayed, joined):
    """A ticket that need not be resolved is protected by the key of its only Responder."""
    parties = replayed("mode_2")
    sent = joined(parties)
    assert set(sent) == {"REQUEST_INIT", "REQUEST_RESP", "TRANSFER_INIT", "TRANSFER_RESP"}
    ticket = Message.parse(sent["TRANSFER_INIT"]).first(Ticket)
    assert ticket_key_identity(ticket) == parties.ticket_key.name
    open_ticket(ticket, parties.ticket_key.key)


def test_proc_158__key_of_the_kms_protects_what_must_be_resolved(replayed, joined):
    """With the flag E the ticket is protected by a key that the Responder does not have."""
    parties = replayed("mode_2")
    parties.initiator = parties.new_initiator(flags=parties.settings.flags | TicketFlag.RESOLVE_MANDATORY)
    sent = joined(parties)
    assert "RESOLVE_INIT" in sent
    ticket = Message.parse(sent["TRANSFER_INIT"]).first(Ticket)
    assert ticket_key_identity(ticket) != parties.ticket_key.name
    with pytest.raises(AuthenticationFailed):
        open_ticket(ticket, parties.ticket_key.key)


def test_proc_158__key_of_the_kms_protects_what_no_key_is_shared_for(replayed, joined):
    """Without a key shared with the Responder, the KMS takes its own, and the Responder asks."""
    parties = replayed("mode_2")
    subscribers = [
        Subscriber(
            identity=parties.identities[who],
            credential=parties._shared(f"psk_of_{who}", f"PSK of the {who.capitalize()}") or credential,
        )
        for who, credential in (
            ("initiator", None),
            ("responder", dataclasses.replace(parties.ticket_key, name=b"psk-of-mrfc-2")),
        )
    ]
    parties.kms = parties.new_kms(subscribers=subscribers)
    parties.responder = parties.new_responder(
        ticket_keys=[],
        kms=dataclasses.replace(parties._association("responder"), credential=subscribers[1].credential),
    )
    assert "RESOLVE_INIT" in joined(parties)
