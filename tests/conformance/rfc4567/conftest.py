"""An offer and an answer with keys, and the parties that make and take them."""

import base64

import pytest

from mediasec.procedures.key_management import KeyAnswer, KeyOffer
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.sdp.message import SessionDescription

NOW = 1_796_126_400.0


def describe(streams, session=()):
    """Return a description with MSRP and BFCP streams in turn; each is its port and its attributes."""
    lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", *session]
    for place, (port, attributes) in enumerate(streams):
        kind = "message {} TCP/TLS/MSRP *" if place % 2 == 0 else "application {} TCP/TLS/BFCP *"
        lines += [f"m={kind.format(port)}", "a=setup:actpass", *attributes]
    return SessionDescription.parse("".join(f"{line}\r\n" for line in lines).encode())


def key_line(octets, protocol="mikey"):
    return f"a=key-mgmt:{protocol} {base64.b64encode(octets).decode()}"


class Call:
    """An offerer and an answerer that key two streams by tickets of one KMS."""

    def __init__(self, replayed, octet_stream, case):
        self.parties = replayed(case)
        self.random = octet_stream(case)
        self.initiators: dict[int, Initiator] = {}
        self.transfers: dict[int, bytes] = {}
        for index in (0, 1):
            self.add(index)
        self.responders = []
        self.answer = KeyAnswer(self.make_responder)
        self.offer = KeyOffer(self.initiators)

    def add(self, index, protocols=("mikey",)):
        """Make the TRANSFER_INIT of a stream."""
        parties, called = self.parties, self.parties.identities["called"]
        initiator = parties.new_initiator()
        if "REQUEST_INIT" in parties.octets:
            asked = initiator.request_ticket([called], NOW, self.random)
            granted = parties.kms.answer(asked, NOW, self.random).reply
            initiator.receive_ticket(granted, NOW)
        else:
            initiator.make_ticket([called], parties.ticket_key, NOW, self.random)
        self.initiators[index] = initiator
        self.transfers[index] = initiator.transfer(called, NOW, self.random, protocols=protocols)

    def make_responder(self):
        """Return a Responder, and keep it."""
        self.responders.append(self.parties.new_responder())
        return self.responders[-1]

    def offered(self, change=None):
        """Return the offer; a function may change the key lines of each stream."""
        lines = [[key_line(self.transfers[index])] for index in (0, 1)]
        if change is not None:
            lines = change(lines)
        return describe([(9000 + place, attributes) for place, attributes in enumerate(lines)])

    def take(self, offer=None):
        """Let the answerer take the offer, and the KMS resolve what it has to."""
        asked = self.answer.receive_offer(self.offered() if offer is None else offer, NOW, self.random)
        for where, octets in asked.items():
            reply = self.parties.kms.answer(octets, NOW, self.random).reply
            self.answer.receive_keys(where, reply, NOW, self.random)
        return asked

    def answered(self, change=None, ports=(9100, 9101)):
        """Return the answer; a function may change the key lines of each stream."""
        lines = [
            [] if self.answer.messages[index] is None else [key_line(self.answer.messages[index])]
            for index in (0, 1)
        ]
        if change is not None:
            lines = change(lines)
        return describe(list(zip(ports, lines, strict=True)))


@pytest.fixture
def call(replayed, octet_stream):
    """Return a maker of a call: `call("mode_1_forking")`."""
    return lambda case="mode_1_forking": Call(replayed, octet_stream, case)


@pytest.fixture
def described():
    """Return a maker of descriptions and one of key lines."""
    return describe, key_line
