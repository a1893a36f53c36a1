"""A process is known by its birth: its number alone stands for nobody."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime import births, folders, instance
from runtime.child import MARK
from runtime.supervisor import STATUS_FILE

SLEEP = "import time; print(flush=True); time.sleep(600)"
WAIT_S = 120.0


@pytest.fixture
def data() -> Iterator[Path]:
    folder = folders.temporary_data_dir("marque-test-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start a process that sleeps; returns once it runs its own code."""
    started: list[subprocess.Popen[bytes]] = []

    def make(code: str = SLEEP, **variables: str) -> "subprocess.Popen[bytes]":
        popen = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(popen)
        assert popen.stdout is not None and popen.stdout.readline()
        return popen

    yield make
    for popen in started:
        popen.kill()
        popen.wait()
        assert popen.stdout is not None
        popen.stdout.close()


def test_a_birth_stands_for_one_process(start):
    first, second = start(), start()
    births_of = [births.birth_of(popen.pid) for popen in (first, second)]
    assert all(births_of) and births.birth_of(first.pid) == births_of[0]
    assert births.is_alive(first.pid, births_of[0])
    # A number that was given away again: the same number, another birth.
    assert not births.is_alive(first.pid, f"{births_of[0]}1")
    assert births.age_s(births_of[0]) < births.age_s(births.birth_of(1)) + 1
    first.kill()
    first.wait()
    assert births.birth_of(first.pid) == ""
    assert not births.is_alive(first.pid, births_of[0])


def test_a_process_that_ended_and_was_not_asked_for_is_gone(start):
    popen = start()
    birth = births.birth_of(popen.pid)
    popen.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now
    assert not births.is_alive(popen.pid, birth)
    assert births.send(popen.pid, birth, signal.SIGTERM) is False


def test_only_the_process_that_is_meant_gets_the_signal(start):
    popen = start()
    birth = births.birth_of(popen.pid)
    assert births.send(popen.pid, f"{birth}1", signal.SIGKILL) is False
    assert popen.poll() is None and births.is_alive(popen.pid, birth)
    assert births.send(popen.pid, birth, signal.SIGKILL) is True
    assert popen.wait(WAIT_S) == -signal.SIGKILL
    assert births.send(popen.pid, birth, signal.SIGKILL) is False


def status_line(pid: int, birth: str) -> dict[str, object]:
    return {"name": "engine", "state": "up", "pid": pid, "birth": birth, "stop_signal": 15}


def test_neither_stop_nor_the_next_start_touch_a_foreign_process(start, data: Path):
    foreign = start()
    birth = f"{births.birth_of(foreign.pid)}1"  # the number of a process that is long gone
    supervisor = {"pid": foreign.pid, "birth": birth}
    (data / instance.LOCK_FILE).write_text(json.dumps(supervisor))
    document = {**supervisor, "processes": [status_line(foreign.pid, birth)]}
    (data / STATUS_FILE).write_text(json.dumps(document))
    assert instance.stop_running(data) is False
    assert instance.end_stale(data) == []
    assert foreign.poll() is None


def test_orphans_are_known_by_their_mark_without_a_status_file(start, data: Path):
    grandchild = (
        f"import subprocess, sys; rest = subprocess.Popen([sys.executable, '-c', {SLEEP!r}], "
        "stdout=subprocess.DEVNULL, start_new_session=True); "
        "print(rest.pid, flush=True); rest.wait()"
    )
    orphan, foreign = start(grandchild, **{MARK: str(data)}), start(**{MARK: f"{data}-other"})
    found = births.marked(MARK, str(data))
    assert orphan.pid in found and len(found) == 2 and foreign.pid not in found
    assert len(instance.end_stale(data)) == 2
    assert births.marked(MARK, str(data)) == {}
    assert orphan.wait(WAIT_S) == -signal.SIGTERM
    assert foreign.poll() is None


def test_an_orphan_that_ignores_its_end_is_killed(start, data: Path):
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
    orphan = start(stubborn, **{MARK: str(data)})
    assert instance.end_stale(data, grace_s=0.5) == [f"process {orphan.pid}"]
    assert orphan.wait(WAIT_S) == -signal.SIGKILL


def test_the_clock_is_no_part_of_a_birth(start, monkeypatch: pytest.MonkeyPatch):
    popen = start()
    birth = births.birth_of(popen.pid)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert births.is_alive(popen.pid, birth)
    assert births.age_s(birth) >= 0
