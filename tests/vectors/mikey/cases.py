"""Which exchanges are made, and what is the same in all of them."""

from dataclasses import dataclass, field

INITIATOR = b"sip:ue-a@example.com"
CONFERENCE = b"sip:conference-7@example.com"
RESPONDER = b"sip:mrfc-2@example.com"
KMS = b"https://kms.example.com"
INITIATOR_PSK = b"psk-of-ue-a"
RESPONDER_PSK = b"psk-of-mrfc-2"
TICKET_KEY = b"tpk-2026"

FIRST_SECOND = 4_005_115_200
"""2026-12-01 12:00:00 UTC in seconds since 1900."""
VALIDITY_SECONDS = 3600

TLS_PROTOCOL_TYPE = 241
"""Security protocol of the crypto session: TLS. No source gives it a number; 241 is for private use."""
CS_ID = 1
POLICY_NUMBER = 0
SDP_IDENTIFIERS = "mikey"


@dataclass(frozen=True)
class Suite:
    """Algorithms that stand together, and the lengths of their keys in octets."""

    prf: str
    encryption: str
    mac: str
    encryption_key: int
    salt: int
    mac_key: int
    key: int


SUITES = {
    "128": Suite("MIKEY-1", "AES-CM-128", "HMAC-SHA-1-160", 16, 14, 20, 16),
    "256": Suite("PRF-HMAC-SHA-256", "AES-CM-256", "HMAC-SHA-256-256", 32, 14, 32, 32),
    "key wrap": Suite("MIKEY-1", "AES-KW-128", "HMAC-SHA-1-160", 16, 8, 20, 16),
}


@dataclass(frozen=True)
class Case:
    """One exchange.

    `keys` are the types of the session keys in the ticket. `then` says what follows the first exchange.
    """

    name: str
    title: str
    mode: int
    flags: str
    suite: str = "128"
    timestamps: str = "NTP-UTC"
    keys: tuple[str, ...] = ("TGK",)
    asks_for_keys: bool = False
    initiator_key: str = ""
    responder_key: str = ""
    public_key: bool = False
    then: str = ""
    sources: tuple[str, ...] = field(default=("RFC 6043, 4.1.1", "RFC 6043, 4.2", "RFC 6043, 5.1"))


CASES = (
    Case("mode_1", "Mode 1: request, transfer and resolve, without key forking", 1, "DEFGHNO"),
    Case("mode_1_forking", "Mode 1 with key forking", 1, "DEFGHINO"),
    Case(
        "mode_1_forking_256",
        "Mode 1 with key forking, 256-bit algorithms and short timestamps",
        1,
        "DEFGHINO",
        suite="256",
        timestamps="NTP-UTC-32",
    ),
    Case(
        "mode_1_public_key",
        "Mode 1 with RSA keys in the place of pre-shared keys",
        1,
        "DEFGHNO",
        public_key=True,
    ),
    Case(
        "mode_1_group_key",
        "Mode 1 with key forking, a salted group key and RANDRr alone in the session keys",
        1,
        "DEFGINO",
        keys=("GTGK+SALT", "TGK"),
        asks_for_keys=True,
    ),
    Case("mode_1_tek", "Mode 1 with a TEK in the ticket", 1, "DEFGHNO", keys=("TEK",), asks_for_keys=True),
    Case(
        "mode_1_salted_key",
        "Mode 1 with key forking and a TGK that has a salt",
        1,
        "DEFGHINO",
        keys=("TGK+SALT",),
        asks_for_keys=True,
    ),
    Case(
        "mode_1_salted_tek",
        "Mode 1 with a TEK that has a salt in the ticket",
        1,
        "DEFGHNO",
        keys=("TEK+SALT",),
        asks_for_keys=True,
    ),
    Case(
        "mode_1_initiator_key",
        "Mode 1 with key forking and a TGK that the Initiator supplies",
        1,
        "DEFGHILNO",
        keys=(),
        asks_for_keys=True,
        initiator_key="TGK",
    ),
    Case(
        "mode_1_responder_key",
        "Mode 1 with key forking and a TEK that the Responder supplies",
        1,
        "DEFGHIMNO",
        keys=(),
        asks_for_keys=True,
        responder_key="TEK",
    ),
    Case(
        "mode_1_update", "Mode 1 with key forking, then an update of the CSB", 1, "DEFGHILNO", then="update"
    ),
    Case("mode_1_reuse", "Mode 1 with key forking, then the ticket once more", 1, "DEFGHIJNO", then="reuse"),
    Case(
        "mode_1_request_refused",
        "Mode 1: the KMS refuses the ticket policy",
        1,
        "DEFGHNO",
        then="request error",
    ),
    Case(
        "mode_1_transfer_refused",
        "Mode 1: the Responder refuses the security policy",
        1,
        "DEFGHNO",
        then="transfer error",
    ),
    Case("mode_2", "Mode 2: the Responder opens the ticket itself", 2, "DFGHNO"),
    Case("mode_2_no_response", "Mode 2 without a response", 2, "DHNO"),
    Case("mode_3", "Mode 3: the Initiator makes the ticket, the Responder resolves it", 3, "EFGHLNO"),
    Case("mode_3_forking", "Mode 3 with key forking", 3, "EFGHILNO"),
    Case(
        "mode_3_key_wrap",
        "Mode 3 with AES key wrap and counters as timestamps",
        3,
        "EFGHLNO",
        suite="key wrap",
        timestamps="COUNTER",
    ),
    Case("mode_4", "Mode 4: the transfer alone", 4, "FGHLNO"),
    Case("mode_4_256", "Mode 4 with 256-bit algorithms", 4, "FGHLNO", suite="256"),
)
