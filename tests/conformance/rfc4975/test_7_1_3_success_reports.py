import pytest

from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.registry import Method
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def report_on(pair, body: bytes, **wishes):
    """Send a message, report its success, and return the message and what Bob sent for the report."""
    name = pair.alice.send(body, "text/plain", **wishes)
    pair.carry()
    (news,) = pair.bob_side.news()
    pair.bob_side.messages()
    pair.bob.report_success(news.message)
    pair.bob_side.output()
    return name, pair.bob_side.messages()


@pytest.mark.parametrize(
    ("body", "covered"),
    [
        (b"Hi", ByteRange(start=1, end=2, total=2)),
        (b"x" * 100_000, ByteRange(start=1, end=100_000, total=100_000)),
        (b"", ByteRange(start=1, end=0, total=0)),
    ],
)
def test_msrp_072__a_success_report(msrp_pair, body, covered):
    """A success report names message, status and octets, and goes back along the path of the message."""
    pair = msrp_pair()
    name, (report,) = report_on(pair, body, success_report=True)
    assert report.method is Method.REPORT
    assert report.message_id == name
    assert report.status == Status(namespace="000", code=200)
    assert report.byte_range == covered
    assert report.to_path == (pair.alice.terms.local,)
    assert report.from_path == (pair.bob.terms.local,)


def test_msrp_073__no_report_that_is_not_wanted(msrp_pair):
    """A message whose sender did not ask for success reports gets none."""
    _, reports = report_on(msrp_pair(), b"Hi")
    assert reports == []


def test_msrp_073__nor_where_the_sender_says_no(msrp_side, send):
    """A message with Success-Report no gets none either."""
    bob = msrp_side("bob")
    session = bob.session(BOB, ALICE)
    news = bob.receive(send(lines=("Success-Report: no",)))
    bob.messages()
    session.report_success(news[-1].message)
    bob.output()
    assert bob.messages() == []
