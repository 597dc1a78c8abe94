"""RFC 6043, 12.4: no message is taken twice."""

import dataclasses

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error, RoleIdentity, RoleRand, Ticket, Timestamp, Verification
from mediasec.mikey.protection import ProtectionKeys, authenticate, initial_coverage
from mediasec.mikey.registry import ErrorNumber, IdentityRole, IdentityType, RandRole, TimestampType
from mediasec.mikey.replay import ReplayGuard
from mediasec.procedures.ticket_subscribers import Subscriber
from mediasec.procedures.ticket_terms import PreSharedKey, uri_identity

NOW = 1_796_126_400.0


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
def test_proc_156__kms_answers_a_message_once(replayed, octet_stream, name):
    """The KMS answers a message the first time, and refuses it the second time."""
    parties = replayed("mode_1_forking")
    assert parties.kms.answer(parties.octets[name], NOW, octet_stream()).refusal is None
    again = parties.kms.answer(parties.octets[name], NOW + 1, octet_stream())
    assert "MKY_171" in str(again.refusal)
    assert Message.parse(again.reply).first(Error).number is ErrorNumber.INVALID_TS


@pytest.mark.parametrize("difference", [-121, 125])
def test_proc_156__kms_refuses_what_is_out_of_date(replayed, octet_stream, difference):
    """The KMS refuses a timestamp outside of its window."""
    parties = replayed("mode_1")
    answer = parties.kms.answer(parties.octets["REQUEST_INIT"], NOW + difference, octet_stream())
    assert "MKY_170" in str(answer.refusal)


def test_proc_156__message_that_did_not_verify_is_not_remembered(replayed, octet_stream):
    """Who cannot authenticate cannot make the KMS refuse the real message."""
    parties = replayed("mode_1")
    octets = parties.octets["REQUEST_INIT"]
    parties.kms.answer(octets[:30] + b"\x00" + octets[31:], NOW, octet_stream())
    assert parties.kms.answer(octets, NOW, octet_stream()).refusal is None


@pytest.mark.parametrize("case", ["mode_1", "mode_4"])
def test_proc_156__responders_of_a_node_take_a_transfer_once(replayed, joined, octet_stream, case):
    """Responders that share a guard take a TRANSFER_INIT once, and none that is out of date."""
    parties, guard = replayed(case), ReplayGuard()
    parties.responder = parties.new_responder(replay=guard)
    octets = joined(parties)["TRANSFER_INIT"]
    with pytest.raises(RequirementViolated, match="MKY_171"):
        parties.new_responder(replay=guard).receive_transfer(octets, NOW, octet_stream())
    with pytest.raises(RequirementViolated, match="MKY_170"):
        parties.new_responder().receive_transfer(octets, NOW + 1000, octet_stream())


def test_proc_156__counters_of_unnamed_senders_stay_apart(replayed, octet_stream):
    """Where the message leaves the sender's identity out, the name of its key tells the counters apart."""
    parties = replayed("mode_3_key_wrap")
    kms = parties.identities["kms"].data

    def asked(key, name, counter):
        rand = RoleRand(role=RandRole.RESPONDER, value=bytes(16))
        message = Message.parse(parties.octets["RESOLVE_INIT"])
        ticket, blank = message.first(Ticket), Verification.blank(message.authenticator.algorithm)
        stamp = Timestamp(kind=TimestampType.COUNTER, value=counter)
        key_name = RoleIdentity(
            role=IdentityRole.PRE_SHARED_KEY, kind=IdentityType.BYTE_STRING, data=key.name
        )
        message = dataclasses.replace(message, payloads=(stamp, rand, ticket, key_name, blank))
        function = message.header.prf_function
        keys = ProtectionKeys.of_initial(function, key.key, message.header.csb_id, rand_r=rand.value)
        return authenticate(message, keys, initial_coverage(message, name, kms)).serialize()

    first, second = (PreSharedKey(name=bytes([n]), key=bytes([n]) * 16) for n in (1, 2))
    uris = [uri_identity("sip:one@example.com"), uri_identity("sip:two@example.com")]
    parties.kms = parties.new_kms(
        subscribers=[
            Subscriber(identity=uri, credential=key) for uri, key in zip(uris, (first, second), strict=True)
        ]
    )
    refusals = [
        str(parties.kms.answer(asked(key, uri.data, counter), NOW, octet_stream()).refusal)
        for key, uri, counter in ((first, uris[0], 9), (second, uris[1], 5), (first, uris[0], 9))
    ]
    assert ["MKY_174" in refusal for refusal in refusals] == [False, False, True]


def test_proc_156__counters_rise(replayed, octet_stream):
    """With counters a message is taken once too."""
    parties = replayed("mode_3_key_wrap")
    assert parties.kms.answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream()).refusal is None
    again = parties.kms.answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream())
    assert "MKY_174" in str(again.refusal)
