"""Queued commands to the engine: one connection, one command under way.

The engine applies a source's numbers only as they rise, so a command overtaken by a later one
would be lost. Here the next is sent when the last is answered. A connection on which an answer
was lost is never used again: what is sent on a new one is the same command with the same number.
"""

import contextlib
import socket
from typing import NamedTuple

from trading.commands.projections import SOURCE_QUEUE
from trading.engine import events, queries, wire
from trading.engine.message import LayoutError
from trading.engine.results import Result

ANSWER_TIMEOUT_S = 10.0
_READ_BYTES = 64 * 1024


class StreamLost(ConnectionError):
    """The engine is away, or went away before it had answered."""


class NumberedCommand(NamedTuple):
    """A queued command as it goes over the wire."""

    number: int
    kind: int
    version: int
    payload: bytes
    trace_id: int


class CommandStream:
    """A connection that lives until something goes wrong with it."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._socket: socket.socket | None = None

    def send(self, tenant_id: int, command: NumberedCommand) -> int:
        """Send it and wait for the engine's result. Raises StreamLost."""
        frame = wire.encode_request(
            command.number,
            tenant_id,
            command.kind,
            command.version,
            command.payload,
            source=SOURCE_QUEUE,
            source_no=command.number,
            trace_id=command.trace_id,
        )
        return self._exchange(frame, command.number).result

    def last_number(self, tenant_id: int) -> int:
        """The last number the engine applied from the tenant's outbox. Raises StreamLost."""
        query = queries.QuerySource(source=SOURCE_QUEUE)
        answer = self._exchange(wire.request_of(query, tenant_id), 0)
        if answer.result == Result.ACCEPTED:
            [row] = wire.answer_events(answer)
            assert isinstance(row, events.SourceRow)
            return row.last_no
        # An overloaded engine answers queries no more than commands.
        raise StreamLost(f"the engine answered {Result(answer.result).name}")

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _exchange(self, frame: bytes, request_id: int) -> wire.Answer:
        try:
            connected = self._connected()
            connected.sendall(frame)
            answer = _read_answer(connected)
            # A frame whose header the engine cannot read is refused under the id 0.
            if answer.request_id not in (request_id, 0):
                raise ConnectionError(f"an answer to request {answer.request_id} came instead")
            return answer
        except (OSError, LayoutError) as error:
            self.close()
            raise StreamLost(str(error) or type(error).__name__) from error

    def _connected(self) -> socket.socket:
        if self._socket is None:
            connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connecting.settimeout(ANSWER_TIMEOUT_S)
            try:
                connecting.connect(self._socket_path)
            except OSError:
                connecting.close()
                raise
            self._socket = connecting
        return self._socket


def _read_answer(connected: socket.socket) -> wire.Answer:
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
        more = connected.recv(_READ_BYTES)
        if not more:
            raise ConnectionResetError("the engine closed the connection")
        data += more
    return wire.decode_answer(data)
