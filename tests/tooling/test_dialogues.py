"""What `mpspec peer` and `mpspec check pcap` find in what two sides say to each other."""

import json

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive, RequestStatus, values
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus
from mediasec.msrp import FailureReport, Request, Response, Uri
from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.registry import Flag, Method
from mpspec.protocol.bfcp_decode import decode
from mpspec.protocol.bfcp_hearing import ERROR_RULES, BfcpHearing
from mpspec.protocol.hearing import Heard
from mpspec.protocol.msrp_hearing import CODE_RULES, MsrpHearing

P = Primitive
GRANTED = FloorRequestInformation(
    identifier=1,
    attributes=(
        FloorRequestStatus(identifier=543, attributes=(values.RequestStatus(status=RequestStatus.GRANTED),)),
    ),
)
ACK = (
    values.SupportedPrimitives(primitives=tuple(range(1, 14))),
    values.SupportedAttributes(types=tuple(range(1, 19))),
)
ASK = (values.FloorId(value=543),)


def bfcp(primitive, *attributes, transaction=1, user=5, conference=7):
    """Return a message of BFCP; a transaction ID of 0 may stand in a request."""
    octets = Message(
        primitive=primitive,
        conference_id=conference,
        transaction_id=transaction or 1,
        user_id=user,
        attributes=attributes,
    ).serialize()
    return octets[:8] + transaction.to_bytes(2, "big") + octets[10:]


def hear(hearing, *said):
    """Return what is heard of octets; each is said by the side of its number."""
    first = hearing()
    sides = (first, first.opposite())
    return [heard for side, octets in said for heard in sides[side].take(octets)]


def broken(heard):
    """Return the rules that the last message breaks."""
    return [finding.requirement for finding in heard[-1].findings]


HELLO, HELLO_ACK = bfcp(P.HELLO), bfcp(P.HELLO_ACK, *ACK)
REQUEST, STATUS = bfcp(P.FLOOR_REQUEST, *ASK), bfcp(P.FLOOR_REQUEST_STATUS, GRANTED)


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ([(0, HELLO), (1, HELLO_ACK)], []),
        ([(0, HELLO), (1, bfcp(P.ERROR, values.ErrorCode(code=2)))], []),
        ([(0, HELLO), (0, bfcp(P.HELLO, transaction=2)), (1, HELLO_ACK)], []),
        ([(0, HELLO), (1, HELLO_ACK), (0, HELLO)], []),
        ([(0, HELLO), (1, bfcp(P.FLOOR_REQUEST_STATUS, GRANTED, transaction=0))], []),
        ([(1, bfcp(P.FLOOR_STATUS, transaction=0)), (0, HELLO), (1, HELLO_ACK)], []),
        ([(0, HELLO), (0, HELLO)], ["BFCP_037"]),
        ([(0, HELLO), (1, bfcp(P.HELLO_ACK, *ACK, transaction=2))], ["BFCP_038"]),
        ([(0, HELLO), (1, bfcp(P.HELLO_ACK, *ACK, user=6))], ["BFCP_038"]),
        ([(0, HELLO), (1, bfcp(P.HELLO_ACK, *ACK, conference=8))], ["BFCP_038"]),
        ([(0, HELLO), (1, HELLO_ACK), (1, HELLO_ACK)], ["BFCP_038"]),
        ([(0, HELLO), (1, bfcp(P.HELLO_ACK, *ACK, transaction=0))], ["BFCP_038"]),
        ([(0, HELLO), (1, bfcp(P.FLOOR_REQUEST_STATUS, GRANTED, transaction=2))], ["BFCP_039"]),
        ([(0, HELLO), (1, bfcp(P.FLOOR_STATUS))], ["BFCP_067"]),
        ([(0, REQUEST), (1, HELLO_ACK)], ["BFCP_056"]),
        ([(0, bfcp(P.USER_QUERY)), (1, STATUS)], ["BFCP_062"]),
        ([(0, HELLO), (1, HELLO)], ["BFCP_073"]),
    ],
)
def test_requests_and_responses_of_bfcp(said, rules):
    """The last message breaks what it breaks beside those before it, and the others break nothing."""
    heard = hear(BfcpHearing, *said)
    assert broken(heard) == rules
    assert not any(one.findings for one in heard[:-1])


