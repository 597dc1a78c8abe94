"""Makes the vectors of BFCP from the layouts of RFC 8855, without any code of this project.

Usage: python tests/vectors/bfcp/make_messages.py [--check]

With `--check` it compares what it would write with what is there.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("messages.json")
MADE_HERE = "made here: octets from the layouts of RFC 8855"
CONFERENCE = 0x0A0B0C0D
VECTORS: list[dict[str, Any]] = []


class Attribute:
    """An attribute in octets and in words."""

    def __init__(self, number: int, contents: bytes, expected: dict[str, Any], *, mandatory: bool = False):
        length = 2 + len(contents)
        self.octets = bytes([number << 1 | mandatory, length]) + contents + bytes(-length % 4)
        self.expected = {"type": number, **expected} | ({"mandatory": True} if mandatory else {})


def short(value: int) -> bytes:
    """Return two octets in network byte order."""
    return value.to_bytes(2, "big")


def identifier(number: int, value: int) -> Attribute:
    """BENEFICIARY-ID, FLOOR-ID or FLOOR-REQUEST-ID."""
    return Attribute(number, short(value), {"value": value})


def text(number: int, value: str) -> Attribute:
    """ERROR-INFO and the others that hold text."""
    return Attribute(number, value.encode(), {"text": value})


def priority(value: int) -> Attribute:
    """PRIORITY."""
    return Attribute(4, short(value << 13), {"priority": value})


def status(value: int, position: int = 0) -> Attribute:
    """REQUEST-STATUS."""
    return Attribute(5, bytes([value, position]), {"status": value, "queue_position": position})


def group(number: int, value: int, *inner: Attribute) -> Attribute:
    """A grouped attribute."""
    contents = short(value) + b"".join(one.octets for one in inner)
    return Attribute(number, contents, {"identifier": value, "attributes": [one.expected for one in inner]})


def extension(number: int, octets: bytes) -> Attribute:
    """An attribute that nobody knows, with the M bit."""
    return Attribute(number, octets, {"octets": octets.hex()}, mandatory=True)


def vector(
    name: str,
    requirements: str,
    sections: str,
    header: tuple[int, int, int, int],
    attributes: Iterable[Attribute] = (),
    *,
    origin: str = MADE_HERE,
    octets: str = "",
    first: int = 0x20,
    flags: tuple[str, ...] = (),
    violates: tuple[str, ...] = (),
) -> None:
    """Add a message; `octets` are in place of those that its parts make."""
    attributes = tuple(attributes)
    primitive, conference, transaction, user = header
    payload = b"".join(one.octets for one in attributes)
    made = bytes([first, primitive]) + short(len(payload) // 4) + conference.to_bytes(4, "big")
    made += short(transaction) + short(user) + payload
    expected = {
        "primitive": primitive,
        "conference_id": conference,
        "transaction_id": transaction,
        "user_id": user,
        "attributes": [one.expected for one in attributes],
    }
    VECTORS.append(
        {
            "id": name,
            "requirements": requirements.split(),
            "source": [f"RFC 8855, {section}" for section in sections.split()],
            "origin": origin,
            "octets": octets.replace(" ", "") or made.hex(),
            "expected": None if "malformed" in flags else expected,
            "flags": list(flags),
            "violates": list(violates),
        }
    )


def figures() -> None:
    """Add the messages of figures 2, 3 and 4."""

    def derived(number: int) -> str:
        return f"derived: the fields of RFC 8855, figure {number}; octets from its layouts"

    def asked(*attributes: Attribute, transaction: int, primitive: int, name: str, rule: str) -> None:
        sections = f"4.1 5.3.{primitive}"
        header = (primitive, CONFERENCE, transaction, 234)
        vector(name, rule, sections, header, attributes, origin=derived(int(name[7])))

    def information(request: int, *standing: int, beneficiary: int = 0) -> Attribute:
        last = (group(14, beneficiary),) if beneficiary else ()
        return group(15, request, group(18, request, status(*standing)), group(17, 543), *last)

    floor, release = identifier(2, 543), identifier(3, 789)
    asked(floor, transaction=123, primitive=1, name="figure-2-1-floor-request", rule="BFCP_001 BFCP_019")
    for number, transaction, standing in ((2, 123, (1,)), (3, 0, (2, 1)), (4, 0, (3,))):
        asked(
            information(789, *standing),
            transaction=transaction,
            primitive=4,
            name=f"figure-2-{number}-floor-request-status",
            rule="BFCP_017 BFCP_021",
        )
    asked(release, transaction=154, primitive=2, name="figure-2-5-floor-release", rule="BFCP_020")
    asked(
        information(789, 6),
        transaction=154,
        primitive=4,
        name="figure-2-6-floor-request-status",
        rule="BFCP_021",
    )
    asked(floor, transaction=257, primitive=7, name="figure-3-1-floor-query", rule="BFCP_023")
    first, second = (764, 124), (635, 154)
    for number, transaction, standings in (
        (2, 257, ((first, (2, 1)), (second, (2, 2)))),
        (3, 0, ((first, (3,)), (second, (2, 1)))),
        (4, 0, ((second, (3,)),)),
    ):
        requests = [information(who[0], *standing, beneficiary=who[1]) for who, standing in standings]
        asked(
            floor,
            *requests,
            transaction=transaction,
            primitive=8,
            name=f"figure-3-{number}-floor-status",
            rule="BFCP_006 BFCP_023",
        )
    action = group(15, 635, group(17, 543, status(3)))
    header = (CONFERENCE, 769, 357)
    vector("figure-4-1-chair-action", "BFCP_021", "4.2 5.3.9", (9, *header), [action], origin=derived(4))
    vector("figure-4-2-chair-action-ack", "BFCP_026", "4.2 5.3.10", (10, *header), origin=derived(4))


def others() -> None:
    """Add a message of each other kind."""
    everything = (identifier(2, 1), identifier(2, 2), identifier(1, 3), text(8, "Grüße €"), priority(4))
    rules = "BFCP_010 BFCP_014 BFCP_019"
    vector("floor-request-with-everything", rules, "5.3.1", (1, 1, 1, 2), everything)
    vector("floor-request-query", "BFCP_020", "5.3.3", (3, 1, 2, 2), [identifier(3, 65535)])
    vector("user-query-about-another", "BFCP_022", "5.3.5", (5, 1, 3, 2), [identifier(1, 3)])
    ann = group(14, 3, text(12, "Ann"), text(13, "sip:ann@example.com"))
    request = group(
        15,
        9,
        group(18, 9, status(2, 4), text(9, "soon")),
        group(17, 1, status(2, 4), text(9, "wait")),
        group(14, 3),
        group(16, 2, text(12, "Bob")),
        priority(1),
        text(8, "why"),
    )
    rules = "BFCP_016 BFCP_017 BFCP_018 BFCP_022"
    vector("user-status-with-everything", rules, "5.3.6", (6, 1, 3, 2), [ann, request])
    vector("hello", "BFCP_026", "5.3.11", (11, 0xFFFFFFFF, 65535, 65535))
    messages, types = list(range(1, 14)), list(range(1, 19))
    lists = (
        Attribute(11, bytes(messages), {"primitives": messages}),
        Attribute(10, bytes(one << 1 for one in types), {"types": types}),
    )
    vector("hello-ack", "BFCP_015 BFCP_024", "5.3.12", (12, 1, 4, 2), lists)
    error = Attribute(6, b"\x04\xc6\xc8", {"code": 4, "details": "c6c8"})
    header = (13, 1, 5, 2)
    vector("error-4-with-two-types", "BFCP_013 BFCP_025", "5.2.6.1 5.3.13", header, [error, text(7, "what?")])
    acknowledgements = ("floor-request-status-ack", "floor-status-ack", "goodbye", "goodbye-ack")
    for primitive, name in enumerate(acknowledgements, start=14):
        header = (primitive, 1, 6, 2)
        rules, section = "BFCP_007 BFCP_026", f"5.3.{primitive}"
        vector(f"{name}-with-an-extension", rules, section, header, [extension(99, b"abc")])


def faults() -> None:
    """Add messages that receivers forgive, that break a rule, and that do not parse."""
    floor = identifier(2, 1)
    vector(
        "priority-above-highest",
        "BFCP_010",
        "5.2.4",
        (1, 1, 7, 2),
        [floor, priority(4)],
        octets="20010002 00000001 00070002 04040001 0804ffff",
        flags=("not canonical",),
    )
    vector(
        "padding-that-is-not-zero",
        "BFCP_005",
        "5.2",
        (1, 1, 8, 2),
        [floor, text(8, "a")],
        octets="20010002 00000001 00080002 04040001 100361ff",
        flags=("not canonical",),
    )
    two = (identifier(3, 1), identifier(3, 2))
    held = group(15, 1, group(17, 1, status(3, 1)))
    vector("floor-request-without-a-floor", "BFCP_019", "5.3.1", (1, 1, 9, 2), violates=("BFCP_019",))
    vector("two-floor-request-ids", "BFCP_020", "5.3.2", (2, 1, 10, 2), two, violates=("BFCP_020",))
    vector("transaction-id-0", "BFCP_037", "8.1", (11, 1, 0, 2), violates=("BFCP_037",))
    vector("version-2", "BFCP_002", "5.1", (11, 1, 11, 2), first=0x40, violates=("BFCP_002",))
    vector(
        "position-of-a-granted-request", "BFCP_011", "5.2.5", (4, 1, 12, 2), [held], violates=("BFCP_011",)
    )
    for name, rule, section, octets in (
        ("attribute-shorter-than-its-header", "BFCP_005", "5.2", "200100010000000100010002 04010001"),
        ("attribute-beyond-the-message", "BFCP_004", "5.1", "200100010000000100010002 04050001"),
        ("floor-id-of-one-octet", "BFCP_009", "5.2.2", "200100010000000100010002 04030100"),
        ("text-that-is-no-utf-8", "BFCP_014", "5.2.8", "200100020000000100010002 04040001 1004c328"),
        ("group-that-nothing-fills", "BFCP_006", "5.2", "200400020000000100010002 1e070001 22030000"),
        ("message-shorter-than-announced", "BFCP_004", "5.1", "200b00010000000100010002"),
        ("header-of-eleven-octets", "BFCP_001", "5", "200b000000000001000100"),
    ):
        vector(name, rule, section, (0, 0, 0, 0), octets=octets, flags=("malformed",))


def main() -> None:
    """Write the vectors, or compare them."""
    figures()
    others()
    faults()
    content = {"$schema": "schema.json", "vectors": VECTORS}
    made = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(made, encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != made:
        sys.exit(f"{FILE.name} is not what this program makes.")


if __name__ == "__main__":
    main()
