"""RFC 6043, 4.2.1.5: what REQUEST_RESP has."""

import dataclasses

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.base_ticket import open_ticket
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Kemac, KeyData, Spi, Ticket, Timestamp, Verification
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    KeyDataType,
    PrfFunction,
    TicketFlag,
)
from mediasec.mikey.rules import check_message
from mediasec.mikey.strength import check_algorithms
from mediasec.procedures.ticket_sessions import keys_from_kms

NOW = 1_796_126_400.0
ALL = [
    "mode_1",
    "mode_1_forking",
    "mode_1_forking_256",
    "mode_1_group_key",
    "mode_1_salted_key",
    "mode_1_salted_tek",
    "mode_1_tek",
]


def test_proc_127__one_tgk_by_default(replayed, joined):
    """A request without a KEMAC gets a ticket with a single TGK."""
    parties = replayed("mode_1")
    joined(parties)
    assert [key.kind for key in parties.initiator.ticket.keys.session_keys] == [KeyDataType.TGK]


@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        ("mode_1_group_key", [KeyDataType.GTGK_SALT, KeyDataType.TGK]),
        ("mode_1_salted_key", [KeyDataType.TGK_SALT]),
        ("mode_1_salted_tek", [KeyDataType.TEK_SALT]),
        ("mode_1_tek", [KeyDataType.TEK]),
        ("mode_1_initiator_key", []),
    ],
)
def test_proc_127__other_keys_if_they_are_asked_for(replayed, joined, case, kinds):
    """A request with a KEMAC gets the keys that it asks for."""
    parties = replayed(case)
    sent = joined(parties)
    assert [key.kind for key in parties.initiator.ticket.keys.session_keys] == kinds
    ticket = Message.parse(sent["REQUEST_RESP"]).first(Ticket)
    assert (
        open_ticket(ticket, parties.ticket_key.key).session_keys == parties.initiator.ticket.keys.session_keys
    )


@pytest.mark.parametrize("case", ALL)
def test_proc_157__response_keeps_every_rule(replayed, joined, case):
    """REQUEST_RESP has timestamp, IDRkms, ticket, KEMAC and MAC, and breaks no rule of the exchange."""
    parties = replayed(case)
    sent = joined(parties)
    request, response = (Message.parse(sent[name]) for name in ("REQUEST_INIT", "REQUEST_RESP"))
    assert check_message(response) == []
    assert check_exchange(request, response) == []
    assert check_algorithms(response) == []
    assert response.identity(IdentityRole.KMS).data == parties.identities["kms"].data
    assert response.first(Timestamp) is not None
    assert isinstance(response.authenticator, Verification)
    assert response.first(Ticket).initiator_data == b""


def test_proc_157__kms_takes_algorithms_that_fit_the_request(replayed, joined):
    """A KMS that prefers one set of algorithms answers in the other one."""
    parties = replayed("mode_1_forking_256")
    parties.kms._settings = replayed("mode_1").settings
    response = Message.parse(joined(parties)["REQUEST_RESP"])
    assert response.header.prf_function is PrfFunction.PRF_HMAC_SHA_256
    assert response.first(Kemac).encryption is EncryptionAlgorithm.AES_CM_256
    parties = replayed("mode_1")
    parties.kms._settings = replayed("mode_1_forking_256").settings
    assert Message.parse(joined(parties)["REQUEST_RESP"]).first(Kemac).encryption == 1


def key(kind, length=16):
    return KeyData(kind=kind, key=bytes(range(length)), validity=Spi(value=b"spi"))


MPK, TGK = key(KeyDataType.MPK), key(KeyDataType.TGK)


def delivered(keys, policy):
    protection = ProtectionKeys(lambda *, constant, length: bytes(length), 1)
    timestamp = Timestamp(kind=2, value=1)
    kemac = protection.seal(EncryptionAlgorithm.AES_CM_128, timestamp, keys)
    return keys_from_kms(protection, kemac, timestamp, policy)


def test_proc_113__order_tells_the_keys_apart(replayed):
    """The first key is MPKi, the second one MPKr with key forking, and the rest are session keys."""
    policy = Message.parse(replayed("mode_1").octets["TRANSFER_INIT"]).first(Ticket).policy
    second = dataclasses.replace(MPK, key=bytes(16))
    keys, findings = delivered((MPK, TGK), policy)
    assert (keys.mpk_i, keys.mpk_r, keys.session_keys, findings) == (MPK.key, b"", (TGK,), [])
    forking = dataclasses.replace(policy, flags=policy.flags | TicketFlag.KEY_FORKING)
    keys, findings = delivered((MPK, second, TGK), forking)
    assert (keys.mpk_i, keys.mpk_r, keys.session_keys, findings) == (MPK.key, bytes(16), (TGK,), [])


@pytest.mark.parametrize(
    ("keys", "forking", "requirement"),
    [
        ((), False, "MKY_095"),
        ((TGK,), False, "MKY_095"),
        ((MPK, MPK, TGK), False, "MKY_095"),
        ((MPK, TGK), True, "MKY_095"),
        ((MPK, key(KeyDataType.TGK, 15)), False, "MKY_140"),
        ((MPK, key(KeyDataType.TGK, 32)), False, "MKY_145"),
        ((MPK, dataclasses.replace(TGK, validity=None)), False, "MKY_096"),
    ],
)
def test_proc_113__keys_that_the_policy_does_not_want_are_found(replayed, keys, forking, requirement):
    """Missing, surplus, short or unnamed keys are found."""
    policy = Message.parse(replayed("mode_1").octets["TRANSFER_INIT"]).first(Ticket).policy
    if forking:
        policy = dataclasses.replace(policy, flags=policy.flags | TicketFlag.KEY_FORKING)
    _, findings = delivered(keys, policy)
    assert requirement in [finding.requirement for finding in findings]


def test_proc_113__such_keys_are_refused(replayed, octet_stream):
    """A response with keys that the policy does not want is refused by the Initiator."""
    parties = replayed("mode_1")
    parties.kms._delivered = lambda keys, policy, random: (TGK,)
    asked = parties.initiator.request_ticket([parties.identities["called"]], NOW, octet_stream())
    response = parties.kms.answer(asked, NOW, octet_stream()).reply
    with pytest.raises(RequirementViolated, match="MKY_095"):
        parties.initiator.receive_ticket(response, NOW)
