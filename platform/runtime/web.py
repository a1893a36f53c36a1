"""One web process: the ASGI application behind a socket that the supervisor holds open.

The supervisor listens, so the port is never refused while a web process starts again, and
several of them share it.
"""

import argparse
import socket

import uvicorn

from runtime import ending, ready
from runtime.protocol import Protocol

GRACEFUL_S = 5
# Less than the supervisor waits; what threads still do then is broken off.
LEAVE_S = 8.0


class Server(uvicorn.Server):
    """uvicorn, saying when it takes requests, and gone in time when told to stop."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            ready.tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending.within(LEAVE_S)
        await super().shutdown(sockets=sockets)


def main() -> None:
    parser = argparse.ArgumentParser(description="One web process of the product.")
    parser.add_argument("--fd", type=int, required=True, help="a listening socket")
    options = parser.parse_args()
    config = uvicorn.Config(
        "config.asgi:application",
        loop="uvloop",
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        ws_per_message_deflate=False,
        lifespan="auto",
        access_log=False,
        log_config=None,  # Django's, which the application sets up
        proxy_headers=False,  # the tenants' middleware knows how many proxies are our own
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
    Server(config).run(sockets=[socket.socket(fileno=options.fd)])


if __name__ == "__main__":
    main()
