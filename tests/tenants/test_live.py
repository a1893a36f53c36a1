"""A change in one process is seen by the web processes at once, or, while there is no Redis to
tell them, at their next look into the database."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.conf import settings
from django_tenants.utils import schema_context

from tenants import actions
from tenants.models import Tenant
from world import World, end

pytestmark = pytest.mark.slow

Get = Callable[[str, str], tuple[int, str]]


@pytest.fixture(params=["with Redis", "without Redis"])
def get(world: World, request: pytest.FixtureRequest) -> Iterator[Get]:
    """Ask the real web server of the world: ``get(host, path)`` → status, body."""
    environ = dict(world.environ)
    if request.param == "without Redis":
        environ["REDIS_URL"] = "redis://127.0.0.1:9/0"  # the discard port: nobody answers
    path = os.pathsep.join([str(settings.ROOT), str(settings.ROOT / "platform")])
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        (world.folder / "web.out").open("wb") as output,
    ):
        port = listener.getsockname()[1]
        web = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
                *("--fd", str(listener.fileno())),
            ],
            pass_fds=(listener.fileno(),),
            env=environ | {"PYTHONPATH": path},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def ask(host: str, address: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with closing(connection):
            connection.request("GET", address, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.read().decode()

    def is_up() -> bool:
        try:
            return ask("aurora.localhost", "/brand/theme.css")[0] == 200
        except OSError:
            return False

    try:
        world.wait_for(is_up)
        yield ask
    finally:
        end(web)


def test_changes_are_live(world: World, get: Get) -> None:
    assert get("nobody.localhost", "/")[0] == 404
    assert get("operator.localhost", "/brand/theme.css")[0] == 200
    with world.connected(), schema_context("public"):
        aurora = Tenant.objects.get(slug="aurora")
        actions.suspend_tenant(tenant=aurora, acting_user=None, reason="test")
        world.wait_for(lambda: get("aurora.localhost", "/")[0] == 503)
        assert "Aurora Markets" in get("aurora.localhost", "/any/where")[1]
        assert get("longmen.localhost", "/brand/theme.css")[0] == 200

        actions.resume_tenant(tenant=aurora, acting_user=None, reason="test")
        world.wait_for(lambda: get("aurora.localhost", "/brand/theme.css")[0] == 200)

        actions.change_brand(
            tenant=aurora, acting_user=None, colours={"light": {"primary": "#010203"}}
        )
        world.wait_for(lambda: "#010203" in get("aurora.localhost", "/brand/theme.css")[1])

        actions.add_domain(tenant=aurora, domain="trade.example", acting_user=None)
        world.wait_for(lambda: get("trade.example", "/brand/theme.css")[0] == 200)
