"""RFC 6043, 4.2.3.5: the components of RESOLVE_RESP."""

import dataclasses

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.registry import IdentityRole, PayloadType, TicketFlag


def test_mky_094__kms_tells_what_it_forked_with(mikey_messages, edit):
    """If keys are forked, RESOLVE_RESP has IDRr and RANDRkms, and otherwise it need not."""
    initial, response = mikey_messages["resolve_init_psk"], mikey_messages["resolve_resp"]
    bare = edit.without(response, PayloadType.RANDR)
    bare = edit.without(bare, PayloadType.IDR, IdentityRole.RESPONDER)
    assert check_exchange(initial, response) == []
    findings = check_exchange(initial, bare)
    assert [(finding.requirement, finding.message) for finding in findings] == [
        ("MKY_094", "keys are forked and IDRr is missing"),
        ("MKY_094", "keys are forked and RANDRkms is missing"),
    ]
    policy = initial.first(Ticket).policy
    flags = policy.flags & ~TicketFlag.KEY_FORKING
    plain = edit.payload(initial, Ticket, policy=dataclasses.replace(policy, flags=flags))
    assert check_exchange(plain, bare) == []
