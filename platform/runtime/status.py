"""The state of every process, for people (a table) and for programs (JSON)."""

from typing import Any

import psutil

from runtime import births, folders, instance, lag
from runtime.lag import Lags


def lines(data_status: dict[str, Any], lags: Lags) -> list[dict[str, Any]]:
    """One dictionary per process: state, pid, uptime, restarts, memory, lag."""
    supervised = instance.is_alive(data_status)
    found = []
    for line in data_status.get("processes", []):
        alive = instance.is_alive(line)
        state = line["state"]
        if not supervised and state not in ("done", "stopped"):
            state = "unsupervised" if alive else "stopped"
        found.append(
            {
                "name": line["name"],
                "state": state,
                "pid": line["pid"] if alive else None,
                "uptime_s": births.age_s(line["birth"]) if alive else None,
                "restarts": line["restarts"],
                "memory_bytes": memory_bytes(line["pid"]) if alive else None,
                **_lag_of(line["name"], lags),
            }
        )
    return found


def now() -> dict[str, Any]:
    """What `manage.py status --json` says at this moment; for the operator's page as well."""
    return document(lag.measure())


def document(lags: Lags) -> dict[str, Any]:
    """The state of every process beside what was measured of their lags."""
    data_status = instance.read_status(folders.data_dir())
    engine = lags.engine
    return {
        "running": instance.is_alive(data_status),
        "pid": data_status.get("pid") if instance.is_alive(data_status) else None,
        "port": data_status.get("port"),
        "metrics_port": data_status.get("metrics_port"),
        "engine_seq": engine.durable_seq if engine else None,
        "engine_compiled": bool(engine.compiled) if engine else None,
        "problems": lags.problems,
        "relay_stopped": lags.relay_stopped,
        "quarantined": lags.quarantined,
        "processes": lines(data_status, lags),
    }


def _lag_of(name: str, lags: Lags) -> dict[str, Any]:
    """What a follower is behind: records of the journal, or commands that wait."""
    if name == "clearing":
        return {"lag": max(lags.clearing_lag().values(), default=None), "of": lags.clearing_lag()}
    if name == "publisher":
        return {"lag": lags.publisher_lag()}
    if name == "relay":
        waiting = lags.relay_waiting
        return {"lag": sum(waiting.values()) if waiting else None, "of": waiting}
    return {"lag": None}


def memory_bytes(pid: int) -> int | None:
    """Resident memory of a process and all its descendants; shared pages count in each."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return None
    total = 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            continue
    return total


def table(status: dict[str, Any]) -> str:
    """The same for a person."""
    if not status["processes"]:
        return "Marque has not run here yet: start it with `make run`."
    rows = [("PROCESS", "STATE", "PID", "UP", "RESTARTS", "MEMORY", "LAG")]
    for line in status["processes"]:
        rows.append(
            (
                line["name"],
                line["state"],
                str(line["pid"] or "-"),
                _duration(line["uptime_s"]),
                str(line["restarts"]),
                "-" if line["memory_bytes"] is None else f"{line['memory_bytes'] / 2**20:.0f} MB",
                _lag_text(line, status),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if not status["running"]:
        text.insert(0, "Marque does not run; this is how it ended.")
    text += [f"{server}: {problem}" for server, problem in status["problems"].items()]
    text += [
        f"relay: stopped for {schema}; see `manage.py relay_resume {schema}`"
        for schema in status["relay_stopped"]
    ]
    text += [
        f"clearing: {schema} is set aside: {error}"
        for schema, error in status["quarantined"].items()
    ]
    return "\n".join(text)


def _lag_text(line: dict[str, Any], status: dict[str, Any]) -> str:
    if line["name"] == "engine" and status["engine_seq"] is not None:
        how = "compiled" if status["engine_compiled"] else "interpreted"
        return f"at seq {status['engine_seq']}, {how}"
    if line["lag"] is None:
        return "-"
    unit = "waiting" if line["name"] == "relay" else "behind"
    of = line.get("of") or {}
    detail = ", ".join(f"{schema} {count}" for schema, count in sorted(of.items()))
    return f"{line['lag']} {unit}" + (f" ({detail})" if len(of) > 1 else "")


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02}h"
    return f"{hours}:{minutes:02}:{seconds:02}"
