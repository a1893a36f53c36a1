"""The example in docs/api/README.md runs as it stands there."""

import os
import re
import subprocess
import sys

from django.conf import settings

import bots
from live_exchange import AURORA, Exchange


def example() -> str:
    text = (settings.ROOT / "docs" / "api" / "README.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]


def test_the_example_places_and_cancels_an_order(exchange: Exchange, alice_bot: bots.Bot) -> None:
    assert example().count("\n") <= 40
    done = subprocess.run(
        [sys.executable, "-c", example()],
        env={
            "PATH": os.environ["PATH"],
            "MARQUE_URL": f"http://127.0.0.1:{exchange.port}",
            "MARQUE_API_HOST": AURORA,
            "API_KEY": alice_bot.key,
            "API_SECRET": alice_bot.secret,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    order_id, status, filled, canceled = done.stdout.split()
    assert (status, filled, canceled) == ("open", "0.00000", "canceled")
    closed = alice_bot.get(f"/api/v1/orders/{order_id}").json()
    assert closed["status"] == "canceled"
