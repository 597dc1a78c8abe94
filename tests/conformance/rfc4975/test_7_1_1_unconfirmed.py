from mediasec.msrp.events import MessageFailed


def test_msrp_077__reports_that_did_not_come(msrp_pair):
    """When the session ends, its user hears of each message without its success report, and of no other."""
    pair = msrp_pair()
    pair.alice.send(b"reported", "text/plain", success_report=True)
    pair.carry()
    pair.bob.report_success(pair.bob_side.news()[0].message)
    missing = pair.alice.send(b"not reported", "text/plain", success_report=True)
    pair.alice.send(b"no report wanted", "text/plain")
    pair.carry()
    pair.alice_side.news()
    pair.alice.close()
    assert pair.alice_side.news() == [MessageFailed(session=pair.alice, message_id=missing, code=None)]
