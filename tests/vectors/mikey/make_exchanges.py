"""Make the vectors of complete MIKEY-TICKET exchanges, by OpenSSL's command line and plain packing alone.

Run it in this folder: `python make_exchanges.py` writes `exchanges/*.json`; `--check` compares them with what
it would write and exits 1 where they differ. No random octet is drawn: key, random value and CSB ID of a case
are the leading octets of SHA-256 over `mikey-ticket/<case>/<name>`.
"""

import json
import sys
from typing import Any

import layout
import oracle
from cases import (
    CASES,
    CONFERENCE,
    CS_ID,
    INITIATOR,
    INITIATOR_PSK,
    KMS,
    POLICY_NUMBER,
    RESPONDER,
    RESPONDER_PSK,
    SDP_IDENTIFIERS,
    TICKET_KEY,
    TLS_PROTOCOL_TYPE,
    Case,
)
from layout import Payload, uint
from parts import ANY_BUNDLE, AUTHENTICATION, FORKED_MPK_R, FORKED_TGK, HERE, TEK, Keys, Parts


class Exchange(Parts):
    """One case, exchange by exchange."""

    def request(self) -> None:
        """The Ticket Request (RFC 6043, 4.2.1)."""
        csb_id, rand_i = self.csb_id("CSB ID of the request"), self.material("RANDRi of the request")
        name, timestamp = "REQUEST_INIT", self.now("REQUEST_INIT")
        policy = layout.ticket_policy(1, self.suite.prf, self.case.flags, self.policy_data(request=True))
        start = [
            layout.timestamp(*timestamp),
            layout.role_rand("RANDRi", rand_i),
            layout.identity("IDRi", INITIATOR),
        ]
        middle = [layout.identity("IDRkms", KMS), Payload("TP", 16, policy)]
        if self.case.public_key:
            key = self.signed_request(name, "REQUEST_INIT_PK", csb_id, start, middle, "initiator", INITIATOR)
        else:
            key = self.material("PSK of the Initiator")
            keys = self.message_keys(name, key, csb_id, 1, rand_i)
            payloads = [*start, *middle, layout.identity("IDRpsk", INITIATOR_PSK, kind=2)]
            head = self.head("REQUEST_INIT_PSK", csb_id, expects=True)
            check = self.mac(
                name, head, payloads, keys, INITIATOR + KMS, " || identity of the Initiator || of the KMS"
            )
            self.send(name, "initiator", "kms", head, [*payloads, check])
        if self.case.then == "request error":
            self.refuse_request(csb_id, keys)
            return
        name, timestamp = "REQUEST_RESP", self.now("REQUEST_RESP")
        self.issue_ticket(timestamp)
        keys = self.message_keys(name, key, csb_id, 2, rand_i)
        payloads = [
            layout.timestamp(*timestamp),
            layout.identity("IDRkms", KMS),
            self.ticket_payload(),
            self.kemac(
                name,
                "RFC 6043, 4.2.1.5",
                keys,
                csb_id,
                timestamp,
                self.delivered(self.mpk_r, self.session_keys()),
            ),
        ]
        head = self.head("REQUEST_RESP", csb_id)
        check = self.mac(name, head, payloads, keys, self.octets["REQUEST_INIT"], " || REQUEST_INIT")
        self.send(name, "kms", "initiator", head, [*payloads, check])

    def signed_request(
        self,
        name: str,
        data_type: str,
        csb_id: int,
        start: list[Payload],
        middle: list[Payload],
        who: str,
        me: bytes,
    ) -> bytes:
        """An initial message of a public-key form; returns the envelope key (RFC 6043, 4.2.1.3, 4.2.3.3)."""
        exchange = "request" if who == "initiator" else "resolve"
        envelope_key = self.material(f"envelope key of the {exchange}")
        kms = HERE / "pk/kms.crt"
        length = 256 - 3 - len(envelope_key)
        padding = bytes(octet or 1 for octet in self.material(f"padding of the {exchange}", length))
        encrypted = self.recorder.rsa_encrypt(f"{name}: PKE", "RFC 3830, 4.2.5", kms, envelope_key, padding)
        certificates = [
            layout.certificate(oracle.certificate_octets(HERE / f"pk/{file}.crt")) for file in (who, "ca")
        ]
        hashed_kms = oracle.digest("sha256", oracle.certificate_octets(kms))
        payloads = [
            *start,
            *certificates,
            *middle,
            layout.certificate_hash(2, hashed_kms),
            layout.envelope(encrypted),
        ]
        head = self.head(data_type, csb_id, expects=True)
        covered = head.message([*payloads, Payload("SIGN", layout.SIGN, uint(256, 2))]) + me + KMS
        digest = "sha1" if self.suite.prf == "MIKEY-1" else "sha256"
        value = self.recorder.sign(
            f"{name}: SIGN", "RFC 6043, 5.5", HERE / f"pk/{who}.key", digest,
            f"{name} without its signature || identity of the sender || of the KMS", covered,
        )  # fmt: skip
        self.send(name, who, "kms", head, [*payloads, layout.signature(value)])
        return envelope_key

    def transfer(self, again: str = "") -> None:
        """The Ticket Transfer up to its initial message (RFC 6043, 4.2.2.1)."""
        suite, case = self.suite, self.case
        name = f"TRANSFER_INIT{again}"
        self.transfer_csb = self.csb_id(f"CSB ID of the transfer{again}")
        self.rand_i = self.material(f"RANDRi of the transfer{again}")
        timestamp = self.now(name)
        keys = self.message_keys(name, self.mpk_i, self.transfer_csb, 1, self.rand_i)
        self.called = CONFERENCE if self.forking else RESPONDER
        start = [
            layout.timestamp(*timestamp),
            layout.role_rand("RANDRi", self.rand_i),
            layout.identity("IDRi", INITIATOR),
            layout.identity("IDRr", self.called),
            layout.security_policy(POLICY_NUMBER, TLS_PROTOCOL_TYPE),
        ]
        end = []
        if case.initiator_key:
            self.supplied = self.session_key(case.initiator_key, "TGK of the Initiator", 0)
            data = layout.key_data([self.supplied])
            end.append(self.kemac(name, "RFC 6043, 4.2.2.1", keys, self.transfer_csb, timestamp, data))
        end.append(layout.sdp_identifiers(SDP_IDENTIFIERS))
        head = self.head(
            "TRANSFER_INIT",
            self.transfer_csb,
            expects="F" in case.flags,
            sessions=[self.session(self.spi(case))],
        )
        covered = [*start, Payload("TICKET", 17, self.ticket), *end]
        covers = ", without Initiator Data and their length || identity of the Initiator || of the Responder"
        check = self.mac(name, head, covered, keys, INITIATOR + self.called, covers)
        initiator_data = b""
        if self.forking:
            label = uint(AUTHENTICATION, 4) + b"\xff" + uint(ANY_BUNDLE, 4) + b"\x04"
            key = self.recorder.prf(
                f"{name}: auth_key of Vr", "RFC 6043, 6.10", suite.prf, self.mpk_r, label, suite.mac_key
            )
            blank = Payload("Vr", 9, check.octets[:1])
            data = uint(9, 1) + layout.chain([check, blank])
            mac = self.recorder.mac(
                f"{name}: MAC of Vr",
                "RFC 6043, 6.10",
                suite.mac,
                key,
                "Initiator Data without the MAC of Vr",
                data,
            )
            initiator_data = data + mac
        self.send(
            name, "initiator", "responder", head, [*start, self.ticket_payload(initiator_data), *end, check]
        )
        self.initiator_data = initiator_data

    def spi(self, case: Case) -> bytes:
        """The SPI of the session key, which the initial message names if its sender knows it."""
        return b"" if case.responder_key else self.material("SPI 0", 3)

    def session(self, spi: bytes) -> bytes:
        """The one crypto session."""
        return layout.generic_session(CS_ID, TLS_PROTOCOL_TYPE, [POLICY_NUMBER], spi)

    def resolve(self) -> None:
        """The Ticket Resolve (RFC 6043, 4.2.3)."""
        csb_id, rand_r = self.csb_id("CSB ID of the resolve"), self.material("RANDRr of the resolve")
        name, timestamp = "RESOLVE_INIT", self.now("RESOLVE_INIT")
        start = [
            layout.timestamp(*timestamp),
            layout.role_rand("RANDRr", rand_r),
            layout.identity("IDRr", RESPONDER),
        ]
        middle = [layout.identity("IDRkms", KMS), self.ticket_payload(self.initiator_data)]
        if self.case.public_key:
            key = self.signed_request(name, "RESOLVE_INIT_PK", csb_id, start, middle, "responder", RESPONDER)
        else:
            key = self.material("PSK of the Responder")
            keys = self.message_keys(name, key, csb_id, 1, rand_r=rand_r)
            payloads = [*start, *middle, layout.identity("IDRpsk", RESPONDER_PSK, kind=2)]
            head = self.head("RESOLVE_INIT_PSK", csb_id, expects=True)
            check = self.mac(
                name, head, payloads, keys, RESPONDER + KMS, " || identity of the Responder || of the KMS"
            )
            self.send(name, "responder", "kms", head, [*payloads, check])
        session_keys = self.session_keys()
        if self.forking:
            self.mpk_r_forked = self.fork("MPKr'", FORKED_MPK_R, self.mpk_r)
            session_keys = [
                (kind, self.fork(f"{kind}'", FORKED_TGK, key) if kind.startswith("TGK") else key, salt, spi)
                for kind, key, salt, spi in session_keys
            ]
        self.usable = session_keys
        name, timestamp = "RESOLVE_RESP", self.now("RESOLVE_RESP")
        keys = self.message_keys(name, key, csb_id, 2, rand_r=rand_r)
        data = self.delivered(self.mpk_r_forked if self.forking else b"", session_keys)
        payloads = [
            layout.timestamp(*timestamp),
            layout.identity("IDRkms", KMS),
            self.kemac(name, "RFC 6043, 4.2.3.5", keys, csb_id, timestamp, data),
        ]
        if self.forking:
            payloads += self.modifier()
        head = self.head("RESOLVE_RESP", csb_id)
        check = self.mac(name, head, payloads, keys, self.octets["RESOLVE_INIT"], " || RESOLVE_INIT")
        self.send(name, "kms", "responder", head, [*payloads, check])

    def modifier(self) -> list[Payload]:
        """The identity that answered and the random value of the KMS, with which keys were forked."""
        return [layout.identity("IDRr", RESPONDER), layout.role_rand("RANDRkms", self.material("RANDRkms"))]

    def answer(self, again: str = "") -> None:
        """TRANSFER_RESP (RFC 6043, 4.2.2.3), if the policy wants it, and the key of the session."""
        case, name = self.case, f"TRANSFER_RESP{again}"
        rand_r = self.material(f"RANDRr of the transfer{again}") if "G" in case.flags else b""
        self.rand_r = rand_r
        supplied = self.supplied if case.initiator_key else self.usable[0] if self.usable else None
        if "F" in case.flags:
            timestamp = self.now(name)
            key = self.mpk_r_forked if self.forking else self.mpk_i
            keys = self.message_keys(name, key, self.transfer_csb, 2, self.rand_i, rand_r)
            payloads = [layout.timestamp(*timestamp)]
            payloads += [layout.role_rand("RANDRr", rand_r)] if rand_r else []
            payloads += self.modifier() if self.forking else []
            if case.responder_key:
                supplied = self.session_key(case.responder_key, "TEK of the Responder", 0)
                data = layout.key_data([supplied])
                payloads.append(
                    self.kemac(name, "RFC 6043, 4.2.2.3", keys, self.transfer_csb, timestamp, data)
                )
            assert supplied is not None
            head = self.head("TRANSFER_RESP", self.transfer_csb, sessions=[self.session(supplied[3])])
            initial = f"TRANSFER_INIT{again}"
            check = self.mac(name, head, payloads, keys, self.octets[initial], f" || {initial}")
            self.send(name, "responder", "initiator", head, [*payloads, check])
            self.last_keys = keys
        assert supplied is not None
        self.establish(supplied, again)

    def establish(self, key: tuple[str, bytes, bytes, bytes], again: str = "") -> None:
        """The TEK of the crypto session (RFC 6043, 5.1.3), which is the pre-shared key of TLS."""
        tek = key[1]
        if not key[0].startswith("TEK"):
            rand_i = self.rand_i if "H" in self.case.flags else b""
            label = (
                uint(TEK, 4) + uint(CS_ID, 1) + uint(ANY_BUNDLE, 4) + b"\x03" + layout.counted(rand_i, 1)
                + layout.counted(self.rand_r, 1)
            )  # fmt: skip
            tek = self.recorder.prf(
                f"TEK{again}", "RFC 6043, 5.1.3", self.suite.prf, key[1], label, self.suite.key
            )
        identity = f"mikey-ticket:{self.transfer_csb:08x}:{CS_ID:02x}:{key[3].hex()}"
        self.results[f"tek{again}"] = tek.hex()
        if key[2]:
            self.results[f"salt{again}"] = key[2].hex()
        self.results[f"tls_psk{again}"] = tek.hex()
        self.results[f"tls_psk_identity{again}"] = identity

    # What may follow.

    def refuse_request(self, csb_id: int, keys: Keys) -> None:
        """An authenticated error message: error 15, Invalid TPpar (RFC 6043, 5.4, 6.9)."""
        name, timestamp = "ERROR", self.now("ERROR")
        payloads = [layout.timestamp(*timestamp), layout.error(15)]
        head = self.head("ERROR", csb_id)
        check = self.mac(name, head, payloads, keys, b"", "")
        self.send(name, "kms", "initiator", head, [*payloads, check])

    def refuse_transfer(self) -> None:
        """An error message that cannot be authentic yet: error 9, Invalid SP, with what is supported."""
        timestamp = self.now("ERROR")
        payloads = [
            layout.timestamp(*timestamp),
            layout.error(9),
            layout.security_policy(POLICY_NUMBER, TLS_PROTOCOL_TYPE),
        ]
        self.send(
            "ERROR", "responder", "initiator", self.head("ERROR", self.transfer_csb, sessions=[]), payloads
        )

    def update(self) -> None:
        """A CSB update by the Initiator with a new TGK, under the keys of TRANSFER_RESP (RFC 6043, 5.2)."""
        name, timestamp, keys = (
            "TRANSFER_INIT of the update",
            self.now("TRANSFER_INIT of the update"),
            self.last_keys,
        )
        key = self.session_key("TGK", "TGK of the update", 1)
        payloads = [
            layout.timestamp(*timestamp),
            layout.identity("IDRi", INITIATOR),
            layout.identity("IDRr", RESPONDER),
            layout.security_policy(POLICY_NUMBER, TLS_PROTOCOL_TYPE),
            self.kemac(name, "RFC 6043, 5.2", keys, self.transfer_csb, timestamp, layout.key_data([key])),
        ]
        head = self.head("TRANSFER_INIT", self.transfer_csb, expects=True, sessions=[self.session(key[3])])
        check = self.mac(
            name,
            head,
            payloads,
            keys,
            INITIATOR + RESPONDER,
            " || identity of the Initiator || of the Responder",
        )
        self.send(name, "initiator", "responder", head, [*payloads, check])
        answer, timestamp = "TRANSFER_RESP of the update", self.now("TRANSFER_RESP of the update")
        payloads = [layout.timestamp(*timestamp), layout.identity("IDRr", RESPONDER)]
        head = self.head("TRANSFER_RESP", self.transfer_csb, sessions=[self.session(key[3])])
        check = self.mac(answer, head, payloads, keys, self.octets[name], f" || {name}")
        self.send(answer, "responder", "initiator", head, [*payloads, check])
        self.establish(key, " of the update")

    def run(self) -> dict[str, Any]:
        """Make the whole exchange."""
        case = self.case
        if case.mode in (1, 2):
            self.request()
        else:
            self.issue_ticket(self.now("ticket"))
        if case.then != "request error":
            self.transfer()
            if case.then == "transfer error":
                self.refuse_transfer()
            else:
                self.usable = self.session_keys()
                if case.mode in (1, 3):
                    self.resolve()
                self.answer()
        if case.then == "update":
            self.update()
        if case.then == "reuse":
            self.transfer(" again")
            self.answer(" again")
        return self.record()

    def record(self) -> dict[str, Any]:
        """The case as it is checked in."""
        case = self.case
        return {
            "$schema": "../exchange.schema.json",
            "id": case.name,
            "title": case.title,
            "source": list(case.sources),
            "origin": "made here by make_exchanges.py with OpenSSL's command line and plain packing",
            "mode": case.mode,
            "flags": case.flags,
            "then": case.then,
            "algorithms": {"prf": self.suite.prf, "encryption": self.suite.encryption, "mac": self.suite.mac},
            "identities": {
                "initiator": INITIATOR.decode(),
                "called": CONFERENCE.decode() if self.forking else RESPONDER.decode(),
                "responder": RESPONDER.decode(),
                "kms": KMS.decode(),
                "psk_of_initiator": INITIATOR_PSK.decode(),
                "psk_of_responder": RESPONDER_PSK.decode(),
                "tpk": TICKET_KEY.decode(),
            },
            "session": {
                "cs_id": CS_ID,
                "protocol_type": TLS_PROTOCOL_TYPE,
                "keys_in_ticket": list(case.keys),
            },
            "inputs": self.inputs,
            "steps": self.recorder.steps,
            "messages": self.messages,
            "results": self.results,
        }


def main(arguments: list[str]) -> int:
    """Write every case, or compare every case with what is checked in."""
    wrong = 0
    for case in CASES:
        if arguments[1:] and case.name not in arguments[1:]:
            continue
        path = HERE / "exchanges" / f"{case.name}.json"
        text = json.dumps(Exchange(case).run(), indent=1) + "\n"
        if arguments[:1] != ["--check"]:
            path.write_text(text)
        elif not path.is_file() or path.read_text() != text:
            sys.stderr.write(f"{path.name} is not what is made now\n")
            wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["--write"]))
