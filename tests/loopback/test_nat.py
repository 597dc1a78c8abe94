"""A UE behind a NAT, on hosts of its own: three network namespaces, the one between translates addresses."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = str(Path(__file__).parents[1] / "support" / "nat_conference.py")
_UE, _ROUTER, _CONFERENCE = (f"mpspec-{os.getpid()}-{name}" for name in ("ue", "nat", "conference"))
_UE_ADDRESS, _CONFERENCE_ADDRESS = "192.0.2.11", "198.51.100.3"
_TIMEOUT_SECONDS = 90


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _in(namespace: str, *command: str) -> tuple[str, ...]:
    return ("ip", "netns", "exec", namespace, *command)


def _join(name: str, host: str, address: str, router_address: str) -> None:
    """Join a host to the NAT by a cable, whose ends have its name."""
    ends = ((host, f"{name}0", address), (_ROUTER, f"{name}1", router_address))
    cable = ("type", "veth", "peer", "name", ends[1][1], "netns", _ROUTER)
    _run("ip", "-n", host, "link", "add", ends[0][1], *cable)
    for namespace, end, own in ends:
        _run("ip", "-n", namespace, "addr", "add", f"{own}/24", "dev", end)
        _run("ip", "-n", namespace, "link", "set", end, "up")


@pytest.fixture(scope="module")
def hosts():
    """Make the UE's host, the NAT and the conference's host, and take them away at the end."""
    if os.geteuid() != 0:
        pytest.skip("Network namespaces are for root to make.")
    for tool in ("ip", "nft"):
        if shutil.which(tool) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{tool} is not installed.")
    try:
        for namespace in (_UE, _ROUTER, _CONFERENCE):
            _run("ip", "netns", "add", namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        _join("inside", _UE, _UE_ADDRESS, "192.0.2.1")
        _join("outside", _CONFERENCE, _CONFERENCE_ADDRESS, "198.51.100.1")
        _run("ip", "-n", _UE, "route", "add", "default", "via", "192.0.2.1")
        _run(*_in(_ROUTER, "sysctl", "-qw", "net.ipv4.ip_forward=1"))
        _run(*_in(_ROUTER, "nft", "add table ip nat"))
        _run(*_in(_ROUTER, "nft", "add chain ip nat out { type nat hook postrouting priority 100 ; }"))
        _run(*_in(_ROUTER, "nft", "add rule ip nat out ip saddr 192.0.2.0/24 masquerade"))
    except subprocess.CalledProcessError as error:
        for namespace in (_UE, _ROUTER, _CONFERENCE):
            subprocess.run(("ip", "netns", "del", namespace), capture_output=True)
        pytest.skip(f"This machine allows no network namespace with a NAT: {error.stderr.strip()}")
    yield
    for namespace in (_UE, _ROUTER, _CONFERENCE):
        _run("ip", "netns", "del", namespace)


def call(reachable: str) -> dict[str, object]:
    """Have the UE call the conference from behind the NAT; return what came of it."""
    ue = _in(_UE, sys.executable, _SCRIPT, "user", _UE_ADDRESS, reachable)
    command = _in(_CONFERENCE, sys.executable, _SCRIPT, "conference", _CONFERENCE_ADDRESS, *ue)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=_TIMEOUT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_ue_behind_a_nat_opens_every_connection(hosts):
    """A UE that says that it cannot be reached takes part by MSRP and BFCP over TLS."""
    assert call("hidden") == {"MSRP": "ESTABLISHED", "BFCP": "ESTABLISHED", "notified": []}


def test_a_ue_that_wrongly_says_that_it_can_be_reached_is_told_of(hosts):
    """The MRFP cannot connect to it, and notifies that; there is no session."""
    found = call("reachable")
    assert {found["MSRP"], found["BFCP"]} <= {"FAILED", "ENDED"}
    assert found["notified"] == ["TCP connection establishment Failure"] * 2
