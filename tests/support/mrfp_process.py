"""An MRFP in a process of its own: prints the port of Mp, and runs until its input ends."""

import asyncio
import sys

from mediasec.endpoints.tls_session import TlsServer
from mediasec.nodes.mrfp import Mrfp
from mediasec.nodes.surroundings import Surroundings


async def main(host: str, address: str, identity: str, key: bytes) -> None:
    """Run an MRFP.

    Args:
        host: Where it listens.
        address: Its address in SDP.
        identity: Identity of the MRFC on Mp.
        key: Key of the MRFC on Mp.
    """
    loop = asyncio.get_running_loop()
    world = Surroundings(name="MRFP", address=address, host=host, hosts={"192.0.2.11": "127.0.0.11"})
    async with Mrfp(world) as mrfp:
        print(await mrfp.open(TlsServer({identity: key}.get)), flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], bytes.fromhex(sys.argv[4])))
