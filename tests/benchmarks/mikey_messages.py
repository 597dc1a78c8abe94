"""Measures reading and writing a TRANSFER_INIT with a base ticket against the cryptography it cannot avoid.

Usage: python tests/benchmarks/mikey_messages.py

The bound is what a Responder that resolves the ticket itself has to compute, through hmac and
`cryptography` alone: the keys from TPK, the MAC of the ticket, the decryption of its keys, MPKi, the key of
the message and its MAC. Reading and writing go through the message, its ticket policy and its Ticket Data.
Both are timed in turns in one run, in time of the processor, and the medians are compared; the wanted ratio
is at most 4.
"""

import hmac
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.ticket import PolicyData, TicketData

VECTOR = Path(__file__).parents[1] / "vectors/mikey/exchanges/mode_2.json"
ROUNDS = 31
CALLS = 200
WANTED = 4.0


def transfer_init() -> bytes:
    """Return the octets of a TRANSFER_INIT with a base ticket."""
    messages = json.loads(VECTOR.read_text())["messages"]
    return bytes.fromhex(next(message["octets"] for message in messages if message["id"] == "TRANSFER_INIT"))


def prf(key: bytes, label: bytes, length: int) -> bytes:
    """Return P(key, label), RFC 3830, 4.1.2, for a key of one block, with as few HMACs as that takes."""
    step, result = label, b""
    while len(result) < length:
        step = hmac.digest(key, step, "sha1")
        result += hmac.digest(key, step + label, "sha1")
    return result[:length]


def unavoidable(octets: bytes) -> None:
    """Do the cryptography of one TRANSFER_INIT, on data of the right lengths."""
    tpk, label = bytes(16), bytes(28)
    encryption, salt, authentication = prf(tpk, label, 16), prf(tpk, label, 14), prf(tpk, label, 20)
    ticket = octets[len(octets) // 3 :]
    hmac.digest(authentication, ticket, "sha1")
    decryptor = Cipher(algorithms.AES(encryption), modes.CTR(salt + bytes(2))).decryptor()
    decryptor.update(bytes(48))
    mpk_i = prf(tpk, label, 16)
    hmac.digest(prf(mpk_i, label, 20), octets, "sha1")


def read_and_write(octets: bytes) -> None:
    """Read a message to its last field, and write it again."""
    message = Message.parse(octets)
    ticket = message.first(Ticket)
    assert ticket is not None
    PolicyData.parse(ticket.policy.data)
    TicketData.parse(ticket.data)
    assert message.serialize() == octets


def seconds_for_each(work: Callable[[bytes], None], octets: bytes) -> float:
    """Return the processor's time for one call in seconds, as the mean of many."""
    start = time.process_time()
    for _ in range(CALLS):
        work(octets)
    return (time.process_time() - start) / CALLS


def main() -> None:
    """Print both medians and their ratio."""
    octets = transfer_init()
    ours, bound = [], []
    for _ in range(ROUNDS):
        ours.append(seconds_for_each(read_and_write, octets))
        bound.append(seconds_for_each(unavoidable, octets))
    mine, theirs = statistics.median(ours), statistics.median(bound)
    print(f"message: {len(octets)} octets; medians of {ROUNDS} rounds of {CALLS}")
    print(f"read and write: {mine * 1e6:8.1f} us")
    print(f"cryptography:   {theirs * 1e6:8.1f} us")
    print(f"ratio:          {mine / theirs:8.2f} (wanted: at most {WANTED})")


if __name__ == "__main__":
    main()
