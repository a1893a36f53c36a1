"""The load generator's end of one connection: sends windows of commands, checks each answer.

Plain Python with types in ``line.pxd``; ``benchmarks.compiled_line`` compiles it, so that the load
generator takes little of the two cores that it shares with the engine.
"""

import time

from trading.engine import system
from trading.engine.words import MASK_16, MASK_32, word

ANSWER_HEADER_BYTES = 40
MOST_RESULTS = 1024
BUFFER_BYTES = 1024 * 1024


class Line:
    """A connection that sends ``windows`` of so many commands each, numbered from 0 on in each.

    ``latencies_ns`` are from the moment a window was due to its last answer; ``results`` counts
    the answers by their result. ``behind_ns`` are, of windows sent by the clock, from the moment
    one was due to its sending: what the load generator itself had to wait for.
    """

    def __init__(self, fd: int, windows: list[bytes], size: int) -> None:
        self.fd = fd
        self.windows = windows
        self.size = size
        self.sent = 0  # windows
        self.done = 0
        self.expected = 0  # the number of the next answer in its window
        self.due_ns: list[int] = []
        self.latencies_ns: list[int] = []
        self.behind_ns: list[int] = []
        self.results = [0] * MOST_RESULTS
        self.rest = b""
        self.unsent = b""
        self.buffer = bytearray(BUFFER_BYTES)

    def send(self, due_ns: int) -> bool:
        """Send the next window, due then; False if there is none."""
        if self.sent == len(self.windows):
            return False
        self.due_ns.append(due_ns)
        self.unsent += self.windows[self.sent]
        self.sent += 1
        self.flush()
        return True

    def flush(self) -> None:
        """Send what the socket takes."""
        size = system.transmit(self.fd, self.unsent, 0, len(self.unsent))
        if size == system.BROKEN:
            raise SystemExit("The engine closed a connection.")
        if size != system.BLOCKED:
            self.unsent = self.unsent[size:]

    def take(self) -> int:
        """Read and check the answers that have arrived; how many windows were done by them."""
        end = system.move(self.buffer, 0, self.rest)
        size = system.receive(self.fd, self.buffer, end, BUFFER_BYTES - end)
        if size == system.BLOCKED:
            return 0
        if size <= 0:
            raise SystemExit("The engine closed a connection.")
        end += size
        at = 0
        finished = 0
        while end - at >= ANSWER_HEADER_BYTES:
            head = word(self.buffer, at)
            length = (head & MASK_32) + 4
            if end - at < length:
                break
            if word(self.buffer, at + 8) != self.expected:
                raise SystemExit("An answer came out of its turn.")
            self.results[head >> 48 & MASK_16] += 1
            self.expected += 1
            at += length
            if self.expected == self.size:
                self.expected = 0
                self.latencies_ns.append(time.perf_counter_ns() - self.due_ns[self.done])
                self.done += 1
                finished += 1
        self.rest = system.copied(self.buffer, at, end) if at < end else b""
        return finished


def keep_one_under_way(lines: list[Line], events: bytearray, poller: object, fd: int) -> None:
    """Have each line send its windows one after another, each when the last one was answered."""
    by_fd = {line.fd: line for line in lines}
    under_way = 0
    for line in lines:
        if line.send(time.perf_counter_ns()):
            under_way += 1
    while under_way > 0:
        ready = system.wait(poller, fd, events, 1000)
        for number in range(ready):
            line = by_fd[system.event_fd(events, number)]
            if line.take() > 0 and not line.send(time.perf_counter_ns()):
                under_way -= 1


def send_by_the_clock(
    lines: list[Line], events: bytearray, poller: object, fd: int, step_ns: int, most: int
) -> None:
    """Send a window every so often, on one line after another, whatever became of those before.

    A line has at most so many under way; the next are sent late then, and count as late.
    """
    by_fd = {line.fd: line for line in lines}
    due_ns = time.perf_counter_ns() + 10_000_000
    left = 0
    for line in lines:
        left += len(line.windows)
    turn = 0
    while left > 0:
        line = lines[turn]
        while (
            time.perf_counter_ns() >= due_ns
            and line.sent < len(line.windows)
            and line.sent - line.done < most
        ):
            line.behind_ns.append(time.perf_counter_ns() - due_ns)
            line.send(due_ns)
            turn = (turn + 1) % len(lines)
            line = lines[turn]
            due_ns += step_ns
        for line in lines:
            if len(line.unsent) > 0:
                line.flush()
        ready = system.wait(poller, fd, events, 1)
        for number in range(ready):
            line = by_fd[system.event_fd(events, number)]
            left -= line.take()
