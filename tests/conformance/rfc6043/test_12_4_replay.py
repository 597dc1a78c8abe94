"""RFC 6043, 12.4: no message is taken twice."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import ErrorNumber
from mediasec.mikey.replay import ReplayGuard

NOW = 1_796_126_400.0


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
def test_proc_156__kms_answers_a_message_once(replayed, octet_stream, name):
    """The KMS answers a message the first time, and refuses it the second time."""
    parties = replayed("mode_1_forking")
    assert parties.kms.answer(parties.octets[name], NOW, octet_stream()).refusal is None
    again = parties.kms.answer(parties.octets[name], NOW + 1, octet_stream())
    assert "MKY_171" in str(again.refusal)
    assert Message.parse(again.reply).first(Error).number is ErrorNumber.INVALID_TS


@pytest.mark.parametrize("difference", [-121, 125])
def test_proc_156__kms_refuses_what_is_out_of_date(replayed, octet_stream, difference):
    """The KMS refuses a timestamp outside of its window."""
    parties = replayed("mode_1")
    answer = parties.kms.answer(parties.octets["REQUEST_INIT"], NOW + difference, octet_stream())
    assert "MKY_170" in str(answer.refusal)


def test_proc_156__message_that_did_not_verify_is_not_remembered(replayed, octet_stream):
    """Who cannot authenticate cannot make the KMS refuse the real message."""
    parties = replayed("mode_1")
    octets = parties.octets["REQUEST_INIT"]
    parties.kms.answer(octets[:30] + b"\x00" + octets[31:], NOW, octet_stream())
    assert parties.kms.answer(octets, NOW, octet_stream()).refusal is None


@pytest.mark.parametrize("case", ["mode_1", "mode_4"])
def test_proc_156__responders_of_a_node_take_a_transfer_once(replayed, joined, octet_stream, case):
    """Responders that share a guard take a TRANSFER_INIT once, and none that is out of date."""
    parties, guard = replayed(case), ReplayGuard()
    parties.responder = parties.new_responder(replay=guard)
    octets = joined(parties)["TRANSFER_INIT"]
    with pytest.raises(RequirementViolated, match="MKY_171"):
        parties.new_responder(replay=guard).receive_transfer(octets, NOW, octet_stream())
    with pytest.raises(RequirementViolated, match="MKY_170"):
        parties.new_responder().receive_transfer(octets, NOW + 1000, octet_stream())


def test_proc_156__counters_rise(replayed, octet_stream):
    """With counters a message is taken once too."""
    parties = replayed("mode_3_key_wrap")
    assert parties.kms.answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream()).refusal is None
    again = parties.kms.answer(parties.octets["RESOLVE_INIT"], NOW, octet_stream())
    assert "MKY_174" in str(again.refusal)