def test_a_request_is_answered_before_its_end():
    """An error on a message that is announced too long finds the request that it answers."""
    heard = hear(
        BfcpHearing, (0, REQUEST[:12]), (1, bfcp(P.ERROR, values.ErrorCode(code=14))), (0, REQUEST[12:])
    )
    assert [(one.name, one.findings) for one in heard] == [("Error", ()), ("FloorRequest", ())]


@pytest.mark.parametrize("code", list(ErrorCode))
def test_an_error_names_the_rule_that_asks_for_it(code):
    """An error is told in words, with the rule that it keeps, and is a refusal."""
    error = values.ErrorCode(code=code, details=b"\x78" if code == 4 else b"")
    message = bfcp(P.ERROR, error, values.ErrorInfo(text="Because."))
    (heard,) = hear(BfcpHearing, (0, HELLO), (1, message))[1:]
    assert heard.refuses
    assert heard.fields["reason"].endswith("Because.")
    assert heard.fields["reason"].split(":")[0].replace(" ", "_").upper() == code.name
    assert heard.rule == ERROR_RULES.get(code, "BFCP_025")
    assert ("60" in heard.fields["reason"]) == (code == 4)


@pytest.mark.parametrize(
    ("code", "words", "title"),
    [
        (6, "Invalid floor ID", "Invalid Floor ID"),
        (9, "Use TLS", "Use TLS"),
        (11, "Use DTLS", "Use DTLS"),
        (14, "Generic error", "Generic Error"),
    ],
)
def test_an_error_is_told_with_its_abbreviations(code, words, title):
    """The words of an error are those of RFC 8855, with ID, TLS and DTLS as they are written there."""
    message = bfcp(P.ERROR, values.ErrorCode(code=code))
    assert hear(BfcpHearing, (0, HELLO), (1, message))[1].fields["reason"] == words
    assert f"{code} ({title})" in json.dumps(decode(message).as_json())


ALICE, BOB, CAROL = (Uri.parse(f"msrps://192.0.2.{host}:2855/s{host};tcp") for host in (1, 2, 3))


def send(transaction="aaaa1", message="mmmm1", octets=b"hello", start=1, flag=Flag.COMPLETE, **more):
    """Return a SEND from Alice to Bob."""
    fields = {"byte_range": ByteRange(start=start, total=None), "content_type": "text/plain", "body": octets}
    return Request(
        transaction_id=transaction,
        method=Method.SEND,
        message_id=message,
        flag=flag,
        **{"to_path": (BOB,), "from_path": (ALICE,)} | fields | more,
    ).serialize()


def answer(transaction="aaaa1", code=200, to_path=(ALICE,), from_path=(BOB,), comment=None):
    """Return Bob's response."""
    return Response(
        transaction_id=transaction, code=code, comment=comment, to_path=to_path, from_path=from_path
    ).serialize()


WHOLE = ByteRange(start=1, end=5, total=5)


def report(code=200, message="mmmm1"):
    """Return Bob's REPORT."""
    return Request(
        transaction_id="rrrr1",
        method=Method.REPORT,
        to_path=(ALICE,),
        from_path=(BOB,),
        message_id=message,
        byte_range=WHOLE,
        status=Status(code=code),
    ).serialize()


