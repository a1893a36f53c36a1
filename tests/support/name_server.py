"""A real DNS server on loopback, over UDP and TCP: its records are what a test says just now."""

import errno
import socketserver
import struct
import threading
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """Answers for ``records``: {(name, kind): [values]}, aliases followed within them.

    ``silent`` names get no answer at all, ``broken`` ones SERVFAIL.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self._udp, self._tcp = self._on_one_port()
        port = self._udp.server_address[1]
        for server in (self._udp, self._tcp):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.address = f"127.0.0.1:{port}"

    def _on_one_port(
        self,
    ) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
        """Servers for UDP and TCP on a port of the system's choice that is free for both."""
        for _ in range(50):
            udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), self._handler(_over_udp))
            try:
                return udp, socketserver.ThreadingTCPServer(
                    udp.server_address, self._handler(_over_tcp)
                )
            except OSError as error:
                udp.server_close()
                if error.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, "No port was free for both UDP and TCP.")

    def set(self, name: str, kind: str, *values: str) -> None:
        """What a record holds from now on; without values it is gone."""
        if values:
            self.records[name, kind] = list(values)
        else:
            self.records.pop((name, kind), None)

    def close(self) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    def _handler(self, exchange: Any) -> type[socketserver.BaseRequestHandler]:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                exchange(self.request, outer.answer_to, self.client_address)

        return Handler

    def answer_to(self, data: bytes) -> bytes | None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer.to_wire()
        if not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        while (alias := self.records.get((name, "CNAME"))) and kind != "CNAME":
            answer.answer.append(_rrset(name, "CNAME", [f"{alias[0]}."]))
            name = alias[0]
        if values := self.records.get((name, kind)):
            answer.answer.append(_rrset(name, kind, values))
        return answer.to_wire()


def _rrset(name: str, kind: str, values: list[str]) -> Any:
    texts = [f'"{value}"' for value in values] if kind == "TXT" else values
    return dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, texts)


def _over_udp(request: Any, answer_to: Any, client: Any) -> None:
    data, connection = request
    if answer := answer_to(data):
        connection.sendto(answer, client)


def _over_tcp(request: Any, answer_to: Any, _client: Any) -> None:
    (length,) = struct.unpack("!H", request.recv(2))
    if answer := answer_to(request.recv(length)):
        request.sendall(struct.pack("!H", len(answer)) + answer)
