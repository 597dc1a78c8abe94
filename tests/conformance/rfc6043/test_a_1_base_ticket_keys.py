"""RFC 6043, A.1: the keys in a MIKEY base ticket."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, RequirementViolated
from mediasec.mikey.base_ticket import open_ticket, seal_ticket, ticket_key_identity
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import KeyData, RoleIdentity, Spi, Ticket, Timestamp
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    IdentityType,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
    TicketFlag,
    TimestampType,
)

CASES = ["mode_1", "mode_1_forking_256", "mode_1_group_key", "mode_1_initiator_key", "mode_3_key_wrap"]


def ticket_of(exchange) -> Ticket:
    messages = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
    ticket = Message.parse(messages["TRANSFER_INIT"]).first(Ticket)
    return dataclasses.replace(ticket, initiator_data=b"")


def spi(exchange, name):
    return Spi(value=bytes.fromhex(exchange["inputs"][name]))


def session_keys(exchange):
    for place, kind in enumerate(exchange["session"]["keys_in_ticket"]):
        salt = exchange["inputs"].get(f"salt of {kind} of the ticket")
        yield KeyData(
            kind=KeyDataType[kind.replace("+", "_")],
            key=bytes.fromhex(exchange["inputs"][f"{kind} of the ticket"]),
            salt=None if salt is None else bytes.fromhex(salt),
            validity=spi(exchange, f"SPI {place}"),
        )


def sealed(exchange, **changes):
    inputs, algorithms = exchange["inputs"], exchange["algorithms"]
    stamp = inputs.get("timestamp of ticket") or inputs["timestamp of REQUEST_RESP"]
    arguments = {
        "policy": ticket_of(exchange).policy,
        "tpk": bytes.fromhex(inputs["TPK"]),
        "rand": bytes.fromhex(inputs["RAND of the ticket"]),
        "timestamp": Timestamp(
            kind=TimestampType[stamp["type"].replace("-", "_")], value=int(stamp["value"], 16)
        ),
        "mpk": KeyData(
            kind=KeyDataType.MPK, key=bytes.fromhex(inputs["MPK"]), validity=spi(exchange, "SPI of MPK")
        ),
        "session_keys": tuple(session_keys(exchange)),
        "encryption": EncryptionAlgorithm[algorithms["encryption"].replace("-", "_")],
        "mac": MacAlgorithm[algorithms["mac"].replace("-", "_")],
        "key_identity": RoleIdentity(
            role=IdentityRole.PRE_SHARED_KEY,
            kind=IdentityType.BYTE_STRING,
            data=exchange["identities"]["tpk"].encode(),
        ),
    }
    arguments.update(changes)
    return seal_ticket(arguments.pop("policy"), **arguments)


@pytest.mark.parametrize("case", CASES)
def test_mky_161__ticket_of_the_exchange_is_made(vectors, case):
    """A KEMAC under keys from the TPK holds the MPK and after it the session keys."""
    exchange = vectors(f"mikey/exchanges/{case}")
    ticket, keys = sealed(exchange)
    assert ticket == ticket_of(exchange)
    assert ticket.data.hex() == exchange["results"]["ticket_data"]
    steps = {step["id"]: step["output"] for step in exchange["steps"]}
    used = steps["MPKr"] if TicketFlag.KEY_FORKING in ticket.policy.flags else ""
    assert (keys.mpk_i.hex(), keys.mpk_r.hex()) == (steps["MPKi"], used)


@pytest.mark.parametrize("case", CASES)
def test_mky_161__ticket_of_the_exchange_is_opened(vectors, case):
    """Who has the TPK finds MPKi, MPKr and the session keys."""
    exchange = vectors(f"mikey/exchanges/{case}")
    ticket = ticket_of(exchange)
    keys = open_ticket(ticket, bytes.fromhex(exchange["inputs"]["TPK"]))
    assert keys == sealed(exchange)[1]
    assert ticket_key_identity(ticket) == exchange["identities"]["tpk"].encode()


def test_mky_161__another_tpk_or_policy_does_not_open_it(vectors):
    """The keys come out under the right TPK and the policy that they were issued for alone."""
    exchange = vectors("mikey/exchanges/mode_1")
    ticket, tpk = ticket_of(exchange), bytes.fromhex(exchange["inputs"]["TPK"])
    other_policy = dataclasses.replace(ticket.policy, flags=ticket.policy.flags ^ 1)
    for wrong, key in (
        (ticket, bytes(16)),
        (dataclasses.replace(ticket, policy=other_policy), tpk),
        (dataclasses.replace(ticket, data=ticket.data[:-1] + bytes([ticket.data[-1] ^ 1])), tpk),
    ):
        with pytest.raises(AuthenticationFailed):
            open_ticket(wrong, key)


def test_mky_161__initiator_data_does_not_matter_for_opening(vectors):
    """The MAC of a ticket does not cover the Initiator Data."""
    exchange = vectors("mikey/exchanges/mode_1_forking")
    ticket, tpk = ticket_of(exchange), bytes.fromhex(exchange["inputs"]["TPK"])
    with_data = dataclasses.replace(ticket, initiator_data=b"\x00")
    assert open_ticket(with_data, tpk) == open_ticket(ticket, tpk)


def test_mky_161__ticket_whose_keys_do_not_begin_with_an_mpk_is_refused(vectors):
    """The MPK comes first."""
    exchange = vectors("mikey/exchanges/mode_1")
    tgk = next(session_keys(exchange))
    ticket, _ = sealed(exchange, mpk=tgk)
    with pytest.raises(RequirementViolated, match="MKY_051"):
        open_ticket(ticket, bytes.fromhex(exchange["inputs"]["TPK"]))


@pytest.mark.parametrize(
    ("changes", "requirement"),
    [
        ({"tpk": bytes(15)}, "MKY_140"),
        ({"rand": bytes(15)}, "MKY_143"),
        ({"encryption": EncryptionAlgorithm.AES_CM_256}, "MKY_144"),
        ({"session_keys": (KeyData(kind=KeyDataType.TGK, key=bytes(32)),)}, "MKY_145"),
    ],
)
@pytest.mark.verifies("MKY_140", "MKY_143", "MKY_144", "MKY_145")
def test_mky_161__weak_ticket_is_not_made(vectors, changes, requirement):
    """A ticket with short keys, a short random value or mixed algorithms is not made."""
    with pytest.raises(LocalProtocolError, match=requirement):
        sealed(vectors("mikey/exchanges/mode_1"), **changes)


@pytest.mark.parametrize(
    ("case", "requirement", "changes"),
    [("mode_1", "MKY_042", {"prf_function": 5}), ("mode_1", "MKY_165", {"subtype": 2})],
)
def test_mky_161__ticket_of_an_unknown_kind_is_refused(vectors, case, requirement, changes):
    """A ticket with another subtype or an unknown function cannot be opened."""
    exchange = vectors(f"mikey/exchanges/{case}")
    ticket = ticket_of(exchange)
    wrong = dataclasses.replace(ticket, policy=dataclasses.replace(ticket.policy, **changes))
    with pytest.raises(RequirementViolated, match=requirement):
        open_ticket(wrong, bytes.fromhex(exchange["inputs"]["TPK"]))


def test_mky_161__keys_do_not_show(vectors):
    """No representation of a ticket or of its keys holds a key."""
    exchange = vectors("mikey/exchanges/mode_1")
    ticket, keys = sealed(exchange)
    shown = f"{ticket!r}{keys!r}{ticket!s}{keys!s}"
    for secret in ("TPK", "MPK", "TGK of the ticket"):
        octets = bytes.fromhex(exchange["inputs"][secret])
        assert octets.hex() not in shown
        assert repr(octets)[2:-1] not in shown
    assert repr(keys.mpk_i)[2:-1] not in shown
    assert PrfFunction.MIKEY_1.name in shown
