import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.msrp.events import MessageDelivered, MessageReceived
from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.message import Request
from mediasec.msrp.registry import FailureReport, Method
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def report(**fields) -> Request:
    return Request(
        **{
            "transaction_id": "dkei38sd",
            "method": Method.REPORT,
            "to_path": (BOB,),
            "from_path": (ALICE,),
            "message_id": "12339sdqwer",
            "status": Status(code=200, comment="OK"),
            **fields,
        }
    )


def test_msrp_030__a_report_says_what_it_reports(send):
    """A REPORT has a Message-ID and a Status."""
    octets = send(None, method="REPORT", lines=("Status: 000 200 OK",))
    parsed = Request.parse(octets)
    assert (parsed.message_id, parsed.status) == ("12339sdqwer", Status(code=200, comment="OK"))
    assert parsed.serialize() == octets


@pytest.mark.parametrize("missing", ["message_id", "status"])
def test_msrp_030__a_report_without_either_is_caught(missing):
    """A REPORT without Message-ID or without Status is neither written nor read."""
    with pytest.raises(LocalProtocolError, match="MSRP_030"):
        report(**{missing: None}).serialize()
    line = {"message_id": b"Message-ID: 12339sdqwer\r\n", "status": b"Status: 000 200 OK\r\n"}[missing]
    with pytest.raises(RequirementViolated, match="MSRP_030"):
        Request.parse(report().serialize().replace(line, b""))


@pytest.mark.parametrize("wish", [{"success_report": False}, {"failure_report": FailureReport.NO}])
def test_msrp_031__a_report_that_asks_for_reports_is_caught(wish, send):
    """A REPORT with a Success-Report or a Failure-Report is neither written nor read."""
    assert report().check() == []
    with pytest.raises(LocalProtocolError, match="MSRP_031"):
        report(**wish).serialize()
    line = "Success-Report: no" if "success_report" in wish else "Failure-Report: no"
    with pytest.raises(RequirementViolated, match="MSRP_031"):
        Request.parse(send(None, method="REPORT", lines=(line, "Status: 000 200 OK")))


def test_msrp_068__a_report_on_nothing_known_is_ignored(msrp_pair):
    """A REPORT on a message that was never sent changes nothing and is not answered."""
    pair = msrp_pair()
    assert pair.bob_side.receive(report().serialize()) == []
    assert pair.bob_side.messages() == []


def test_msrp_068__a_report_on_something_known_is_not(msrp_pair):
    """A REPORT on a message that was sent is news of it."""
    pair = msrp_pair()
    name = pair.bob.send(b"Hi", "text/plain", success_report=True)
    pair.carry()
    pair.bob_side.news()
    news = pair.bob_side.receive(report(message_id=name).serialize())
    assert news == [MessageDelivered(session=pair.bob, message_id=name)]


@pytest.mark.parametrize("code", [200, 413, 400])
@pytest.mark.parametrize("known", [True, False])
def test_msrp_069__a_report_is_never_answered(msrp_pair, code, known):
    """A REPORT gets neither a response nor a REPORT, even one for a session that there is not."""
    pair = msrp_pair()
    name = pair.bob.send(b"Hi", "text/plain", success_report=True)
    pair.carry()
    pair.bob_side.messages()
    to_path = (BOB,) if known else (ALICE,)
    whole = ByteRange(start=1, end=2, total=2)
    one = report(message_id=name, to_path=to_path, status=Status(code=code), byte_range=whole)
    pair.bob_side.receive(one.serialize())
    assert pair.bob_side.messages() == []


def test_msrp_069__nor_is_one_that_cannot_be_understood(msrp_pair):
    """A REPORT that does not parse, or breaks a rule, gets no response either."""
    pair = msrp_pair()
    octets = report().serialize()
    pair.bob_side.receive(octets.replace(b"Status: 000 200 OK", b"Status: 200 OK"))
    pair.bob_side.receive(octets.replace(b"Status: 000 200 OK\r\n", b""))
    assert pair.bob_side.messages() == []


def received(pair):
    pair.alice.send(b"Hi", "text/plain", success_report=True)
    pair.carry()
    (news,) = pair.bob_side.news()
    assert isinstance(news, MessageReceived)
    pair.bob_side.messages()
    return news.message


def test_msrp_076__no_report_on_a_session_that_is_over(msrp_pair):
    """A report on a message whose session is closed is not sent."""
    pair = msrp_pair()
    message = received(pair)
    pair.bob.close()
    pair.bob.report_success(message)
    pair.bob.report_failure(message, 400)
    assert pair.bob_side.output() == b""


def test_msrp_076__reports_while_the_session_lasts(msrp_pair):
    """Reports on a message whose session lasts are sent."""
    pair = msrp_pair()
    message = received(pair)
    pair.bob.report_success(message)
    pair.bob.report_failure(message, 403)
    pair.bob_side.output()
    assert [one.status.code for one in pair.bob_side.messages()] == [200, 403]


def test_msrp_076__no_report_that_nobody_wants(msrp_pair):
    """Reports on a message whose sender wants none are not sent, though the session lasts."""
    pair = msrp_pair()
    pair.alice.send(b"Hi", "text/plain", failure_report=FailureReport.NO)
    pair.carry()
    (news,) = pair.bob_side.news()
    pair.bob.report_success(news.message)
    pair.bob.report_failure(news.message, 403)
    assert pair.bob_side.output() == b""