SEND, OK = send(), answer()
FIRST = send(octets=b"he", flag=Flag.MORE)


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ([(0, SEND), (1, OK)], []),
        ([(0, SEND), (1, OK), (0, send(message="mmmm2"))], []),
        ([(0, send(failure_report=FailureReport.PARTIAL)), (1, answer(code=413))], []),
        ([(0, FIRST), (0, send("aaaa2", octets=b"llo", start=3))], []),
        ([(0, FIRST), (0, send("aaaa2", octets=b"", start=3, flag=Flag.ABORTED)), (0, send("aaaa3"))], []),
        ([(0, SEND), (0, send("aaaa2", to_path=(CAROL,)))], []),
        ([(0, send(success_report=True)), (1, report())], []),
        ([(0, SEND), (1, report(code=413))], []),
        ([(1, report(message="nobodys"))], []),
        ([(0, SEND.replace(b"To-Path", b"Via")), (1, answer(code=400))], []),
        ([(0, SEND), (0, send(message="mmmm2"))], ["MSRP_023"]),
        ([(1, OK)], ["MSRP_034"]),
        ([(0, SEND), (1, OK), (1, OK)], ["MSRP_034"]),
        ([(0, SEND), (1, answer(to_path=(CAROL,)))], ["MSRP_034"]),
        ([(0, SEND), (1, answer(from_path=(CAROL,)))], ["MSRP_034"]),
        ([(0, SEND), (0, send("aaaa2"))], ["MSRP_037"]),
        ([(0, FIRST), (0, send("aaaa2", octets=b"llo", start=3, success_report=True))], ["MSRP_038"]),
        ([(0, FIRST), (0, send("aaaa2", octets=b"llo", byte_range=None))], ["MSRP_039"]),
        ([(0, FIRST), (0, send("aaaa2", octets=b"lo", start=4))], ["MSRP_039"]),
        ([(0, send(byte_range=ByteRange(start=1, end=5, total=9)))], ["MSRP_039"]),
        ([(0, send(byte_range=ByteRange(start=1, end=None, total=9), flag=Flag.MORE))], []),
        ([(0, send(failure_report=FailureReport.NO)), (1, OK)], ["MSRP_055"]),
        ([(0, send(failure_report=FailureReport.PARTIAL)), (1, OK)], ["MSRP_055"]),
        ([(0, send(success_report=True)), (1, report()), (0, answer("rrrr1", to_path=(BOB,)))], ["MSRP_069"]),
        ([(0, SEND), (1, report())], ["MSRP_073"]),
        ([(0, SEND), (1, report(code=413).replace(b"Byte-Range: 1-5/5\r\n", b""))], ["MSRP_074"]),
        ([(0, send(failure_report=FailureReport.NO)), (1, report(code=413))], ["MSRP_075"]),
    ],
)
def test_requests_responses_and_reports_of_msrp(said, rules):
    """The last message breaks what it breaks beside those before it."""
    assert broken(hear(MsrpHearing, *said)) == rules


def test_two_requests_with_one_transaction_id_get_two_responses():
    """The fault is that of the requests, not of the responses."""
    heard = hear(MsrpHearing, (0, SEND), (0, send(message="mmmm2")), (1, OK), (1, OK))
    assert [len(one.findings) for one in heard] == [0, 1, 0, 0]


def test_a_message_is_refused_before_its_end():
    """A 413 in the middle of a request finds the request that it answers."""
    heard = hear(MsrpHearing, (0, SEND[:-10]), (1, answer(code=413)), (0, SEND[-10:]))
    assert [(one.name, one.findings) for one in heard] == [("413", ()), ("SEND", ())]


@pytest.mark.parametrize("code", [400, 403, 413, 415, 481, 501, 506, 599])
def test_a_refusal_names_the_rule_that_asks_for_it(code):
    """A response that refuses is told in words, with the rule that it keeps."""
    heard = hear(MsrpHearing, (0, SEND), (1, answer(code=code, comment="Because.")))[-1]
    assert heard.refuses
    assert heard.rule == CODE_RULES.get(code, "MSRP_034")
    assert heard.fields["reason"].endswith("Because.")
    assert heard.fields["reason"].startswith("Unknown code") == (code == 599)


def test_what_a_terminal_acts_on_is_escaped():
    """Text of the other side cannot move the cursor."""
    heard = Heard(protocol="MSRP", name="200", fields={"reason": "\x9b2J red \x1b[31m"}, rule="MSRP_034")
    (line,) = heard.lines("< ")
    assert line == '< MSRP 200 reason="\\x9b2J red \\x1b[31m": keeps MSRP_034'
