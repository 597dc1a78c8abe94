"""RFC 6043, 4.2.1: the KMS answers those whom it knows."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import DataType, ErrorNumber


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
@pytest.mark.parametrize("case", ["mode_1", "mode_1_public_key"])
def test_proc_122__known_sender_is_answered(replayed, octet_stream, case, name):
    """The sender of an initial message is proven by its MAC or signature."""
    parties = replayed(case)
    answer = parties.kms.answer(parties.octets[name], parties.now(name), octet_stream())
    assert answer.refusal is None
    who = "initiator" if name == "REQUEST_INIT" else "responder"
    assert answer.subscriber == parties.identities[who]
    assert Message.parse(answer.reply).header.data_type in (DataType.REQUEST_RESP, DataType.RESOLVE_RESP)


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
@pytest.mark.parametrize("case", ["mode_1", "mode_1_public_key"])
def test_proc_122__wrong_mac_or_signature_is_not_answered(replayed, octet_stream, case, name):
    """A changed MAC or signature gets an error without a MAC, and nobody is proven."""
    parties = replayed(case)
    octets = parties.octets[name]
    wrong = octets[:-1] + bytes([octets[-1] ^ 1])
    answer = parties.kms.answer(wrong, parties.now(name), octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert answer.subscriber is None
    error = Message.parse(answer.reply)
    assert error.first(Error).number is ErrorNumber.AUTH_FAILURE
    assert error.authenticator is None


def test_proc_122__another_key_is_not_answered(replayed, octet_stream):
    """A message under another pre-shared key than that of its sender is not answered."""
    parties = replayed("mode_1")
    association = parties._association("initiator")
    stranger = dataclasses.replace(association.credential, key=bytes(16))
    parties.initiator._kms = dataclasses.replace(association, credential=stranger)
    request = parties.request()
    answer = parties.kms.answer(request, parties.now("REQUEST_INIT"), octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)
