"""Cancel-on-disconnect: which sockets armed what, and what is canceled when one of them ends.

The engine holds the same for this process's connection as a whole: whatever ends here, a socket,
the process or the way to the engine, somebody is left who cancels.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import structlog

from api.errors import ApiError, Refusal
from trading.engine import commands
from trading.engine.client import AsyncEngineClient, EngineError, EngineUnavailable
from trading.engine.enums import CancelCause
from trading.engine.message import Message
from trading.engine.results import Result

if TYPE_CHECKING:
    from api.streams.socket import Socket

log = structlog.get_logger("marque.api")

ENGINE_LOST = 4013
_RETRY_SECONDS = 0.05


class Scope(NamedTuple):
    """The orders of an account; ``instrument_id`` 0: in all instruments."""

    tenant_id: int
    account_id: int
    instrument_id: int


class Arming:
    """All that the sockets of this process have armed."""

    def __init__(self, engine: AsyncEngineClient) -> None:
        self._engine = engine
        self._holders: dict[Scope, set[Socket]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        engine.on_lost.append(self._on_engine_lost)

    async def arm(self, socket: Socket, scope: Scope, trace_id: int) -> int:
        """Have the end of a socket cancel these orders; the seq. Raises ApiError."""
        # Before it is sent: a socket that ends meanwhile takes it back behind it.
        self._holders.setdefault(scope, set()).add(socket)
        try:
            return await self._send(scope, _arming(scope, armed=1), trace_id)
        except ApiError:
            self._let_go(socket, scope)
            raise

    async def disarm(self, socket: Socket, scope: Scope, trace_id: int) -> int:
        """Let these orders be when the socket ends; the seq (0: others have it armed)."""
        if not self._let_go(socket, scope):
            return 0
        return await self._send(scope, _arming(scope, armed=0), trace_id)

    def socket_ended(self, socket: Socket) -> None:
        """Cancel what a socket armed. All that it sent is on its way to the engine already."""
        for scope in [scope for scope, holders in self._holders.items() if socket in holders]:
            sent: list[Message] = [
                commands.CancelAllOrders(
                    account_id=scope.account_id,
                    instrument_id=scope.instrument_id,
                    cause=int(CancelCause.DISCONNECTED),
                )
            ]
            if self._let_go(socket, scope):
                sent.append(_arming(scope, armed=0))
            task = asyncio.create_task(self._deliver(scope, sent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _let_go(self, socket: Socket, scope: Scope) -> bool:
        """Whether it was the last one to hold it."""
        holders = self._holders.get(scope)
        if holders is None or socket not in holders:
            return False
        holders.discard(socket)
        if holders:
            return False
        del self._holders[scope]
        return True

    def _on_engine_lost(self) -> None:
        """The engine has canceled, or does when it is back: nobody may believe himself guarded."""
        holders = {socket for sockets in self._holders.values() for socket in sockets}
        self._holders.clear()
        for socket in holders:
            socket.drop(ENGINE_LOST, "the engine was out of reach: armed orders were canceled")

    async def _deliver(self, scope: Scope, sent: list[Message]) -> None:
        """Send commands that must not be lost, each until it is taken."""
        for message in sent:
            while True:
                try:
                    answer = await self._engine.send(scope.tenant_id, message)
                except EngineError:
                    # Lost with the connection, and then the engine cancels by itself; or late.
                    break
                if answer.result is not Result.OVERLOADED:
                    break
                await asyncio.sleep(_RETRY_SECONDS)
        log.info("orders canceled on disconnect", account=scope.account_id)

    async def _send(self, scope: Scope, message: Message, trace_id: int) -> int:
        try:
            answer = await self._engine.send(scope.tenant_id, message, trace_id=trace_id)
        except EngineUnavailable:
            raise ApiError(Refusal.ENGINE_UNAVAILABLE) from None
        except EngineError:
            raise ApiError(Refusal.ORDER_UNKNOWN) from None
        if answer.result is not Result.ACCEPTED:
            raise ApiError(answer.result)
        return answer.seq


def _arming(scope: Scope, *, armed: int) -> commands.ArmDisconnect:
    return commands.ArmDisconnect(
        account_id=scope.account_id, instrument_id=scope.instrument_id, armed=armed
    )
