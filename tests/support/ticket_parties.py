"""The parties of the MIKEY vectors, and fixtures that run their exchanges in memory."""

import dataclasses
import functools
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
    TicketFlag,
    TimestampType,
)
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_credentials import KmsAssociation, PublicKeyCredential
from mediasec.procedures.ticket_initiator import Initiator, InitiatorState
from mediasec.procedures.ticket_kms import Kms
from mediasec.procedures.ticket_responder import Answer, Responder
from mediasec.procedures.ticket_subscribers import KmsCredential, Subscriber, SubscriberDirectory

_FIRST_SECOND = 1_796_126_400.0
"""2026-12-01 12:00:00 UTC, when the exchanges of the MIKEY vectors begin."""


@pytest.fixture(scope="session")
def rsa_key(vectors_folder: Path) -> Callable[[str], RSAPrivateKey]:
    """Return a reader of the RSA keys of the MIKEY vectors: `rsa_key("kms")`."""

    @functools.cache
    def read(name: str) -> RSAPrivateKey:
        key = load_pem_private_key((vectors_folder / f"mikey/pk/{name}.key").read_bytes(), password=None)
        assert isinstance(key, RSAPrivateKey)
        return key

    return read


class Replayed:
    """The parties of a vector of a MIKEY-TICKET exchange, with its keys, its clock and its random octets.

    Attributes:
        exchange: The vector.
        octets: Its messages by name.
        initiator: As the vector has it, before the first message.
        responder: Likewise.
        kms: Likewise.
    """

    def __init__(self, exchange: dict[str, Any], credential: Callable[[str], Any]) -> None:
        self.exchange = exchange
        self.inputs = exchange["inputs"]
        self.octets = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
        self.identities = {name: terms.uri_identity(text) for name, text in exchange["identities"].items()}
        algorithms, length = exchange["algorithms"], 16
        if algorithms["prf"] == "PRF-HMAC-SHA-256":
            length = 32
        suite = terms.Suite(
            prf_function=PrfFunction[algorithms["prf"].replace("-", "_")],
            encryption=EncryptionAlgorithm[algorithms["encryption"].replace("-", "_")],
            mac=MacAlgorithm[algorithms["mac"].replace("-", "_")],
            key_length=length,
        )
        kinds = {stamp["type"] for stamp in self.inputs.values() if isinstance(stamp, dict)}
        self.settings = terms.TicketSettings(
            profile=Profile(psk_length=length),
            suite=suite,
            timestamps=TimestampType[kinds.pop().replace("-", "_")],
            flags=TicketFlag(sum(1 << (11 - "DEFGHIJKLMNO".index(flag)) for flag in exchange["flags"])),
        )
        self.ticket_key = self._shared("tpk", "TPK")
        self._credential = credential
        self.initiator, self.responder, self.kms = self.new_initiator(), self.new_responder(), self.new_kms()

    def _shared(self, name: str, key: str) -> terms.PreSharedKey | None:
        if key not in self.inputs:
            return None
        return terms.PreSharedKey(
            name=self.exchange["identities"][name].encode(), key=bytes.fromhex(self.inputs[key])
        )

    def _association(self, who: str) -> KmsAssociation:
        key = self._shared(f"psk_of_{who}", f"PSK of the {who.capitalize()}")
        return KmsAssociation(identity=self.identities["kms"], credential=key or self._credential(who))

    def new_initiator(self, **changes: Any) -> Initiator:
        """Return an Initiator of this exchange that has done nothing yet; settings may differ."""
        settings = dataclasses.replace(self.settings, **changes)
        return Initiator(self.identities["initiator"], settings, self._association("initiator"))

    def new_responder(self, **arguments: Any) -> Responder:
        """Return a Responder of this exchange that has done nothing yet."""
        shared = self.exchange["mode"] in (2, 4) and self.ticket_key is not None
        arguments = {
            "groups": [self.identities["called"].data],
            "ticket_keys": [self.ticket_key] if shared else [],
        } | arguments
        settings = arguments.pop("settings", self.settings)
        kms = arguments.pop("kms", self._association("responder"))
        return Responder(self.identities["responder"], settings, kms, **arguments)

    def new_kms(self, **arguments: Any) -> Kms:
        """Return a KMS that knows the parties of this exchange; subscribers may be given."""
        mode, shared = self.exchange["mode"], self.ticket_key
        subscribers = arguments.pop("subscribers", None) or [
            Subscriber(
                identity=self.identities["initiator"],
                credential=self._shared("psk_of_initiator", "PSK of the Initiator"),
                ticket_key=shared if mode == 3 else None,
            ),
            Subscriber(
                identity=self.identities["responder"],
                credential=self._shared("psk_of_responder", "PSK of the Responder"),
                ticket_key=shared if mode == 2 else None,
                groups=frozenset([self.identities["called"].data]),
            ),
        ]
        own = terms.PreSharedKey(name=b"another", key=bytes(range(self.settings.suite.key_length)))
        directory = SubscriberDirectory(self.identities["kms"], subscribers, self._credential("kms"))
        ticket_key = shared if mode == 1 and shared is not None else own
        return Kms(self.identities["kms"], self.settings, ticket_key, directory, **arguments)

    def now(self, name: str) -> float:
        """Return the time of a message in seconds since 1970."""
        stamp = self.inputs[f"timestamp of {name}"]
        kind = TimestampType[stamp["type"].replace("-", "_")]
        if kind is TimestampType.COUNTER:
            return _FIRST_SECOND + 1
        return Timestamp(kind=kind, value=int(stamp["value"], 16)).unix_time

    def random(self, *names: str) -> Callable[[int], bytes]:
        """Return a source of the random octets with these names, in this order and no more."""
        values = [bytes.fromhex(self.inputs[name]) for name in names]

        def draw(length: int) -> bytes:
            value = values.pop(0)
            assert len(value) == length
            return value

        return draw

    def keys_of_the_ticket(self) -> list[str]:
        """Return the names of the random octets in a ticket, in the order in which they are drawn."""
        names = ["RAND of the ticket", "MPK", "SPI of MPK"]
        for place, kind in enumerate(self.exchange["session"]["keys_in_ticket"]):
            names += [f"{kind} of the ticket"]
            names += [f"salt of {kind} of the ticket"] if kind.endswith("SALT") else []
            names += [] if self.requested() else [f"SPI {place}"]
        return names

    def requested(self) -> list[terms.RequestedKey] | None:
        """Return the session keys that the Initiator asks for; None if it leaves them to the KMS."""
        kinds = self.exchange["session"]["keys_in_ticket"]
        if kinds == ["TGK"]:
            return None
        return [
            terms.RequestedKey(
                kind=KeyDataType[kind.replace("+", "_")], spi=bytes.fromhex(self.inputs[f"SPI {place}"])
            )
            for place, kind in enumerate(kinds)
        ]

    def deliveries(self) -> list[str]:
        """Return the names of the SPIs that the KMS draws for MPKi and MPKr."""
        return ["SPI of MPKi", "SPI of MPKr"] if "I" in self.exchange["flags"] else ["SPI of MPKi"]

    # The steps of the exchange, each with the octets of the vector.

    def request(self) -> bytes:
        """Let the Initiator ask for the ticket."""
        return self.initiator.request_ticket(
            [self.identities["called"]],
            self.now("REQUEST_INIT"),
            self.random("CSB ID of the request", "RANDRi of the request"),
            keys=self.requested(),
        )

    def grant(self) -> bytes:
        """Let the KMS answer the request of the vector."""
        names = [*self.keys_of_the_ticket(), *self.deliveries()]
        now = self.now("REQUEST_RESP")
        return self.kms.answer(self.octets["REQUEST_INIT"], now, self.random(*names)).reply

    def make_ticket(self) -> None:
        """Let the Initiator make the ticket."""
        self.initiator.make_ticket(
            [self.identities["called"]],
            self.ticket_key,
            self.now("ticket"),
            self.random(*self.keys_of_the_ticket()),
        )

    def transfer(self, again: str = "") -> bytes:
        """Let the Initiator send the ticket."""
        supplied = "TGK of the Initiator" in self.inputs
        names = [f"CSB ID of the transfer{again}", f"RANDRi of the transfer{again}"]
        return self.initiator.transfer(
            self.identities["called"],
            self.now(f"TRANSFER_INIT{again}"),
            self.random(*names, *(["TGK of the Initiator", "SPI 0"] if supplied else [])),
            supplied=KeyDataType.TGK if supplied else None,
        )

    def answers(self, again: str = "") -> list[str]:
        """Return the names of the random octets that the Responder draws for its answer."""
        names = [f"RANDRr of the transfer{again}"] if "G" in self.exchange["flags"] else []
        return names + (["TEK of the Responder", "SPI 0"] if "TEK of the Responder" in self.inputs else [])

    def take(self, again: str = "") -> Answer:
        """Let the Responder take the transfer of the vector."""
        asks = self.exchange["mode"] in (1, 3) and not again
        names = ["CSB ID of the resolve", "RANDRr of the resolve"] if asks else self.answers(again)
        kind = "RESOLVE_INIT" if asks else f"TRANSFER_RESP{again}"
        if f"timestamp of {kind}" not in self.inputs:
            kind = "TRANSFER_INIT"
        supplied = KeyDataType.TEK if "TEK of the Responder" in self.inputs else None
        return self.responder.receive_transfer(
            self.octets[f"TRANSFER_INIT{again}"], self.now(kind), self.random(*names), supplied=supplied
        )

    def resolve(self) -> bytes:
        """Let the KMS resolve the ticket of the vector."""
        names = ["RANDRkms"] if "I" in self.exchange["flags"] else []
        now = self.now("RESOLVE_RESP")
        random = self.random(*names, *self.deliveries())
        return self.kms.answer(self.octets["RESOLVE_INIT"], now, random).reply

    def take_keys(self) -> Answer:
        """Let the Responder take the keys of the vector."""
        now = self.now("TRANSFER_RESP")
        return self.responder.receive_keys(self.octets["RESOLVE_RESP"], now, self.random(*self.answers()))


