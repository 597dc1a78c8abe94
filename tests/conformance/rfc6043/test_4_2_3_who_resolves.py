"""RFC 6043, 4.2.3: when the KMS is asked about a ticket, and for whom it resolves it."""

import dataclasses

import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import ErrorNumber
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_subscribers import Subscriber

NOW = 1_796_126_400.0


@pytest.mark.parametrize("case", ["mode_2", "mode_4"])
def test_proc_149__ticket_whose_key_is_known_is_opened(replayed, joined, case):
    """A Responder that has the key of a ticket opens it itself."""
    parties = replayed(case)
    assert "RESOLVE_INIT" not in joined(parties)
    assert parties.responder.agreement is not None


@pytest.mark.parametrize("case", ["mode_1", "mode_3"])
def test_proc_149__ticket_that_must_be_resolved_is_resolved(replayed, joined, case):
    """With the flag E the KMS is asked, also by a Responder that has the key."""
    parties = replayed(case)
    parties.responder = parties.new_responder(ticket_keys=[parties.ticket_key])
    assert "RESOLVE_INIT" in joined(parties)


def test_proc_149__without_key_and_kms_nothing_can_be_done(replayed, octet_stream):
    """A Responder with neither the key nor a KMS cannot take the ticket."""
    parties = replayed("mode_1")
    responder = parties.new_responder(kms=None)
    with pytest.raises(LocalProtocolError, match="PROC_149"):
        responder.receive_transfer(parties.octets["TRANSFER_INIT"], NOW, octet_stream())


@pytest.mark.parametrize("named", [None, "sip:ue-a@example.com"])
def test_proc_148__one_initiator_is_taken(replayed, octet_stream, named):
    """Message, ticket and signalling name one Initiator."""
    parties = replayed("mode_1")
    initiator = None if named is None else terms.uri_identity(named)
    answer = parties.responder.receive_transfer(
        parties.octets["TRANSFER_INIT"], NOW, octet_stream(), initiator=initiator
    )
    assert answer.to_kms is not None


def test_proc_148__another_initiator_in_the_signalling_is_refused(replayed, octet_stream):
    """A caller that the ticket does not name is refused before the KMS is asked."""
    parties = replayed("mode_1")
    stranger = terms.uri_identity("sip:mallory@example.com")
    with pytest.raises(RequirementViolated, match="PROC_148"):
        parties.responder.receive_transfer(
            parties.octets["TRANSFER_INIT"], NOW, octet_stream(), initiator=stranger
        )


def test_proc_148__ticket_of_somebody_else_is_refused(replayed, octet_stream):
    """Who sends a ticket of another party in a message of its own is refused."""
    parties = replayed("mode_4")
    parties.make_ticket()
    parties.initiator._identity = terms.uri_identity("sip:mallory@example.com")
    octets = parties.initiator.transfer(parties.identities["called"], NOW, octet_stream())
    with pytest.raises(RequirementViolated, match="PROC_148"):
        parties.responder.receive_transfer(octets, NOW, octet_stream())


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking", "mode_3"])
def test_proc_160__named_responder_gets_the_keys(replayed, joined, case):
    """The KMS resolves for a Responder that the ticket names, itself or by its group."""
    assert "RESOLVE_RESP" in joined(replayed(case))


def test_proc_160__another_responder_gets_nothing(replayed, octet_stream):
    """A known party that the ticket does not name gets an error."""
    parties = replayed("mode_1_forking")
    subscribers = [
        Subscriber(
            identity=parties.identities["responder"],
            credential=parties._shared("psk_of_responder", "PSK of the Responder"),
            groups=frozenset([b"sip:conference-8@example.com"]),
        )
    ]
    kms = parties.new_kms(subscribers=subscribers)
    answer = kms.answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream())
    assert "PROC_160" in str(answer.refusal)
    assert answer.subscriber == parties.identities["responder"]
    assert Message.parse(answer.reply).first(Error).number is ErrorNumber.INVALID_ID


def test_proc_160__ticket_out_of_date_is_not_resolved(replayed, octet_stream):
    """A ticket is resolved within its validity period."""
    parties = replayed("mode_1")
    settings = dataclasses.replace(parties.settings, window_seconds=1e6)
    parties.settings = settings
    kms, late = parties.new_kms(), NOW + settings.validity_seconds + 2
    answer = kms.answer(parties.octets["RESOLVE_INIT"], late, octet_stream())
    assert "PROC_160" in str(answer.refusal)
    assert Message.parse(answer.reply).first(Error).number is ErrorNumber.INVALID_TPPAR
