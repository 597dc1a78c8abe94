"""Every flow of the catalogue: on loopback, in memory, and recorded twice."""

import re
from pathlib import Path

import pytest

from mpspec.flows.catalog import FLOWS
from mpspec.flows.catalog.ladders import BFCP_DIAL_IN
from mpspec.flows.playing import play
from mpspec.flows.running import run_flow
from mpspec.flows.shows import SHOWS
from mpspec.model import Model

_BY_NAME = {flow.name: flow for flow in FLOWS}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
every_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
reachable = pytest.mark.parametrize(
    "flow",
    [flow for flow in FLOWS if not any(each.hidden for each in flow.participants)],
    ids=lambda flow: flow.name,
)


@reachable
def test_a_flow_ends_as_it_should_on_loopback(flow):
    """On real sockets the ladder is whole, the nodes end as they should, and nothing is left behind."""
    recording = run_flow(flow)
    assert recording.problems == ()


@every_flow
def test_a_flow_ends_as_it_should_in_memory(flow):
    """In memory as well, and twice with one seed the same octets are sent at the same times."""
    first, second = play(flow, seed=7), play(flow, seed=7)
    assert first.problems == ()
    assert first.arrows == second.arrows
    assert first.wire == second.wire


def test_what_flows_show_is_there():
    """Every requirement that a flow shows or finds broken is one that reqs/ has."""
    known = set(Model.load(Path(__file__).parents[2]).requirements)
    shown = {each for flow in FLOWS for rung in flow.ladder for each in rung.shows}
    found = {each for flow in FLOWS for each in flow.finds}
    everywhere = {each for ids in SHOWS.values() for each in ids}
    assert (shown | found | everywhere) - known == set()


def test_names_are_those_of_the_command_line():
    """Each name is there once, in lower-case words with hyphens."""
    assert len(_BY_NAME) == len(FLOWS)
    assert all(_ID.fullmatch(name) for name in _BY_NAME)


def test_the_bfcp_dial_in_has_its_steps_in_order():
    """The ladder of 6.2.19.3.1 holds steps 1 to 10 in order, as far as they are known; so does the run."""
    steps = [rung.step for rung in BFCP_DIAL_IN if rung.step]
    assert list(dict.fromkeys(steps)) == ["1", "2", "3", "4-6", "9", "10"]
    run = [arrow.step for arrow in play(_BY_NAME["bfcp-dial-in"]).arrows if arrow.step]
    assert run == steps


def test_keys_are_not_shown():
    """No octets that a flow shows of Mp hold the key: what stands there is its length."""
    arrows = play(_BY_NAME["bfcp-dial-in"]).arrows
    (configured,) = (arrow.octets for arrow in arrows if arrow.name == "Configure BFCP Termination")
    assert b'"key": "16 octets, not shown"' in configured
