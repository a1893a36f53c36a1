"""What was told to stop ends, whatever still runs in it."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from config.celery import app

WAIT_S = 180.0  # the work itself lasts far longer


def test_a_thread_that_does_not_end_is_broken_off():
    code = (
        "import threading, time; from runtime import ending; "
        "threading.Thread(target=time.sleep, args=[3600]).start(); ending.within(0.1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=WAIT_S, check=False
    )
    assert done.returncode == 0
    assert "is broken off" in done.stderr


@pytest.mark.slow
def test_a_worker_ends_while_its_task_runs(tmp_path: Path):
    """A task that would take an hour; the worker goes when told to, and without force."""
    (tmp_path / "long_tasks.py").write_text(
        "import pathlib, time\n"
        "from celery import shared_task\n"
        "@shared_task\n"
        "def take_long(path):\n"
        "    pathlib.Path(path).touch()\n"
        "    time.sleep(3600)\n"
    )
    queue, begun = f"test-{uuid.uuid4()}", tmp_path / "begun"
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "CELERY_SKIP_CHECKS": "true"}
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "--quiet", "--app", "config.celery:app", "worker"),
            *("--pool", "threads", "--concurrency", "1", "--without-mingle", "--without-gossip"),
            *("--queues", queue, "--include", "long_tasks"),
        ],
        env=environ,
        cwd=settings.ROOT,
    )
    try:
        app.send_task("long_tasks.take_long", [str(begun)], queue=queue)
        wait_for(begun, worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(WAIT_S) == 0
    finally:
        worker.kill()
        worker.wait()


def wait_for(path: Path, worker: "subprocess.Popen[bytes]") -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not path.exists():
        assert worker.poll() is None and time.monotonic() < deadline_s
        time.sleep(0.05)
