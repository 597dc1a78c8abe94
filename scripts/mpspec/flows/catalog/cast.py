"""Who takes part in the flows, and what their states are called at the end."""

from collections.abc import Iterable

from mediasec.nodes.calls import Call
from mediasec.nodes.ue import ImsUe
from mpspec.flows.flow import NodeFinding, Outcome, Participant
from mpspec.flows.scene import Scene

UE_A = Participant(name="UE-A", role="IMS UE", address="192.0.2.11")
UE_B = Participant(name="UE-B", role="IMS UE", address="192.0.2.12")
UE_C = Participant(name="UE-C", role="IMS UE", address="192.0.2.13")
KMS = Participant(name="KMS", role="Key management service", address="192.0.2.1")
MRFC = Participant(name="MRFC", role="Signalling of the conference", address="192.0.2.2")
MRFP = Participant(name="MRFP", role="Media plane of the conference", address="192.0.2.3")
CONFERENCE = (KMS, MRFC, MRFP)
"""The nodes of the conference side."""

ANSWERS, AWAY = "answers", "away"
NO_SESSION, NO_CONTEXT = "no session", "no context"


def ended(*ues: Participant, as_: str = "ended", kms: str = ANSWERS) -> dict[str, str]:
    """Return the states in which all UEs are out of the conference and nothing of it is left."""
    return {ue.name: as_ for ue in ues} | {"KMS": kms, "MRFC": NO_SESSION, "MRFP": NO_CONTEXT}


def outcome(scene: Scene, ues: Iterable[ImsUe], sentence: str, *, kms: str = ANSWERS) -> Outcome:
    """Return the states of all nodes, and what they found broken.

    Args:
        scene: The nodes of the conference side.
        ues: The UEs.
        sentence: What came of the flow.
        kms: State of the KMS.
    """
    states, findings = {}, []
    for ue in ues:
        calls = [*ue.over, *ue.calls.values()]
        states[ue.name] = calls[-1].state.name.lower() if calls else "idle"
        findings += _findings(ue.name, calls)
    legs, contexts = len(scene.mrfc.calls), len(scene.mrfp.contexts.by_number)
    states |= {
        "KMS": kms,
        "MRFC": f"sessions: {legs}" if legs else NO_SESSION,
        "MRFP": f"contexts: {contexts}" if contexts else NO_CONTEXT,
    }
    findings += _findings("MRFC", [*scene.mrfc.over, *scene.mrfc.calls.values()])
    return Outcome(states=states, sentence=sentence, findings=tuple(findings))


def _findings(node: str, calls: Iterable[Call]) -> list[NodeFinding]:
    return [NodeFinding(node=node, finding=finding) for call in calls for finding in call.findings]
