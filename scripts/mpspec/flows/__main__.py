"""Writes what the site shows of the code as it runs: its state machines, and each call flow recorded.

    python -m mpspec.flows build/flows

It is a process of its own, so that a site is built even where that code cannot be imported.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mpspec.flows.catalog import FLOWS
from mpspec.flows.flow import Flow
from mpspec.flows.folder import record
from mpspec.flows.machines import machines
from mpspec.model import CannotRun
from mpspec.model.files import write_beside

INDEX = "index.json"


def publish(folder: Path, flows: Sequence[Flow] = FLOWS) -> None:
    """Record flows into a folder, and write what there is into its index.

    Args:
        folder: The folder; each flow has its own in it.
        flows: The flows.

    Raises:
        CannotRun: A flow cannot be recorded, or a file cannot be written.
        UnreadableSource: A module of the reference implementation cannot be read.
    """
    faults = []
    for flow in flows:
        recording = record(flow, folder / flow.name)
        faults += [f"Call flow {flow.name}: {problem}" for problem in recording.problems]
    index = {
        "machines": [machine.as_json() for machine in machines()],
        "flows": [flow.name for flow in flows],
        "faults": faults,
    }
    write_beside(folder / INDEX, f"{json.dumps(index, indent=1, ensure_ascii=False)}\n".encode())


if __name__ == "__main__":
    try:
        publish(Path(sys.argv[1]))
    except CannotRun as error:
        sys.exit(str(error))
