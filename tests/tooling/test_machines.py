"""The state machines that the site draws are the tables by which the code moves."""

import ast
import importlib
from enum import Enum
from pathlib import Path

import pytest

from mediasec.bfcp.floor_request import TRANSITIONS, FloorRequest, RequestEvent
from mediasec.bfcp.registry import RequestStatus
from mpspec.flows.machines import Machine, machines

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def by_name() -> dict[str, Machine]:
    return {machine.name: machine for machine in machines()}


def test_no_table_of_the_code_is_left_out(by_name: dict[str, Machine]) -> None:
    found = set()
    for path in (_ROOT / "impl").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.endswith("TRANSITIONS"):
                    module = ".".join(path.relative_to(_ROOT / "impl").with_suffix("").parts)
                    found.add((module, target.id))
    assert {(machine.module, machine.table) for machine in by_name.values()} == found


def test_each_entry_of_each_table_is_there_once(by_name: dict[str, Machine]) -> None:
    for machine in by_name.values():
        table = getattr(importlib.import_module(machine.module), machine.table)
        wanted = set()
        for key, after in table.items():
            if isinstance(after, Enum):
                wanted.add((key[0].name, key[1].name, after.name))
            else:
                wanted |= {(key.name, "", state.name) for state in after}
        entries = [(each.before, each.event, each.after) for each in machine.transitions]
        assert set(entries) == wanted
        assert len(entries) == len(wanted)


def test_every_state_is_reached_from_the_first(by_name: dict[str, Machine]) -> None:
    for machine in by_name.values():
        reached = {machine.first}
        for _ in machine.states:
            reached |= {each.after for each in machine.transitions if each.before in reached}
        assert reached == {state.name for state in machine.states}, machine.name


def test_states_and_events_say_what_the_code_says_of_them(by_name: dict[str, Machine]) -> None:
    floor = by_name["bfcp-floor-request"]
    events = {event.name: event for event in floor.events}
    assert events["WITHDRAW"].meaning.startswith("Its participant is gone:")
    assert [event.name for event in floor.events] == [event.name for event in RequestEvent]
    session = {event.name: event for event in by_name["msrp-session"].events}
    assert session["RANGE_LOST"].words == "range lost"
    assert session["RANGE_LOST"].meaning == "failure report received"
    termination = {event.name: event for event in by_name["mp-termination"].events}
    assert termination["TLS_FAILED"].words == "TLS failed"
    call = {state.name: state for state in by_name["session"].states}
    assert call["FAILED"].meaning == "The media did not come about, or broke."
    assert by_name["session"].about == "How far a session is, at either of its ends."


def test_a_final_state_is_one_that_nothing_leaves(by_name: dict[str, Machine]) -> None:
    assert by_name["bfcp-floor-request"].last == {"DENIED", "CANCELLED", "RELEASED", "REVOKED"}
    assert by_name["tls-connection"].last == {"ENDED"}
    fresh = FloorRequest(identifier=1, requester=1, beneficiary=1, consents={})
    assert by_name["bfcp-floor-request"].first == fresh.status.name == RequestStatus.PENDING.name
    assert next(iter(TRANSITIONS))[0] is fresh.status


def test_each_transition_names_the_code_that_brings_it(by_name: dict[str, Machine]) -> None:
    silent = [
        (machine.name, each.event)
        for machine in by_name.values()
        for each in machine.transitions
        if not each.made_by
    ]
    assert not silent
    opened = next(
        each for each in by_name["mikey-ticket-responder"].transitions if each.event == "TICKET_OPENED"
    )
    (maker,) = opened.made_by
    assert maker.name == "mediasec.procedures.ticket_responder.Responder.receive_transfer"
    lines = (_ROOT / maker.location.path).read_text(encoding="utf-8").splitlines()
    shown = "\n".join(lines[maker.location.line - 1 : maker.location.end_line])
    assert "ResponderEvent.TICKET_OPENED" in shown


def test_code_that_looks_into_the_table_is_named(by_name: dict[str, Machine]) -> None:
    kept = {machine.name: [each.name for each in machine.kept_by] for machine in by_name.values()}
    assert kept["bfcp-floor-request"] == ["mediasec.bfcp.floor_request.FloorRequest.apply"]
    assert all(kept.values())


def test_the_lines_of_a_table_are_its_lines(by_name: dict[str, Machine]) -> None:
    for machine in by_name.values():
        lines = (_ROOT / machine.location.path).read_text(encoding="utf-8").splitlines()
        assert lines[machine.location.line - 1].startswith(machine.table)
        assert lines[machine.location.end_line - 1].endswith("}")
