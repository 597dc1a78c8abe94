"""Flows: nodes exchange what the clause says, and the run is shown, recorded and drawn.

from mpspec.flows.catalog import FLOWS
from mpspec.flows.folder import record
from mpspec.flows.playing import play
from mpspec.flows.running import run_flow

run_flow(FLOWS[0])                      # on loopback, with the clock of the machine
play(FLOWS[0], seed=1)                  # on a network in memory, the same each time
record(FLOWS[0], Path("build/a-flow"))  # the same, as files
"""
