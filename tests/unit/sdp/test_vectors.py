"""Every vector breaks the rules that its index names, and every rule is seen to catch."""

import json
from pathlib import Path

import jsonschema
import pytest

from mediasec.errors import Finding, RequirementViolated
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.rules import (
    BETWEEN_UES,
    DIAL_IN,
    DIAL_OUT,
    RECOMMENDATIONS,
    check_exchange,
    check_later_offer,
    check_offer,
)
from mpspec.model import Model

_ROOT = Path(__file__).parents[3]
_VECTORS = _ROOT / "tests/vectors/sdp"
_INDEX = json.loads((_VECTORS / "index.json").read_text(encoding="utf-8"))
_CASES = {case["id"]: case for case in _INDEX["cases"]}
_ROLES = {"dial-in": DIAL_IN, "dial-out": DIAL_OUT, "between-ues": BETWEEN_UES}
_PARTS = ("previous", "previous_answer", "offer", "answer")

_WHAT_IS_DONE = {
    "SDP_009": "which of two attributes applies",
    "SDP_020": "what key management is told",
    "SDP_039": "who opens the TCP connection",
    "SDP_040": "who starts TLS on BFCP",
    "SDP_041": "who starts TLS on MSRP",
    "SDP_055": "where the connection goes with CEMA",
    "SDP_056": "where the connection goes without CEMA",
    "SDP_088": "what is passed over",
    "SDP_089": "which line endings are read",
}
"""Rules of what an end does; no description by itself breaks one."""


def _findings(case) -> list[Finding]:
    try:
        read = {
            part: SessionDescription.parse((_VECTORS / case[part]).read_bytes())
            for part in _PARTS
            if part in case
        }
    except RequirementViolated as error:
        return list(error.findings)
    roles = _ROLES[case["roles"]]
    if "previous" in read:
        findings = check_later_offer(read["previous"], read["offer"], roles, read.get("previous_answer"))
    else:
        findings = check_offer(read["offer"], roles)
    if "answer" in read:
        findings += check_exchange(read["offer"], read["answer"], roles)
    return findings


@pytest.mark.parametrize("name", _CASES)
def test_a_case_breaks_what_it_says(name):
    """Each case breaks exactly the rules that the index names, and each finding says where."""
    case = _CASES[name]
    findings = _findings(case)
    assert sorted({finding.requirement for finding in findings}) == case["expected"]
    descriptions = []
    for part in _PARTS:
        if part in case:
            try:
                descriptions.append(SessionDescription.parse((_VECTORS / case[part]).read_bytes()))
            except RequirementViolated:
                continue
    for finding in findings:
        assert finding.where.startswith("line[") or any(
            finding.where in each.places() for each in descriptions
        )
        assert finding.message.endswith(".")


@pytest.mark.parametrize("path", sorted(_VECTORS.glob("*.sdp")), ids=lambda path: path.stem)
def test_a_file_is_written_as_it_was_read(path):
    """Each file that keeps to the form of SDP comes out again octet for octet."""
    data = path.read_bytes()
    try:
        description = SessionDescription.parse(data)
    except RequirementViolated:
        return
    assert description.serialize() == data


def test_the_index_is_whole():
    """The index keeps to its schema, names each file, and names no case twice."""
    jsonschema.validate(_INDEX, json.loads((_VECTORS / "schema.json").read_text(encoding="utf-8")))
    assert len(_CASES) == len(_INDEX["cases"])
    named = {case[part] for case in _CASES.values() for part in _PARTS if part in case}
    assert named == {path.name for path in _VECTORS.glob("*.sdp")}
    assert len(named) >= 30
    for case in _CASES.values():
        assert "requirement" not in case or case["requirement"] in case["expected"]


def test_every_rule_is_seen_to_catch():
    """Each rule for SDP has a case that breaks it, or is a rule of what an end does."""
    rules = {rule.id for rule in Model.load(_ROOT).rules if rule.id.startswith("SDP_")}
    caught = {case["requirement"] for case in _CASES.values() if "requirement" in case}
    assert caught | set(_WHAT_IS_DONE) == rules
    assert not caught & set(_WHAT_IS_DONE)


def test_recommendations_are_the_rules_that_say_should():
    """The code's list of recommendations is that of the requirements."""
    rules = {rule.id for rule in Model.load(_ROOT).rules if rule.strength in ("should", "should not")}
    assert {identity for identity in rules if identity.startswith("SDP_")} == RECOMMENDATIONS
