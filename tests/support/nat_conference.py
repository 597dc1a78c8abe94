"""A conference in one network namespace that a UE in another calls from behind a NAT; prints what came of it.

The UE is a process of its own, started by the command in the arguments; invitations and responses go through
its pipes in place of SIP, a line of JSON each.
"""

import asyncio
import base64
import json
import sys
from dataclasses import asdict
from typing import Any

from mediasec.nodes.signalling import Invitation, Response, Status
from mediasec.nodes.surroundings import Surroundings
from mediasec.sdp.streams import StreamKind
from mpspec.flows.catalog.conferences import USES
from mpspec.flows.scene import CONFERENCE, Scene


def packed(message: Invitation | Response) -> bytes:
    """Return a message as a line."""
    fields = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in asdict(message).items()
    }
    return json.dumps(fields).encode() + b"\n"


def invitation_of(fields: dict[str, Any]) -> Invitation:
    """Return an invitation."""
    return Invitation(**fields | {"offer": base64.b64decode(fields["offer"])})


def response_of(fields: dict[str, Any]) -> Response:
    """Return a response."""
    error = fields["error_message"]
    return Response(
        status=Status(fields["status"]),
        answer=base64.b64decode(fields["answer"]),
        warnings=tuple(fields["warnings"]),
        error_message=None if error is None else base64.b64decode(error),
    )


class Piped:
    """The node at the other end of the pipes.

    Attributes:
        name: Its name.
    """

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: Any) -> None:
        self.name = name
        self._reader = reader
        self._writer = writer

    async def read(self) -> dict[str, Any]:
        """Return the next message; none at the end."""
        line = await self._reader.readline()
        return json.loads(line) if line else {}

    def write(self, line: bytes) -> None:
        """Send a line."""
        self._writer.write(line)
        if self._writer is sys.stdout.buffer:
            self._writer.flush()

    async def invited(self, invitation: Invitation, caller: object) -> Response:
        """Hand an invitation over, and return the response."""
        self.write(packed(invitation))
        return response_of(await self.read())

    async def ended(self, call_id: str) -> None:
        """Tell that a session has ended."""
        self.write(json.dumps({"ended": call_id}).encode() + b"\n")


async def conference(host: str, command: list[str]) -> None:
    """Serve one UE until it ends."""

    def world(name: str) -> Surroundings:
        return Surroundings(name=name, address=host)

    told: list[str] = []
    async with Scene(surroundings=world) as scene:
        scene.mrfc._mp._notified = _noting(told, scene.mrfc._mp._notified)
        keys = ",".join(key.hex() for key in scene._keys["sip:ue-a@home1.example"])
        process = await asyncio.create_subprocess_exec(
            *command, scene.kms_url, keys, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        ue = Piped("UE-A", process.stdout, process.stdin)
        results = {}
        while fields := await ue.read():
            if "ended" in fields:
                await scene.mrfc.ended(fields["ended"])
            elif "result" in fields:
                results = fields["result"]
            else:
                ue.write(packed(await scene.mrfc.invited(invitation_of(fields), ue)))
        await process.wait()
        print(json.dumps(results | {"notified": told}))


def _noting(told: list[str], notified: Any) -> Any:
    def note(notification: Any) -> None:
        told.append(notification.procedure)
        notified(notification)

    return note


async def user(address: str, reachable: bool, kms_url: str, keys: str) -> None:
    """Call the conference, use each stream, and tell what came of it."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    scene = Scene(surroundings=lambda name: Surroundings(name=name, address=address))
    scene.kms_url = kms_url
    scene._keys["sip:ue-a@home1.example"] = tuple(map(bytes.fromhex, keys.split(",")))
    ue = await scene.ue("UE-A", reachable=reachable)
    out = Piped("MRFC", reader, sys.stdout.buffer)
    results = {}
    for kind in (StreamKind.MSRP, StreamKind.BFCP):
        call = await ue.dial_in(CONFERENCE, out, [kind])
        results[kind.value] = call.state.name
        if not call.over:
            await USES[kind](call)
            await ue.hang_up(call)
    out.write(json.dumps({"result": results}).encode() + b"\n")
    await scene._stack.aclose()


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    if role == "conference":
        asyncio.run(asyncio.wait_for(conference(arguments[0], arguments[1:]), 60))
    else:
        address, reachable, kms_url, keys = arguments
        asyncio.run(asyncio.wait_for(user(address, reachable == "reachable", kms_url, keys), 50))
