"""Flows: nodes exchange what the clause says, and the run is shown, recorded and drawn.

recording = run_flow(FLOWS[0])            # on loopback, with the clock of the machine
recording = play(FLOWS[0], seed=1)        # on a network in memory, the same each time
record(FLOWS[0], Path("build/flows/x"))   # the same, as files
"""
