"""A plain ordered stream of queued commands to the engine: one connection, nothing resent.

The engine applies a source's numbers only as they rise, so a command overtaken by a later one
would be lost. What is sent here arrives as a whole or as a beginning; whoever sends starts again
from the first command without an answer, on a new connection.
"""

import contextlib
import socket
from collections.abc import Sequence
from typing import NamedTuple

from trading.commands.projections import SOURCE_QUEUE
from trading.engine import wire

ANSWER_TIMEOUT_S = 10.0
_READ_BYTES = 64 * 1024


class StreamLost(ConnectionError):
    """The engine is away, or went away before it had answered everything."""


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

    def send(self, tenant_id: int, commands: Sequence[NumberedCommand]) -> dict[int, int]:
        """Send them all and wait for the answers: {number: result}. Raises StreamLost."""
        frames = b"".join(
            wire.encode_request(
                command.number,
                tenant_id,
                command.kind,
                command.version,
                command.payload,
                source=SOURCE_QUEUE,
                source_no=command.number,
                trace_id=command.trace_id,
            )
            for command in commands
        )
        try:
            connected = self._connected()
            connected.sendall(frames)
            return self._answers(connected, len(commands))
        except OSError as error:
            self.close()
            raise StreamLost(str(error) or type(error).__name__) from error

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

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

    @staticmethod
    def _answers(connected: socket.socket, count: int) -> dict[int, int]:
        results: dict[int, int] = {}
        data = b""
        while len(results) < count:
            more = connected.recv(_READ_BYTES)
            if not more:
                raise ConnectionResetError("The engine closed the connection.")
            data += more
            offset = 0
            while len(data) - offset >= 4:
                size = 4 + int.from_bytes(data[offset : offset + 4], "little")
                if len(data) - offset < size:
                    break
                answer = wire.decode_answer(data, offset)
                results[answer.request_id] = answer.result
                offset += size
            data = data[offset:]
        return results
