"""RFC 6043, 4.2.1.1: what REQUEST_INIT has, and whom the granted policy names."""

import dataclasses

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import EmptyMap, Error, Ticket, TicketPolicy, Timestamp
from mediasec.mikey.registry import ErrorNumber, IdentityRole, RandRole
from mediasec.mikey.rules import check_message
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_grants import GrantRules, granted_policy
from mediasec.procedures.ticket_policies import desired_policy

NOW = 1_796_126_400.0


@pytest.mark.parametrize("case", ["mode_1", "mode_1_public_key", "mode_1_forking_256"])
def test_proc_120__initial_messages_to_the_kms(replayed, joined, case):
    """Both initial messages have timestamp, random value, identities, no crypto session and the V flag."""
    parties = replayed(case)
    sent = joined(parties)
    for name, role, rand in (
        ("REQUEST_INIT", IdentityRole.INITIATOR, RandRole.INITIATOR),
        ("RESOLVE_INIT", IdentityRole.RESPONDER, RandRole.RESPONDER),
    ):
        message = Message.parse(sent[name])
        assert check_message(message) == []
        assert message.header.response_expected
        assert message.header.sessions == EmptyMap()
        assert message.first(Timestamp) is not None
        assert len(message.rand(rand).value) == parties.settings.suite.key_length
        assert message.identity(role).data == parties.identities[role.name.lower()].data
        assert message.identity(IdentityRole.KMS).data == parties.identities["kms"].data


def test_proc_120__every_message_has_a_new_csb_id_and_random_value(replayed, octet_stream):
    """Two requests share neither the CSB ID nor the random value."""
    parties, random = replayed("mode_1"), octet_stream()
    messages = [
        Message.parse(parties.initiator.request_ticket([parties.identities["called"]], NOW, random))
        for _ in range(2)
    ]
    assert messages[0].header.csb_id != messages[1].header.csb_id
    assert messages[0].rand(RandRole.INITIATOR) != messages[1].rand(RandRole.INITIATOR)


def test_proc_120__random_value_is_as_long_as_the_key(replayed, octet_stream):
    """A pre-shared key that is longer than the algorithms need makes the random value longer too."""
    parties = replayed("mode_1")
    association = parties._association("initiator")
    credential = dataclasses.replace(association.credential, key=bytes(range(48)))
    parties.initiator._kms = dataclasses.replace(association, credential=credential)
    message = Message.parse(
        parties.initiator.request_ticket([parties.identities["called"]], NOW, octet_stream())
    )
    assert len(message.rand(RandRole.INITIATOR).value) == 48


def test_proc_120__without_a_kms_nothing_is_asked(replayed, octet_stream):
    """Who has no KMS cannot ask one, and a short key does not protect a request."""
    parties = replayed("mode_1")
    called = [parties.identities["called"]]
    association = parties.initiator._kms
    parties.initiator._kms = None
    with pytest.raises(LocalProtocolError, match="PROC_120"):
        parties.initiator.request_ticket(called, NOW, octet_stream())
    short = terms.PreSharedKey(name=b"short", key=bytes(15))
    parties.initiator._kms = dataclasses.replace(association, credential=short)
    with pytest.raises(LocalProtocolError, match="MKY_140"):
        parties.initiator.request_ticket(called, NOW, octet_stream())


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
def test_proc_123__message_for_another_kms_is_refused(replayed, octet_stream, name):
    """A KMS that is not the one named refuses."""
    parties = replayed("mode_1")
    parties.identities["kms"] = terms.uri_identity("https://another.example.com")
    answer = parties.new_kms().answer(parties.octets[name], parties.now(name), octet_stream())
    assert "PROC_123" in str(answer.refusal)
    assert Message.parse(answer.reply).first(Error).number is ErrorNumber.INVALID_ID


def test_proc_164__granted_policy_names_the_authenticated_initiator(replayed, octet_stream):
    """Whoever the desired policy names, the granted one names the party that asked."""
    parties, random = replayed("mode_1"), octet_stream()
    parties.initiator._identity = terms.uri_identity("sip:ue-a@example.com")
    asked = parties.initiator.request_ticket([parties.identities["called"]], NOW, random)
    desired = Message.parse(asked).first(TicketPolicy)
    assert PolicyData.parse(desired.data).identity(IdentityRole.INITIATOR).data == b"sip:ue-a@example.com"
    granted = Message.parse(parties.kms.answer(asked, NOW, random).reply).first(Ticket).policy
    named = PolicyData.parse(granted.data)
    assert named.identity(IdentityRole.INITIATOR).data == b"sip:ue-a@example.com"
    assert named.identity(IdentityRole.KMS).data == parties.identities["kms"].data


def test_proc_164__another_initiator_in_the_policy_is_replaced(replayed):
    """A policy that names somebody else is granted with the party that asked."""
    parties = replayed("mode_1")
    stranger, asker, kms = (terms.uri_identity(f"sip:{name}@example.com") for name in ("x", "y", "kms"))
    desired = desired_policy(parties.settings, stranger, [parties.identities["called"]], NOW)
    granted = granted_policy(desired, GrantRules(), initiator=asker, kms=kms, keys=None, now=NOW)
    data = PolicyData.parse(granted.data)
    assert [each.data for each in data.identities(IdentityRole.INITIATOR)] == [asker.data]
    assert [each.data for each in data.identities(IdentityRole.KMS)] == [kms.data]
