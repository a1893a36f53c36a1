"""Ports on this machine: which are free, and who may have one.

Between choosing a port and listening at it another start could choose the same. So whoever
chooses one claims it first, by a name in the kernel's abstract sockets that ends with its process.
"""

import errno
import random
import socket

from runtime.errors import RuntimeProblem

# Below Linux's range for outgoing connections, so that a remembered port stays free.
FIRST, LAST = 20000, 32000

_claims: dict[int, socket.socket] = {}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def claim(port: int) -> bool:
    """Whether the port is ours to use: free, and claimed by no other process; ours until we end."""
    if port not in _claims:
        claimed = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claimed.bind(f"\0marque-port-{port}")
        except OSError:
            claimed.close()
            return False
        _claims[port] = claimed
    return is_free(port)


def choose() -> int:
    """A free port that nobody has chosen before us, not even we."""
    for port in random.sample(range(FIRST, LAST), 200):
        if port not in _claims and claim(port):
            return port
    raise RuntimeProblem(
        f"No free port was found between {FIRST} and {LAST}: stop what listens there, then retry."
    )


def listen(host: str, port: int, variable: str) -> socket.socket:
    """A listening socket; ``variable`` is the setting that names another port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise RuntimeProblem(
                f"Port {port} is taken by another program: stop that, or choose another port, "
                f"for example {variable}={port + 1}."
            ) from error
        raise RuntimeProblem(
            f"Port {port} cannot be used ({error.strerror}): choose another with {variable}."
        ) from error
    return listener
