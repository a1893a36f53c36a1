"""Something between the relay and the engine that loses connections at chosen points."""

import contextlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from trading.commands.projections import SOURCE_QUEUE
from trading.engine import wire
from trading.engine.results import Result

PASS = "pass"
# Where the connection is cut.
BEFORE = "before the engine has it"
IN_REQUEST = "in the middle of the request"
AFTER = "after the engine applied it"
IN_ANSWER = "in the middle of the answer"
# Not cut: the engine says that it is too busy.
OVERLOADED = "overloaded"

TROUBLES = (BEFORE, IN_REQUEST, AFTER, IN_ANSWER, OVERLOADED)


class Cutter:
    """A socket that passes frames on to the engine's; ``plan`` says what happens to commands.

    ``plan[n]`` is used up by the attempts to send number n, the first first; afterwards it passes.
    ``seen`` holds (number, what happened) of every attempt.
    """

    def __init__(self, engine_path: str) -> None:
        self.plan: dict[int, list[str]] = {}
        self.seen: list[tuple[int, str]] = []
        self._engine_path = engine_path
        self._folder = tempfile.mkdtemp(prefix="mq-")
        self.path = str(Path(self._folder) / "cut.sock")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _serve(self) -> None:
        while True:
            try:
                connected = self._listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._carry, args=(connected,), daemon=True).start()

    def _carry(self, relay: socket.socket) -> None:
        engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with relay, engine, contextlib.suppress(OSError):
            engine.connect(self._engine_path)
            for frame in _frames(relay):
                if not self._pass_on(frame, relay, engine):
                    return

    def _pass_on(self, frame: bytes, relay: socket.socket, engine: socket.socket) -> bool:
        """Handle one request; False cuts both connections."""
        request = wire.decode_request(frame)
        event = PASS
        if request.source == SOURCE_QUEUE:
            left = self.plan.get(request.source_no)
            event = left.pop(0) if left else PASS
            self.seen.append((request.source_no, event))
        if event == OVERLOADED:
            answer = wire.encode_answer(request.kind, Result.OVERLOADED, request.request_id)
            relay.sendall(answer)
            return True
        if event == BEFORE:
            return False
        if event == IN_REQUEST:
            engine.sendall(frame[: len(frame) // 2])
            return False
        engine.sendall(frame)
        answer = next(_frames(engine))
        if event == AFTER:
            return False
        relay.sendall(answer[: len(answer) // 2] if event == IN_ANSWER else answer)
        return event == PASS


def _frames(connected: socket.socket) -> Iterator[bytes]:
    data = b""
    while True:
        while len(data) >= 4 and len(data) >= (size := 4 + int.from_bytes(data[:4], "little")):
            yield data[:size]
            data = data[size:]
        more = connected.recv(65_536)
        if not more:
            return
        data += more
