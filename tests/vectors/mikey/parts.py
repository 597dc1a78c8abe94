"""What every exchange is made of: material, keys, MACs, the ticket, and messages written down."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import layout
import oracle
from cases import (
    CONFERENCE,
    FIRST_SECOND,
    INITIATOR,
    KMS,
    RESPONDER,
    SUITES,
    TICKET_KEY,
    VALIDITY_SECONDS,
    Case,
)
from layout import Payload, uint

HERE = Path(__file__).parent
ANY_BUNDLE = 0xFFFFFFFF
TEK, FORKED_MPK_R, FORKED_TGK, MPK_I, MPK_R = 0x2AD01C64, 0x2B288856, 0x1512B54A, 0x220E99A2, 0x1F4D675B
ENCRYPTION, AUTHENTICATION, SALT = 0x150533E1, 0x2D22AC75, 0x29B88916

SENDERS = {
    "ticket": "initiator",
    "TRANSFER_INIT": "initiator",
    "RESOLVE_INIT": "responder",
    "TRANSFER_RESP": "responder",
}
"""Whose counter counts, in the cases with counters; that of the KMS for the rest."""


def hashed(case: str, name: str, length: int) -> bytes:
    """Material of a case: leading octets of SHA-256 over its name, counted on where more are needed."""
    octets = b""
    while len(octets) < length:
        suffix = f"/{len(octets) // 32}" if octets else ""
        octets += oracle.digest("sha256", f"mikey-ticket/{case}/{name}{suffix}".encode())
    return octets[:length]


class Keys:
    """What protects one message: encryption key, salting key and authentication key."""

    def __init__(self, encryption: bytes, salt: bytes, authentication: bytes) -> None:
        """Keep the three keys."""
        self.encryption, self.salt, self.authentication = encryption, salt, authentication


@dataclass(frozen=True)
class Head:
    """What the common header of a message says, but for the payload that follows it."""

    data_type: str
    expects: bool
    prf: str
    csb_id: int
    sessions: list[bytes] | None

    def octets(self, payloads: list[Payload]) -> bytes:
        """The header before these payloads."""
        return layout.header(
            self.data_type, payloads[0].number, self.expects, self.prf, self.csb_id, self.sessions
        )

    def message(self, payloads: list[Payload]) -> bytes:
        """The header and these payloads."""
        return self.octets(payloads) + layout.chain(payloads)


class Parts:
    """One case in the making."""

    def __init__(self, case: Case) -> None:
        """Start with nothing sent."""
        self.case, self.suite = case, SUITES[case.suite]
        self.recorder = oracle.Recorder()
        self.messages: list[dict[str, Any]] = []
        self.octets: dict[str, bytes] = {}
        self.inputs: dict[str, Any] = {}
        self.results: dict[str, Any] = {}
        self.clock = 0
        self.counters: dict[str, int] = {}
        self.forking, self.by_kms = "I" in case.flags, "D" in case.flags

    def material(self, name: str, length: int | None = None) -> bytes:
        """A key or random value of the case, written down as an input."""
        value = hashed(self.case.name, name, self.suite.key if length is None else length)
        self.inputs[name] = value.hex()
        return value

    def csb_id(self, name: str) -> int:
        """A CSB ID of the case."""
        return int.from_bytes(self.material(name, 4), "big")

    def now(self, name: str) -> tuple[str, int]:
        """The timestamp of the next message: a second after the last one, or the counter of its sender."""
        self.clock += 1
        sender = SENDERS.get(name, "kms")
        self.counters[sender] = self.counters.get(sender, 0) + 1
        form = self.case.timestamps
        seconds = FIRST_SECOND + self.clock
        value = {"NTP-UTC": seconds << 32 | 1 << 31, "NTP-UTC-32": seconds, "COUNTER": self.counters[sender]}[
            form
        ]
        self.inputs[f"timestamp of {name}"] = {
            "type": form,
            "value": layout.timestamp(form, value).octets[1:].hex(),
        }
        return form, value

    # Keys.

    def keys(self, name: str, source: str, inkey: bytes, label: bytes) -> Keys:
        """Derive the keys of a message or ticket, all with one label but for the constant."""
        suite, prf = self.suite, self.recorder.prf
        derived = {
            what: prf(f"{name}: {what}", source, suite.prf, inkey, uint(constant, 4) + label, length)
            for what, constant, length in (
                ("encr_key", ENCRYPTION, suite.encryption_key),
                ("salt_key", SALT, suite.salt),
                ("auth_key", AUTHENTICATION, suite.mac_key),
            )
        }
        return Keys(*derived.values())

    def message_keys(
        self, name: str, inkey: bytes, csb_id: int, step: int, rand_i: bytes = b"", rand_r: bytes = b""
    ) -> Keys:
        """RFC 6043, 5.1.2: step 1 for an initial message, 2 for a response."""
        label = (
            b"\xff" + uint(csb_id, 4) + uint(step, 1) + layout.counted(rand_i, 1) + layout.counted(rand_r, 1)
        )
        return self.keys(name, "RFC 6043, 5.1.2", inkey, label)

    def fork(self, name: str, constant: int, key: bytes) -> bytes:
        """RFC 6043, 5.1.1."""
        label = (
            uint(constant, 4) + b"\xff" + uint(ANY_BUNDLE, 4) + b"\x00" + layout.counted(RESPONDER, 2)
            + layout.counted(self.material("RANDRkms"), 1)
        )  # fmt: skip
        return self.recorder.prf(name, "RFC 6043, 5.1.1", self.suite.prf, key, label, len(key))

    def kemac(
        self, name: str, source: str, keys: Keys, csb_id: int, timestamp: tuple[str, int], data: bytes
    ) -> Payload:
        """Key data under the encryption key of a message or ticket."""
        suite = self.suite
        encrypted = self.recorder.encrypt(
            f"{name}: KEMAC", source, suite.encryption, keys.encryption, keys.salt, csb_id,
            layout.timestamp_64(*timestamp), data,
        )  # fmt: skip
        return layout.kemac(suite.encryption, encrypted)

    def session_keys(self) -> list[tuple[str, bytes, bytes, bytes]]:
        """The session keys in the ticket, each with its salt and SPI."""
        return [
            self.session_key(kind, f"{kind} of the ticket", place)
            for place, kind in enumerate(self.case.keys)
        ]

    def session_key(self, kind: str, name: str, place: int) -> tuple[str, bytes, bytes, bytes]:
        """A session key with its salt, if its type has one, and its SPI."""
        salt = self.material(f"salt of {name}", 14) if kind.endswith("SALT") else b""
        return kind, self.material(name), salt, self.material(f"SPI {place}", 3)

    # Messages.

    def head(
        self, data_type: str, csb_id: int, *, expects: bool = False, sessions: list[bytes] | None = None
    ) -> Head:
        """The common header of a message of this case."""
        return Head(data_type, expects, self.suite.prf, csb_id, sessions)

    def mac(
        self, name: str, head: Head, payloads: list[Payload], keys: Keys, tail: bytes, covers: str
    ) -> Payload:
        """V over a message without the MAC, and over the octets that follow it there (RFC 6043, 5.5)."""
        number = layout.verification(self.suite.mac).octets[:1]
        data = head.message([*payloads, Payload("V", 9, number)]) + tail
        value = self.recorder.mac(
            f"{name}: MAC",
            "RFC 6043, 5.5",
            self.suite.mac,
            keys.authentication,
            f"{name} without its MAC{covers}",
            data,
        )
        return layout.verification(self.suite.mac, value)

    def send(self, name: str, sender: str, receiver: str, head: Head, payloads: list[Payload]) -> bytes:
        """Write a complete message down."""
        message = head.message(payloads)
        self.octets[name] = message
        self.messages.append(
            {
                "id": name,
                "type": head.data_type,
                "from": sender,
                "to": receiver,
                "payloads": layout.parts(head.octets(payloads), payloads),
                "octets": message.hex(),
                "base64": base64.b64encode(message).decode(),
            }
        )
        return message

    def ticket_payload(self, initiator_data: bytes = b"") -> Payload:
        """The whole TICKET payload."""
        return Payload("TICKET", 17, self.ticket + layout.counted(initiator_data, 2))

    def policy_data(self, *, request: bool) -> list[Payload]:
        """TP Data, as asked for or as granted."""
        payloads = [
            layout.identity("IDRkms", KMS),
            layout.identity("IDRi", INITIATOR),
            layout.role_timestamp("TRe", "NTP-UTC-32", FIRST_SECOND + 1 + VALIDITY_SECONDS),
        ]
        if request and self.case.asks_for_keys:
            zeros = [
                (kind, bytes(len(key)), bytes(len(salt)), spi) for kind, key, salt, spi in self.session_keys()
            ]
            payloads.append(layout.kemac("NULL", layout.key_data(zeros) if zeros else b""))
        return [*payloads, layout.identity("IDRr", CONFERENCE if self.forking else RESPONDER)]

    def issue_ticket(self, timestamp: tuple[str, int]) -> None:
        """Make the ticket, a MIKEY base ticket (RFC 6043, A), and the keys that come from it."""
        suite, prf = self.suite, self.recorder.prf
        tpk, mpk, rand = self.material("TPK"), self.material("MPK"), self.material("RAND of the ticket")
        label = b"\xff" + uint(ANY_BUNDLE, 4) + b"\x05" + layout.counted(rand, 1)
        keys = self.keys("ticket", "RFC 6043, A.2.1", tpk, label)
        inside = [("MPK", mpk, b"", self.material("SPI of MPK", 3)), *self.session_keys()]
        policy = layout.ticket_policy(1, suite.prf, self.case.flags, self.policy_data(request=False))
        payloads = [
            layout.timestamp(*timestamp),
            layout.rand(rand),
            self.kemac("ticket", "RFC 6043, A.1", keys, ANY_BUNDLE, timestamp, layout.key_data(inside)),
            layout.identity("IDRpsk", TICKET_KEY, kind=2),
        ]
        blank = [*payloads, layout.verification(suite.mac)]
        header = uint(blank[0].number, 1) + uint(0, 2)
        length = len(header + layout.chain(blank))
        covered = header + layout.chain(
            [*payloads, Payload("V", 9, layout.verification(suite.mac).octets[:1])]
        )
        mac = self.recorder.mac(
            "ticket: MAC", "RFC 6043, A.1", suite.mac, keys.authentication,
            "TICKET without its next payload octet, its Initiator Data with their length, and the MAC",
            policy + uint(length, 2) + covered,
        )  # fmt: skip
        self.ticket = policy + uint(length, 2) + covered + mac
        self.results["ticket_data"] = (covered + mac).hex()
        label = b"\xff" + uint(ANY_BUNDLE, 4) + b"\x06" + layout.counted(rand, 1)
        self.mpk_i, self.mpk_r = (
            prf(name, "RFC 6043, A.2.2", suite.prf, mpk, uint(constant, 4) + label, len(mpk))
            for name, constant in (("MPKi", MPK_I), ("MPKr", MPK_R))
        )

    def delivered(self, mpk_r: bytes, keys: list[tuple[str, bytes, bytes, bytes]]) -> bytes:
        """What REQUEST_RESP and RESOLVE_RESP deliver: MPKi, MPKr with key forking, and the session keys."""
        spi_i, spi_r = self.material("SPI of MPKi", 3), self.material("SPI of MPKr", 3)
        second = [("MPK", mpk_r, b"", spi_r)] if self.forking else []
        return layout.key_data([("MPK", self.mpk_i, b"", spi_i), *second, *keys])
