"""One connection to the engine: what came of it unread, what it has not taken yet; compiled."""

import select
import socket
from typing import Final

from trading.engine import system

# A connection that does not take its answers is not read either, until it has.
_MOST_UNSENT_BYTES: Final = 1024 * 1024
_FEW_UNSENT_BYTES: Final = 128 * 1024

_IN: Final = 1  # select.EPOLLIN
_OUT: Final = 4  # select.EPOLLOUT


class Connection:
    """A client's non-blocking socket, watched by the server's epoll."""

    def __init__(self, sock: socket.socket, poller: select.epoll) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        # A socket of another class is asked by its own methods.
        self._is_plain = type(sock) is socket.socket
        self.poller = poller
        self.rest = b""  # the beginning of a frame
        self.unsent = bytearray()
        # How many of its answers lie with the log writer, and what is to be sent behind them.
        self.lent = 0
        self.kept = bytearray()
        self.mask = _IN
        self.last_words = b""  # to be sent behind the last answer, and then to close
        self.closing = False  # close when everything is sent
        self.closed = False
        # A follower asked with Follow for being told the durable seq.
        self.is_follower = False
        self.follow_request_id = 0
        self.follow_name = ""
        self.follow_seq = 0  # has everything before it
        self.told_seq = 0
        self.told_ns = 0
        # (tenant, account, instrument or 0) whose orders are canceled when this ends.
        self.armed: set[tuple[int, int, int]] = set()
        poller.register(self.fd, _IN)

    def send(self, data: bytes) -> None:
        """Send now what the socket takes, the rest when it takes more."""
        self.send_part(data, 0, len(data))

    def send_part(self, data: bytes, start: int, end: int) -> None:
        """The same with ``data[start:end]``."""
        if self.closed:
            return
        if self.lent > 0:
            self.kept += data[start:end]
            return
        if len(self.unsent) > 0:
            self.unsent += data[start:end]
            self._watch()
            return
        sent = self._transmit(data, start, end)
        if sent == system.BROKEN:
            self.close()
            return
        if sent == system.BLOCKED:
            sent = 0
        if sent < end - start:
            self.unsent += data[start + sent : end]
            self._watch()

    def may_lend(self) -> bool:
        """Whether the log writer may send the next answer, after ``lent`` was raised by one.

        Until ``take_back`` nothing else is sent on the socket then, and it is not closed.
        """
        return not self.closed and self._is_plain and len(self.unsent) == 0

    def take_back(self, data: bytes, start: int, end: int, sent: int) -> None:
        """The log writer sent so much of ``data[start:end]``, or found the socket BROKEN."""
        self.lent -= 1
        if sent == system.BROKEN:
            self.close()
        elif start + sent < end:
            self.unsent += data[start + sent : end]
        if self.lent > 0:
            return
        if self.closed:
            self.sock.close()
            return
        if len(self.kept) > 0:
            self.unsent += self.kept
            self.kept = bytearray()
        if len(self.unsent) > 0 or self.closing:
            self._watch()

    def flush(self) -> None:
        """The socket takes more."""
        if self.closed:
            return
        data = bytes(self.unsent)
        sent = self._transmit(data, 0, len(data))
        if sent == system.BROKEN:
            self.close()
        elif sent != system.BLOCKED:
            del self.unsent[:sent]
            self._watch()

    def _transmit(self, data: bytes, start: int, end: int) -> int:
        if self._is_plain:
            return system.transmit(self.fd, data, start, end)
        try:
            return self.sock.send(data[start:end])
        except BlockingIOError:
            return system.BLOCKED
        except OSError:
            return system.BROKEN

    def finish(self) -> None:
        """Take no more requests, and close when everything is sent."""
        if not self.closed:
            self.closing = True
            self._watch()

    def refuse(self, last_words: bytes) -> None:
        """Leave unread what comes; ``last_words`` are for whoever sends the last answer."""
        if not self.closed:
            self.last_words = last_words
            self.mask &= ~_IN
            self.poller.modify(self.fd, self.mask)

    def close(self) -> None:
        """Close at once; a socket that is lent, once it is back: its number is not free before."""
        if not self.closed:
            self.closed = True
            self.poller.unregister(self.fd)
            if self.lent == 0:
                self.sock.close()

    def _watch(self) -> None:
        if self.lent > 0:
            return  # it is looked after when they are back
        waiting = len(self.unsent)
        if waiting == 0 and self.closing:
            self.close()
            return
        mask = _OUT if waiting > 0 else 0
        most = _MOST_UNSENT_BYTES if self.mask & _IN != 0 else _FEW_UNSENT_BYTES
        if waiting < most and not self.closing and not self.last_words:
            mask |= _IN
        if mask != self.mask:
            self.mask = mask
            self.poller.modify(self.fd, mask)
