"""TS 23.333, 6.2.13.2: what becomes of a floor whose owner is released."""

from mediasec.bfcp import RequestStatus
from mpspec.flows.scene import CONFERENCE, FLOOR


def test_mpp_015__a_floor_of_a_released_user_is_revoked(on_network):
    """The floor of a UE that leaves goes to the UE that waits for it."""

    async def leave(watched):
        async with watched.scene() as scene:
            first, second = await scene.ue("UE-A"), await scene.ue("UE-B")
            holder = await first.dial_in(CONFERENCE, scene.mrfc)
            waiter = await second.dial_in(CONFERENCE, scene.mrfc)
            for call in (holder, waiter):
                await call.floor_control.ask(call.floor_control.core.request_floors(FLOOR))
            before = list(waiter.floor_control.core.statuses.values())
            await first.hang_up(holder)
            await waiter.floor_control.ask(waiter.floor_control.core.hello())
            return before, list(waiter.floor_control.core.statuses.values())

    assert on_network(leave) == ([RequestStatus.ACCEPTED], [RequestStatus.GRANTED])
