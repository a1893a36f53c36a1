"""A bank's SFTP server: a real one, on the loopback, with a folder of files."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

LOGIN, PASSWORD = "north", "a-password-of-north"


class _Server(asyncssh.SSHServer):
    def __init__(self, bank: "SftpBank") -> None:
        self.bank = bank

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (LOGIN, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: Any) -> bool:
        return username == LOGIN and key == self.bank.client_key.convert_to_public()


class SftpBank:
    """Serves `folder` below `out`; `host_key` is what a client should pin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "out").mkdir()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self.key.export_public_key().decode().strip()
        self.loop = asyncio.new_event_loop()
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def put(self, name: str, data: bytes) -> None:
        (self.folder / "out" / name).write_bytes(data)

    def start(self) -> "SftpBank":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncssh.create_server(
                lambda: _Server(self),
                "127.0.0.1",
                0,
                server_host_keys=[self.key],
                sftp_factory=lambda channel: asyncssh.SFTPServer(
                    channel, chroot=str(self.folder).encode()
                ),
            )
        )
        self.port = server.get_port()
        self._ready.set()
        self.loop.run_forever()
        server.close()
        self.loop.close()


@pytest.fixture
def sftp_bank(tmp_path: Path) -> Iterator[SftpBank]:
    bank = SftpBank(tmp_path).start()
    yield bank
    bank.stop()
