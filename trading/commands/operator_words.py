"""What `manage.py engine` shows, as text and for programs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from trading.engine.operating import archiving, state, wording
from trading.engine.operating.exporting import Exported
from trading.engine.operating.lives import Life
from trading.engine.operating.state import Status
from trading.engine.operating.verifying import Proof

_STATES = {
    state.RUNNING: "runs",
    state.SILENT: "holds the journal, but does not answer: it recovers, or it is stuck",
    state.STOPPED: "does not run",
}


def status_document(status: Status) -> dict[str, Any]:
    """The status for programs; null is what only a running engine can tell."""
    document = status._asdict()
    document["snapshot"] = status.snapshot._asdict() if status.snapshot else None
    return document


def status_text(status: Status) -> str:
    process = _STATES[status.state]
    if status.pid is not None:
        process = f"process {status.pid} {process}"
    snapshot = "none"
    if status.snapshot is not None:
        age = timedelta(seconds=round(status.snapshot.age_seconds))
        snapshot = f"seq {status.snapshot.seq}, {age} old, {_size(status.snapshot.size_bytes)}"
    lines = [
        ("engine", process),
        ("core", "compiled" if status.compiled else "interpreted"),
        ("started", _or_unknown(status.started_ns, wording.time_text)),
        ("seq", status.seq),
        ("durable seq", status.durable_seq),
        ("snapshot", snapshot),
        ("open orders", _or_unknown(status.open_orders)),
        ("accounts", _or_unknown(status.accounts)),
        ("applied", _or_unknown(status.commands_applied, "{} commands since the start".format)),
        ("journal", f"{_size(status.journal_bytes)} in {_count(status.segments, 'segment')}"),
    ]
    if status.archived_segments:
        size, count = _size(status.archived_bytes), _count(status.archived_segments, "segment")
        lines.append(("archive", f"{size} in {count}"))
    if status.first_seq > 1:
        lines.append(("first seq", status.first_seq))
    if status.torn_bytes:
        lines.append(("torn end", f"{status.torn_bytes} bytes that the next start cuts off"))
    if status.followers is not None:
        followed = [f"{name}: {lag} records behind" for name, lag in status.followers.items()]
        lines.append(("followers", ", ".join(followed) or "none"))
    return "\n".join(f"{name:<12} {value}" for name, value in lines)


def proof_text(proof: Proof) -> str:
    begun = f"the snapshot at seq {proof.start_seq}" if proof.start_seq else "the beginning"
    lines = [*proof.notes, f"Began with {begun}."]
    if proof.records:
        lines.append(
            f"Proved {_count(proof.records, 'record')}, seq {proof.first_seq} to "
            f"{proof.last_seq}, in {proof.seconds:.1f} s: replayed, they give the results and "
            "events recorded."
        )
    else:
        lines.append("There was no record to prove.")
    if proof.snapshots:
        seqs = ", ".join(map(str, proof.snapshots))
        lines.append(f"Snapshots that hold the same state: seq {seqs}.")
    if proof.torn_bytes:
        lines.append(
            f"Behind the end stand {proof.torn_bytes} bytes of a torn group that was never "
            "answered: the next start cuts them off."
        )
    if proof.state_hash:
        lines.append(f"State hash at seq {proof.last_seq}: {proof.state_hash}")
    return "\n".join(lines)


def life_text(life: Life) -> str:
    lines = [f"Order {life.order_id} of tenant {life.tenant_id}"]
    if life.first_seq > 1:
        lines.append(
            f"The journal begins with seq {life.first_seq}: what happened before is not told."
        )
    for step in life.steps:
        lines.append(f"seq {step.seq}  {wording.time_text(step.time_ns)}  {step.sentence}")
    lines.append(f"As of seq {life.last_seq} {life.standing}.")
    return "\n".join(lines)


def exported_text(exported: Exported, out: Path) -> str:
    rows = ", ".join(f"{count} {kind}" for kind, count in sorted(exported.rows.items()))
    return f"{out}: seq {exported.first_seq} to {exported.last_seq}: {rows or 'no events'}."


def plan_text(planned: archiving.Plan) -> str:
    """What an archiving would do."""
    lines = [f"Nobody needs records up to seq {planned.bound_seq}; later ones {planned.held_by}."]
    lines += [f"To be archived: seq {move.first_seq} to {move.last_seq}" for move in planned.moves]
    lines += [
        f"To be removed from the archive: seq {gone.first_seq} to {gone.last_seq}"
        for gone in planned.removals
    ]
    if not planned.moves and not planned.removals:
        lines.append("There is nothing to be archived or removed.")
    return "\n".join(lines)


def done_text(done: archiving.Done) -> str:
    if not done.moved and not done.removed:
        return "There was nothing to be archived or removed."
    return (
        f"Archived {_count(done.moved, 'segment')}, {_size(done.read_bytes)} in "
        f"{_size(done.written_bytes)}; removed {_count(done.removed, 'segment')} from the archive."
    )


def _or_unknown(value: int | None, show: Any = str) -> str:
    return "not known while it does not answer" if value is None else show(value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _size(size_bytes: int) -> str:
    if size_bytes < 1024 * 1024:
        return f"{size_bytes} bytes"
    tenths = size_bytes * 10 // (1024 * 1024)
    return f"{tenths // 10}.{tenths % 10} MiB"