@pytest.fixture
def replayed(vectors: Callable[[str], Any], vectors_folder: Path, rsa_key: Callable[[str], Any]) -> Any:
    """Return a maker of the parties of a vector: `replayed("mode_1")`."""

    def certificate(name: str) -> bytes:
        pem = (vectors_folder / f"mikey/pk/{name}.crt").read_bytes()
        return load_pem_x509_certificate(pem).public_bytes(Encoding.DER)

    def credential(who: str) -> PublicKeyCredential | KmsCredential:
        if who == "kms":
            return KmsCredential(
                private_key=rsa_key("kms"), certificate=certificate("kms"), roots=(certificate("ca"),)
            )
        return PublicKeyCredential(
            private_key=rsa_key(who),
            chain=(certificate(who), certificate("ca")),
            kms_certificate=certificate("kms"),
        )

    return lambda case: Replayed(vectors(f"mikey/exchanges/{case}"), credential)


def stream(seed: str = "stream") -> Callable[[int], bytes]:
    """Return a source of octets that look random and repeat in every run."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        octets = b""
        while len(octets) < length:
            octets += hashlib.sha256(f"{seed}/{count}".encode()).digest()
            count += 1
        return octets[:length]

    return draw


@pytest.fixture
def octet_stream() -> Callable[..., Callable[[int], bytes]]:
    """Return a maker of sources of octets that look random and repeat: `octet_stream("seed")`."""
    return stream


@pytest.fixture
def joined() -> Callable[..., dict[str, bytes]]:
    """Return a function that joins the parties of an exchange in memory and returns their messages.

    It goes on from where the Initiator is. Each message may be changed on its way.
    """

    def join(
        parties: Replayed, seed: str = "joined", **changes: Callable[[bytes], bytes]
    ) -> dict[str, bytes]:
        random, now = stream(seed), itertools.count(_FIRST_SECOND).__next__
        sent: dict[str, bytes] = {}

        def carry(name: str, octets: bytes | None) -> bytes:
            assert octets is not None
            sent[name] = changes.get(name, bytes)(octets)
            return sent[name]

        initiator, responder, kms = parties.initiator, parties.responder, parties.kms
        called = parties.identities["called"]
        if initiator.state is InitiatorState.IDLE and "REQUEST_INIT" in parties.octets:
            request = initiator.request_ticket([called], now(), random, keys=parties.requested())
            answer = kms.answer(carry("REQUEST_INIT", request), now(), random)
            initiator.receive_ticket(carry("REQUEST_RESP", answer.reply), now())
        elif initiator.state is InitiatorState.IDLE:
            initiator.make_ticket([called], parties.ticket_key, now(), random)
        supplied = KeyDataType.TGK if "TGK of the Initiator" in parties.inputs else None
        transfer = initiator.transfer(called, now(), random, supplied=supplied)
        supplied = KeyDataType.TEK if "TEK of the Responder" in parties.inputs else None
        taken = responder.receive_transfer(carry("TRANSFER_INIT", transfer), now(), random, supplied=supplied)
        if taken.to_kms is not None:
            answer = kms.answer(carry("RESOLVE_INIT", taken.to_kms), now(), random)
            taken = responder.receive_keys(carry("RESOLVE_RESP", answer.reply), now(), random)
        if taken.to_initiator is not None:
            initiator.receive_response(carry("TRANSFER_RESP", taken.to_initiator))
        return sent

    return join
