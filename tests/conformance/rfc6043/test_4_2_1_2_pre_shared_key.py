"""RFC 6043, 4.2.1.2: whose pre-shared key it is."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import RoleIdentity
from mediasec.mikey.protection import ProtectionKeys, authenticate, initial_coverage
from mediasec.mikey.registry import IdentityRole, PrfFunction, RandRole


def rewritten(parties, *, leave_out=(), identity=None):
    """Return REQUEST_INIT of the vector with changed identities and the right MAC for its key."""
    message = Message.parse(parties.octets["REQUEST_INIT"])
    payloads = []
    for payload in message.payloads:
        if isinstance(payload, RoleIdentity):
            if payload.role in leave_out:
                continue
            if payload.role == IdentityRole.INITIATOR and identity is not None:
                payload = dataclasses.replace(payload, data=identity)
        payloads.append(payload)
    message = dataclasses.replace(message, payloads=tuple(payloads))
    keys = ProtectionKeys.of_initial(
        PrfFunction.MIKEY_1,
        bytes.fromhex(parties.inputs["PSK of the Initiator"]),
        message.header.csb_id,
        rand_i=message.rand(RandRole.INITIATOR).value,
    )
    sender = parties.identities["initiator"].data if identity is None else identity
    covered = initial_coverage(message, sender, parties.identities["kms"].data)
    return authenticate(message, keys, covered).serialize()


@pytest.mark.parametrize(
    "left_out",
    [
        (),
        (IdentityRole.PRE_SHARED_KEY,),
        (IdentityRole.INITIATOR,),
        (IdentityRole.KMS,),
        (IdentityRole.INITIATOR, IdentityRole.KMS),
    ],
)
def test_proc_124__key_is_found_by_its_name_or_by_the_sender(replayed, octet_stream, left_out):
    """IDRpsk names the key; without it the identity of the sender does."""
    parties = replayed("mode_1")
    answer = parties.kms.answer(
        rewritten(parties, leave_out=left_out), parties.now("REQUEST_INIT"), octet_stream()
    )
    assert answer.refusal is None
    assert answer.subscriber == parties.identities["initiator"]


def test_proc_124__neither_name_nor_sender_finds_no_key(replayed, octet_stream):
    """Without IDRpsk and identity there is no key."""
    parties = replayed("mode_1")
    octets = rewritten(parties, leave_out=(IdentityRole.PRE_SHARED_KEY, IdentityRole.INITIATOR))
    answer = parties.kms.answer(octets, parties.now("REQUEST_INIT"), octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)


def test_proc_124__owner_of_a_key_is_nobody_else(replayed, octet_stream):
    """Who has a key of its own cannot ask in the name of another party."""
    parties = replayed("mode_1")
    octets = rewritten(parties, identity=parties.identities["responder"].data)
    answer = parties.kms.answer(octets, parties.now("REQUEST_INIT"), octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert answer.subscriber is None
