from dataclasses import replace

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.events import MessageReceived
from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.message import Request
from mediasec.msrp.registry import FailureReport, Method
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def failures(side, session, octets: bytes) -> list:
    """Have a side receive a message and report its failure; return what it sent for that."""
    news = [event for event in side.receive(octets) if isinstance(event, MessageReceived)]
    side.messages()
    session.report_failure(news[0].message, 403)
    side.output()
    return side.messages()


@pytest.mark.parametrize("announced", ["1-*/*", "1-*/14", "1-14/14", None])
def test_msrp_074__the_true_end_of_the_octets(msrp_side, send, announced):
    """A failure report has the error code, and the end of the octets that came, not of those announced."""
    bob = msrp_side("bob")
    lines = () if announced is None else (f"Byte-Range: {announced}",)
    (report,) = failures(bob, bob.session(BOB, ALICE), send(lines=lines))
    assert report.status == Status(namespace="000", code=403)
    assert report.byte_range == ByteRange(start=1, end=14, total=14)
    assert (report.message_id, report.to_path, report.from_path) == ("12339sdqwer", (ALICE,), (BOB,))


def test_msrp_074__a_failure_report_without_a_range():
    """A failure report without a Byte-Range breaks the rule: it is not sent, and is understood."""
    report = Request(
        transaction_id="d93kswow",
        method=Method.REPORT,
        to_path=(ALICE,),
        from_path=(BOB,),
        message_id="12339sdqwer",
        byte_range=ByteRange(start=1, end=14, total=14),
        status=Status(code=403),
    )
    octets = report.serialize().replace(b"Byte-Range: 1-14/14\r\n", b"")
    heard = Request.parse(octets)
    assert [found.requirement for found in heard.check()] == ["MSRP_074"]
    with pytest.raises(LocalProtocolError):
        heard.serialize()
    assert replace(heard, status=Status(code=200)).check() == []
    assert replace(heard, status=Status(namespace="001", code=403)).check() == []


@pytest.mark.parametrize("wanted", ["yes", "partial"])
def test_msrp_075__failures_that_are_wanted(msrp_side, send, wanted):
    """Failures are reported where all or some are wanted."""
    bob = msrp_side("bob")
    assert len(failures(bob, bob.session(BOB, ALICE), send(lines=(f"Failure-Report: {wanted}",)))) == 1


def test_msrp_075__failures_that_are_not_wanted(msrp_side, send):
    """Failures are not reported where none is wanted."""
    bob = msrp_side("bob")
    assert failures(bob, bob.session(BOB, ALICE), send(lines=("Failure-Report: no",))) == []


def test_msrp_055__partial_means_errors_alone(msrp_side, send):
    """Where failures are wanted in part, there is no 200, and an error is answered."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE, accept_types=("text/plain",))
    bob.receive(send(lines=(f"Failure-Report: {FailureReport.PARTIAL}",)))
    assert bob.messages() == []
    bob.receive(send(lines=("Failure-Report: partial",), content_type="image/png"))
    assert [answer.code for answer in bob.messages()] == [415]
