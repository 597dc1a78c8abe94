"""MIKEY-TICKET (RFC 6043, on top of RFC 3830): octets to messages and back, their rules, their keys.

The modules from the bottom up: `registry` (code points), `payloads` (a class for each, and chains of them),
`message` (the whole of it, and what its MAC covers), `ticket` (what lies inside TP and TICKET), `profile`
(what no source gives about TLS), `composition`, `policy_rules`, `rules` and `exchange_rules` (what a message,
a ticket and an exchange may be), `acceptance` (what each side looks at before it relies on a ticket). Beside
the rules stand the keys: `keys` (derivations), `protection` (MAC, signature, encryption), `base_ticket`,
`strength` and `replay`. There is no socket, clock or randomness in it.
"""

from mediasec.mikey.acceptance import Acceptance, check_before_resolving, check_granted_policy
from mediasec.mikey.exchange_rules import check_exchange, check_modifier
from mediasec.mikey.message import Message
from mediasec.mikey.profile import Profile
from mediasec.mikey.rules import check_message, reasons_to_reject
from mediasec.mikey.ticket import InitiatorData, PolicyData, TicketData

__all__ = [
    "Acceptance",
    "InitiatorData",
    "Message",
    "PolicyData",
    "Profile",
    "TicketData",
    "check_before_resolving",
    "check_exchange",
    "check_granted_policy",
    "check_message",
    "check_modifier",
    "reasons_to_reject",
]
