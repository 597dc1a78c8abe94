"""RFC 6043, 6.10: what is asked for, what is granted, and whose ticket it is."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    Kemac,
    KeyData,
    RoleTimestamp,
    Spi,
    Ticket,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    KeyDataType,
    TicketFlag,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.ticket import PolicyData, serialize_key_data
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_grants import GrantRules, granted_policy, requested_keys
from mediasec.procedures.ticket_policies import desired_policy, issue_ticket
from mediasec.procedures.ticket_subscribers import Subscriber

NOW = 1_796_126_400.0
ALICE, CONFERENCE, KMS = (
    terms.uri_identity(uri) for uri in ("sip:alice@example.com", "sip:conf@example.com", "https://kms")
)
SETTINGS = terms.TicketSettings()
FORKING = terms.FORKING_FLAGS
CHANGED = TicketFlag.CHANGED_BY_KMS


def desired(flags=FORKING, **arguments):
    settings = dataclasses.replace(SETTINGS, flags=flags)
    return desired_policy(settings, ALICE, [CONFERENCE], NOW, kms=KMS, **arguments)


def grant(policy, rules=None, keys=None, initiator=ALICE):
    rules = GrantRules() if rules is None else rules
    return granted_policy(policy, rules, initiator=initiator, kms=KMS, keys=keys, now=NOW)


def test_proc_126__desired_policy_names_everybody():
    """The desired policy names KMS and Initiator, the end of validity, and each responder."""
    other = terms.uri_identity("sip:mrfc-2@example.com")
    policy = desired_policy(SETTINGS, ALICE, [CONFERENCE, other], NOW, kms=KMS)
    data = PolicyData.parse(policy.data)
    assert data.identity(IdentityRole.KMS).data == KMS.data
    assert data.identity(IdentityRole.INITIATOR).data == ALICE.data
    assert [each.data for each in data.identities(IdentityRole.RESPONDER)] == [CONFERENCE.data, other.data]
    assert data.time(TimestampRole.END).unix_time == NOW + SETTINGS.validity_seconds
    assert data.kemac is None
    assert policy.flags == FORKING


def test_proc_126__requested_keys_are_zeros():
    """Keys that are asked for have type, length and SPI, and are all zeros."""
    wanted = [
        terms.RequestedKey(kind=KeyDataType.GTGK_SALT, spi=b"one"),
        terms.RequestedKey(kind=KeyDataType.TEK, spi=b"two"),
    ]
    policy = desired(keys=wanted)
    kemac = PolicyData.parse(policy.data).kemac
    assert kemac.encryption is EncryptionAlgorithm.NULL
    found = requested_keys(policy, terms.SUITE_128)
    assert [(key.kind, key.validity.value) for key in found] == [(key.kind, key.spi) for key in wanted]
    assert {key.key for key in found} == {bytes(16)}
    assert [key.salt for key in found] == [bytes(14), None]


def test_proc_126__without_a_kms_none_is_named():
    """A ticket for a Responder that opens it itself names no KMS."""
    policy = desired_policy(SETTINGS, ALICE, [CONFERENCE], NOW)
    assert PolicyData.parse(policy.data).identity(IdentityRole.KMS) is None


@pytest.mark.parametrize(("case", "there"), [("mode_1_forking", True), ("mode_1", False), ("mode_4", False)])
def test_proc_131__initiator_data_exactly_with_key_forking(replayed, joined, case, there):
    """The Initiator puts in Initiator Data if and only if keys are forked."""
    message = Message.parse(joined(replayed(case))["TRANSFER_INIT"])
    assert bool(message.first(Ticket).initiator_data) == there


def test_proc_136__ticket_out_of_date_is_not_sent(replayed, octet_stream):
    """A ticket is sent within its validity period."""
    parties = replayed("mode_4")
    parties.make_ticket()
    end = parties.now("ticket") + parties.settings.validity_seconds
    with pytest.raises(LocalProtocolError, match="PROC_136"):
        parties.initiator.transfer(parties.identities["called"], end + 1, octet_stream())
    assert parties.initiator.transfer(parties.identities["called"], end - 1, octet_stream())


def requested(*keys):
    kemac = Kemac(encryption=EncryptionAlgorithm.NULL, data=serialize_key_data(keys))
    data = PolicyData.parse(desired().data)
    return dataclasses.replace(desired(), data=PolicyData(payloads=(*data.payloads, kemac)).serialize())


def key(kind=KeyDataType.TGK, length=16):
    return KeyData(kind=kind, key=bytes(length), validity=Spi(value=b"spi"))


def test_proc_163__keys_are_made_as_they_are_asked_for(replayed, joined):
    """The keys in the ticket have the types, lengths and SPIs that were asked for."""
    assert requested_keys(desired(), terms.SUITE_128) is None
    assert requested_keys(requested(), terms.SUITE_128) == ()
    keys = (key(), key(KeyDataType.TEK))
    assert requested_keys(requested(*keys), terms.SUITE_128) == keys
    parties = replayed("mode_1_group_key")
    joined(parties)
    made = parties.initiator.ticket.keys.session_keys
    assert [(each.kind, each.validity.value) for each in made] == [
        (wanted.kind, wanted.spi) for wanted in parties.requested()
    ]


@pytest.mark.parametrize(
    ("keys", "requirement"),
    [
        ((key(KeyDataType.MPK),), "PROC_112"),
        ((key(length=15),), "MKY_140"),
        ((key(length=17),), "MKY_145"),
        ((key(),) * 17, "PROC_163"),
    ],
)
@pytest.mark.verifies("PROC_112")
def test_proc_163__other_requests_are_refused(keys, requirement):
    """An MPK, a short or long key, or too many keys are refused."""
    with pytest.raises(RequirementViolated, match=requirement):
        requested_keys(requested(*keys), terms.SUITE_128)


def test_proc_163__length_is_bounded_with_long_algorithms_too():
    """The longest key that is made has 64 octets."""
    assert requested_keys(requested(key(length=64)), terms.SUITE_256) is not None
    with pytest.raises(RequirementViolated, match="PROC_163"):
        requested_keys(requested(key(length=65)), terms.SUITE_256)


def test_proc_165__unchanged_policy_has_no_flag_k():
    """A policy that is granted as it was asked for has the flag K 0."""
    policy = desired()
    assert grant(policy) == policy


def test_proc_165__granted_policy_has_no_kemac():
    """The KEMAC that asks for keys is not granted, and leaving it out is no change."""
    keys = [terms.RequestedKey(kind=KeyDataType.TGK, spi=b"one")]
    granted = grant(desired(keys=keys), keys=())
    assert PolicyData.parse(granted.data).kemac is None
    assert CHANGED not in granted.flags


@pytest.mark.parametrize(
    ("policy", "rules", "expected"),
    [
        (desired(FORKING & ~TicketFlag.GENERATED_BY_KMS), GrantRules(), FORKING | CHANGED),
        (desired(FORKING & ~TicketFlag.INITIATOR_READY), GrantRules(required=FORKING), FORKING | CHANGED),
        (
            desired(FORKING | TicketFlag.REUSABLE),
            GrantRules(forbidden=TicketFlag.REUSABLE),
            FORKING | CHANGED,
        ),
        (desired(FORKING | CHANGED), GrantRules(), FORKING),
        (
            desired(FORKING & ~(TicketFlag.RESPONSE_SENT | TicketFlag.RESPONDER_RAND)),
            GrantRules(),
            FORKING & ~TicketFlag.RESPONDER_RAND | CHANGED,
        ),
    ],
)
def test_proc_165__changed_flags_are_consistent_and_marked(policy, rules, expected):
    """The flag D is 1, F is 1 where a TGK is forked, and K is 1 exactly where something changed."""
    assert grant(policy, rules).flags == expected


def test_proc_165__flag_f_is_not_forced_without_a_tgk():
    """Without a TGK in the ticket there need not be a response."""
    flags = FORKING & ~(TicketFlag.RESPONSE_SENT | TicketFlag.RESPONDER_RAND)
    assert grant(desired(flags), keys=[key(KeyDataType.TEK)]).flags == flags
    assert TicketFlag.RESPONSE_SENT in grant(desired(flags), keys=[key()]).flags


@pytest.mark.parametrize(("longest", "seconds"), [(60, 60), (3600, 3600), (7200, 3600), (None, 3600)])
def test_proc_165__validity_is_limited(longest, seconds):
    """A validity period that is longer than the KMS allows is cut, and marked as changed."""
    granted = grant(desired(), GrantRules(longest_validity_seconds=longest))
    assert PolicyData.parse(granted.data).time(TimestampRole.END).unix_time == NOW + seconds
    assert (CHANGED in granted.flags) == (seconds == 60)


def test_proc_165__missing_end_is_set():
    """A policy without an end gets one where the KMS has a limit, before the payloads that were there."""
    data = PolicyData.parse(desired().data)
    bare = tuple(each for each in data.payloads if not isinstance(each, RoleTimestamp))
    policy = dataclasses.replace(desired(), data=PolicyData(payloads=bare).serialize())
    assert grant(policy) == policy
    granted = grant(policy, GrantRules(longest_validity_seconds=60))
    end = Timestamp.of_unix_time(NOW + 60, TimestampType.NTP_UTC_32)
    assert PolicyData.parse(granted.data).time(TimestampRole.END) == end
    assert CHANGED in granted.flags


def test_proc_165__policy_that_cannot_be_consistent_is_refused():
    """Flags that contradict each other are not granted."""
    both = TicketFlag.RESPONDER_RAND | TicketFlag.INITIATOR_RAND
    with pytest.raises(RequirementViolated, match="MKY_055"):
        grant(desired(), GrantRules(forbidden=both))


def test_proc_161__ticket_of_its_maker_is_resolved(replayed, joined):
    """A ticket of the KMS, and one that its owner made, are resolved."""
    assert "RESOLVE_RESP" in joined(replayed("mode_1"))
    assert "RESOLVE_RESP" in joined(replayed("mode_3"))


def test_proc_161__ticket_in_the_name_of_somebody_else_is_refused(replayed, octet_stream):
    """Who shares a ticket key with the KMS cannot make tickets that name another Initiator."""
    parties, random = replayed("mode_3"), octet_stream()
    parties.make_ticket()
    octets = parties.initiator.transfer(parties.identities["called"], NOW, random)
    taken = parties.responder.receive_transfer(octets, NOW, random)
    assert parties.kms.answer(taken.to_kms, NOW, random).refusal is None
    subscribers = [
        Subscriber(identity=terms.uri_identity("sip:mallory@example.com"), ticket_key=parties.ticket_key),
        Subscriber(
            identity=parties.identities["responder"],
            credential=parties._shared("psk_of_responder", "PSK of the Responder"),
        ),
    ]
    answer = parties.new_kms(subscribers=subscribers).answer(taken.to_kms, NOW, random)
    assert isinstance(answer.refusal, AuthenticationFailed)


def test_proc_161__ticket_that_only_looks_as_one_of_the_kms_is_refused(replayed, octet_stream):
    """A ticket with the flag D under the key of a subscriber is not one of the KMS."""
    parties, random = replayed("mode_3"), octet_stream()
    parties.make_ticket()
    granted = parties.initiator.ticket
    policy = dataclasses.replace(
        granted.ticket.policy, flags=granted.ticket.policy.flags | TicketFlag.GENERATED_BY_KMS
    )
    stamp = Timestamp.of_unix_time(NOW, TimestampType.NTP_UTC)
    parties.initiator.ticket = issue_ticket(policy, parties.ticket_key, terms.SUITE_128, stamp, None, random)
    octets = parties.initiator.transfer(parties.identities["called"], NOW, random)
    responder = parties.new_responder(settings=dataclasses.replace(parties.settings, suite=terms.SUITE_128))
    taken = responder.receive_transfer(octets, NOW, random)
    answer = parties.kms.answer(taken.to_kms, NOW, random)
    assert isinstance(answer.refusal, AuthenticationFailed)


def test_proc_161__unknown_ticket_key_is_refused(replayed, octet_stream):
    """A ticket under a key that nobody has is not resolved."""
    parties, random = replayed("mode_3"), octet_stream()
    stranger = terms.PreSharedKey(name=b"nobody's", key=bytes(range(16)))
    parties.initiator.make_ticket([parties.identities["called"]], stranger, NOW, random)
    octets = parties.initiator.transfer(parties.identities["called"], NOW, random)
    taken = parties.responder.receive_transfer(octets, NOW, random)
    answer = parties.kms.answer(taken.to_kms, NOW, random)
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert isinstance(Message.parse(octets).first(Ticket).policy, TicketPolicy)
