"""The supervisor over small real processes: back-off, stop order, groups, readiness."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from runtime import births, folders
from runtime import environment as environments
from runtime import supervisor as supervisors
from runtime.child import LONGEST_DELAY_S, Child, State
from runtime.errors import RuntimeProblem
from runtime.logs import Log
from runtime.processes import Process, Stage, StopTurn
from runtime.supervisor import Supervisor

SLEEP = "import time; time.sleep(600)"


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    data = folders.temporary_data_dir("marque-test-")
    for name in ("DATABASE_URL", "REDIS_URL", "MARQUE_ENGINE_DIR", "MARQUE_ENGINE_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MARQUE_DATA_DIR", str(data))
    environment = environments.prepare()
    log = Log(environment.log_dir, quiet=True)
    supervisor = Supervisor(environment, log)
    yield supervisor
    supervisor.stop()
    log.close()
    shutil.rmtree(data)


def python(name: str, code: str, **rest: object) -> Process:
    settings = {"stage": Stage.WORKERS, "stop_turn": StopTurn.WORKERS, **rest}
    return Process(name, [sys.executable, "-c", code], **settings)  # type: ignore[arg-type]


def run_until(supervisor: Supervisor, condition: Callable[[], bool], limit_s: float = 120) -> None:
    begun_s = time.monotonic()
    while not condition():
        assert time.monotonic() - begun_s < limit_s, supervisor.log.path.read_text()
        supervisor.step(0.05)


def child(supervisor: Supervisor, name: str) -> Child:
    return next(one for one in supervisor.children if one.name == name)


def logged(supervisor: Supervisor) -> str:
    return supervisor.log.path.read_text()


def test_lines_carry_the_name_of_their_process(supervisor: Supervisor):
    code = "import sys; print('one'); print('zwei ü'); sys.stderr.write('no newline')"
    supervisor.add([python("talker", code, once=True)])
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: child(supervisor, "talker").state is State.DONE)
    lines = [line.partition(" talker    | ")[2] for line in logged(supervisor).splitlines()]
    assert [line for line in lines if line] == ["one", "zwei ü", "no newline"]


def test_a_process_that_cannot_start_is_tried_ever_more_slowly(supervisor: Supervisor):
    supervisor.add([python("broken", "raise SystemExit(3)")])
    supervisor.launch(Stage.WORKERS)
    broken = child(supervisor, "broken")
    run_until(supervisor, lambda: broken.restarts == 4)
    delays = [float(line.rsplit(" ", 2)[1]) for line in logged(supervisor).splitlines()]
    assert delays == [0.2, 0.4, 0.8, 1.6]
    for _ in range(20):
        broken.state = State.UP
        broken.on_exit(3, broken.started_s + 1)
    assert broken.restart_at_s == broken.started_s + 1 + LONGEST_DELAY_S
    broken.on_exit(3, broken.started_s + 60)  # it lived long: a crash by chance
    assert broken.restart_at_s == pytest.approx(broken.started_s + 60.2)


def test_an_executable_that_is_missing_does_not_stop_the_others(supervisor: Supervisor):
    missing = Process("missing", ["/nonexistent/program"], Stage.WORKERS, StopTurn.WORKERS)
    supervisor.add([missing, python("sleeper", SLEEP)])
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: child(supervisor, "sleeper").state is State.UP)
    assert child(supervisor, "missing").restarts >= 1
    assert "could not be started" in logged(supervisor)


def test_what_a_dead_process_left_behind_is_ended(supervisor: Supervisor):
    code = (
        "import subprocess, sys, time; "
        f"rest = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
        "print(rest.pid, flush=True); time.sleep(600)"
    )
    supervisor.add([python("parent", code)])
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: " parent    | " in logged(supervisor))
    rest = int(logged(supervisor).splitlines()[0].rpartition(" ")[2])
    parent = child(supervisor, "parent")
    assert parent.pid is not None
    os.kill(parent.pid, 9)
    run_until(supervisor, lambda: parent.restarts == 1)
    run_until(supervisor, lambda: births.birth_of(rest) == "")


def test_processes_stop_in_turn_and_the_stubborn_are_killed(supervisor: Supervisor):
    # It says that it is ready once it ignores the signal: until then that would end it.
    stubborn = (
        "import signal; from runtime import ready; "
        f"signal.signal(signal.SIGTERM, signal.SIG_IGN); ready.tell(); {SLEEP}"
    )
    grace = {"stop_grace_s": 0.5, "tells_ready": True}
    supervisor.add(
        [
            python("database", SLEEP, stop_turn=StopTurn.SERVERS),
            python("engine", SLEEP, stop_turn=StopTurn.ENGINE),
            python("stubborn", stubborn, stop_turn=StopTurn.WORKERS, **grace),
            python("web", SLEEP, stop_turn=StopTurn.WEB),
        ]
    )
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: all(one.state is State.UP for one in supervisor.children))
    supervisor.stop()
    stopped = [
        line.split("| ")[1].split()[0]
        for line in logged(supervisor).splitlines()
        if line.endswith(" stopped")
    ]
    assert stopped == ["web", "stubborn", "engine", "database"]
    assert "stubborn did not stop in 0.5 s: killed" in logged(supervisor)
    assert {one.state for one in supervisor.children} == {State.STOPPED}


def test_a_process_that_cannot_be_ended_does_not_hold_up_the_stop(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
):
    """As one would be that waits in the kernel: no signal has an effect."""
    supervisor.add([python("stuck", SLEEP, stop_grace_s=0.2), python("other", SLEEP)])
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: all(one.state is State.UP for one in supervisor.children))
    stuck = child(supervisor, "stuck")
    with monkeypatch.context() as patch:
        patch.setattr(stuck, "send", lambda number: None)
        patch.setattr(supervisors, "KILL_S", 0.2)
        supervisor.stop()
    assert "stuck did not stop in 0.2 s: killed" in logged(supervisor)
    assert f"stuck (process {stuck.pid}) cannot be ended: left behind" in logged(supervisor)
    assert {one.state for one in supervisor.children} == {State.STOPPED}
    stuck.kill_rest()


def test_a_dead_process_is_taken_note_of_while_its_rest_writes_on(supervisor: Supervisor):
    """The last words are read to their end; a writer without an end must not be waited for."""
    endless = "while True: print('x' * 1000, flush=True)"
    code = (
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, '-c', {endless!r}]); time.sleep(600)"
    )
    supervisor.add([python("parent", code)])
    supervisor.launch(Stage.WORKERS)
    run_until(supervisor, lambda: "xxx" in logged(supervisor))
    parent = child(supervisor, "parent")
    assert parent.pid is not None
    os.kill(parent.pid, signal.SIGKILL)
    run_until(supervisor, lambda: parent.restarts == 1)


def test_a_process_that_says_when_it_is_ready_is_waited_for(supervisor: Supervisor):
    code = (
        "import time; from runtime import ready; time.sleep(0.5); "
        f"print('ready now', flush=True); ready.tell(); {SLEEP}"
    )
    supervisor.add([python("web", code, stage=Stage.WEB, tells_ready=True)])
    supervisor.start(Stage.WEB)
    assert child(supervisor, "web").state is State.UP
    run_until(supervisor, lambda: "ready now" in logged(supervisor))


def test_a_start_that_cannot_succeed_is_given_up_with_its_last_words(supervisor: Supervisor):
    code = "import sys; print('the reason'); sys.exit(1)"
    supervisor.add([python("prepare", code, stage=Stage.PREPARE, once=True)])
    with pytest.raises(RuntimeProblem, match=r"prepare did not start.*the reason"):
        supervisor.start(Stage.PREPARE)


def test_a_server_that_keeps_crashing_at_the_start_is_given_up(supervisor: Supervisor):
    supervisor.add([python("engine", "raise SystemExit(1)", stage=Stage.SERVERS)])
    with pytest.raises(RuntimeProblem, match="engine did not start"):
        supervisor.start(Stage.SERVERS)
    assert child(supervisor, "engine").restarts == 4
