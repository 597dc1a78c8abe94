"""RFC 6043, 6.10: the Initiator Data of a ticket, and tickets of 3GPP."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, RequirementViolated
from mediasec.mikey.base_ticket import (
    open_ticket,
    seal_initiator_data,
    ticket_key_identity,
    verify_copied_mac,
    verify_initiator_data,
)
from mediasec.mikey.keys import Constant, derive_initiator_data_key
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket, Verification
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import MacAlgorithm, PrfFunction, TicketType
from mediasec.mikey.ticket import InitiatorData

CASES = ["mode_1_forking", "mode_1_forking_256", "mode_3_forking"]


def parts(vectors, case):
    exchange = vectors(f"mikey/exchanges/{case}")
    messages = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
    message = Message.parse(messages["TRANSFER_INIT"])
    steps = {step["id"]: bytes.fromhex(step["output"]) for step in exchange["steps"]}
    return message, message.first(Ticket), steps["MPKr"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.verifies("MKY_134")
def test_mky_164__initiator_data_of_the_exchange_are_made_and_verified(vectors, case):
    """The Initiator Data hold the MAC of TRANSFER_INIT and a MAC under a key from MPKr."""
    message, ticket, mpk_r = parts(vectors, case)
    assert seal_initiator_data(ticket.policy, mpk_r, message.authenticator) == ticket.initiator_data
    verify_initiator_data(ticket, mpk_r)
    verify_copied_mac(ticket, message.authenticator)


def test_mky_164__every_changed_bit_fails_at_the_kms(vectors):
    """The KMS notices every change of the Initiator Data."""
    _, ticket, mpk_r = parts(vectors, "mode_1_forking")
    octets = ticket.initiator_data
    for bit in range(8 * 2, 8 * len(octets), 5):
        wrong = bytearray(octets)
        wrong[bit // 8] ^= 0x80 >> bit % 8
        if wrong[2] != octets[2] or wrong[24] != octets[24] or wrong[23] != octets[23]:
            continue
        with pytest.raises(AuthenticationFailed):
            verify_initiator_data(dataclasses.replace(ticket, initiator_data=bytes(wrong)), mpk_r)


def test_mky_164__another_sender_fails(vectors):
    """Who does not have MPKr, or sends the ticket in another message, is noticed."""
    message, ticket, mpk_r = parts(vectors, "mode_1_forking")
    with pytest.raises(AuthenticationFailed):
        verify_initiator_data(ticket, bytes(16))
    other = Verification(algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=bytes(20))
    with pytest.raises(AuthenticationFailed):
        verify_copied_mac(ticket, other)
    longer = Verification(algorithm=MacAlgorithm.HMAC_SHA_256_256, mac=bytes(32))
    mixed = InitiatorData(payloads=(longer, message.authenticator)).serialize()
    for wrong in (b"\x00", mixed):
        with pytest.raises(AuthenticationFailed):
            verify_initiator_data(dataclasses.replace(ticket, initiator_data=wrong), mpk_r)
    with pytest.raises(AuthenticationFailed):
        verify_copied_mac(dataclasses.replace(ticket, initiator_data=mixed), message.authenticator)


@pytest.mark.parametrize("function", list(PrfFunction))
def test_mky_134__function_is_that_of_the_policy(function):
    """The key of Vr is derived with the function of the ticket policy."""
    keys = ProtectionKeys.of_initiator_data(function, bytes(16))
    expected = derive_initiator_data_key(
        function, bytes(16), constant=Constant.MESSAGE_AUTHENTICATION, length=20
    )
    assert keys.derive(constant=Constant.MESSAGE_AUTHENTICATION, length=20) == expected


def test_mky_165__ticket_of_3gpp_is_kept_and_not_opened(vectors):
    """The Ticket Data of a 3GPP base ticket come out as they went in, and nobody opens them."""
    message, ticket, _ = parts(vectors, "mode_1_forking")
    policy = dataclasses.replace(ticket.policy, ticket_type=TicketType.THREEGPP_BASE)
    opaque = dataclasses.replace(ticket, policy=policy, data=bytes(range(256)))
    sent = dataclasses.replace(
        message, payloads=tuple(opaque if payload is ticket else payload for payload in message.payloads)
    )
    assert Message.parse(sent.serialize()).first(Ticket) == opaque
    assert ticket_key_identity(opaque) is None
    with pytest.raises(RequirementViolated, match="MKY_165"):
        open_ticket(opaque, bytes(16))
