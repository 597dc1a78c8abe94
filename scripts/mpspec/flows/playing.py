"""Playing a flow on the network in memory, with octets that a seed decides: the same each time."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from mpspec.flows.flow import Flow
from mpspec.flows.network import VirtualNetwork
from mpspec.flows.recording import Arrow, Recorder, Recording, Wire
from mpspec.flows.running import nobody, perform
from mpspec.flows.seeding import SeededRandom, seeded_tls
from mpspec.flows.stage import Stage
from mpspec.flows.virtual_time import Standstill


def play(flow: Flow, seed: int = 1, observer: Callable[[Arrow], None] = nobody) -> Recording:
    """Play a flow on the network in memory, each participant at its address.

    Meanwhile the TLS of this process has seeded octets; nothing else may use it until the flow has ended.

    Args:
        flow: The flow.
        seed: Decides every octet that is random otherwise.
        observer: Is told of each arrow as it happens; time stands still meanwhile.
    """
    network = VirtualNetwork(hidden=[each.address for each in flow.participants if each.hidden])
    hosts = {each.name: each.address for each in flow.participants}
    recorder = Recorder(flow, hosts, network.now, observer)
    with (
        tempfile.TemporaryDirectory() as folder,
        seeded_tls(f"{flow.name}/{seed}/TLS") as repeatable,
    ):
        keylog = Path(folder) / "tls-keys.log"
        stage = Stage(
            hosts=hosts,
            addresses=hosts,
            now=network.now,
            random=lambda name: SeededRandom(f"{flow.name}/{seed}/{name}"),
            observer=recorder.take,
            keylog=keylog,
        )
        try:
            outcome, problems = network.run(perform(flow, stage, network.left_open))
        except Standstill as error:
            outcome, problems = None, [f"The flow broke off: {error}"]
        keys = keylog.read_text(encoding="ascii") if keylog.exists() else ""
    wire = Wire(
        seed=seed,
        repeatable=repeatable,
        segments=tuple(network.segments),
        tls_keys="".join(f"{line}\n" for line in sorted(set(keys.splitlines()))),
    )
    return recorder.finish(outcome, problems, wire)
