"""RFC 6043, 4.2.2.3: the components of TRANSFER_RESP."""

import dataclasses

from mediasec.mikey.exchange_rules import check_exchange, check_modifier
from mediasec.mikey.payloads import RoleIdentity, Ticket
from mediasec.mikey.registry import PayloadType, RandRole, TicketFlag


def found(findings):
    return [finding.requirement for finding in findings]


def test_mky_090__rand_is_there_exactly_if_the_policy_wants_it(mikey_messages, edit):
    """TRANSFER_RESP has RANDRr if the flag G is 1, and has none if it is 0."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    policy = initial.first(Ticket).policy
    flags = policy.flags & ~TicketFlag.RESPONDER_RAND
    without_g = edit.payload(initial, Ticket, policy=dataclasses.replace(policy, flags=flags))
    bare = edit.without(response, PayloadType.RANDR, RandRole.RESPONDER)
    assert check_exchange(initial, response) == []
    assert check_exchange(without_g, bare) == []
    (missing,), (unwanted,) = check_exchange(initial, bare), check_exchange(without_g, response)
    assert (missing.requirement, missing.message) == ("MKY_090", "RANDRr is missing and the flag G is 1")
    assert (unwanted.requirement, unwanted.message) == ("MKY_090", "RANDRr is there and the flag G is 0")


def test_mky_093__modifier_is_repeated(mikey_messages, edit):
    """An IDRr or a RANDRkms of RESOLVE_RESP stands identically in TRANSFER_RESP."""
    resolved, response = mikey_messages["resolve_resp"], mikey_messages["transfer_resp"]
    assert check_modifier(resolved, response) == []
    other = edit.payload(response, RoleIdentity, data=b"sip:other@ims.example")
    assert found(check_modifier(resolved, other)) == ["MKY_093"]
    assert found(check_modifier(resolved, edit.without(response, PayloadType.RANDR))) == ["MKY_093"]


def test_mky_093__without_a_modifier_nothing_is_repeated(mikey_messages, edit):
    """Where RESOLVE_RESP has neither, TRANSFER_RESP is free."""
    resolved = edit.without(mikey_messages["resolve_resp"], PayloadType.RANDR)
    resolved = edit.without(resolved, PayloadType.IDR)
    assert check_modifier(resolved, mikey_messages["transfer_resp"]) == []
