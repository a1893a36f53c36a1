"""What the engine process counts, as text in Prometheus' format."""

import os
from pathlib import Path

_SECONDS = (0.0001, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003)
SECONDS = (*_SECONDS, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
COUNTS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0)


class Histogram:
    """Observations counted by upper bound."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0
        # Where the last one was counted: the next one is near, as a rule.
        self._near = 0

    def add(self, value: float, weight: int) -> None:
        """Count an observation so many times."""
        near = self._near
        while near < len(self.bounds) and value > self.bounds[near]:
            near += 1
        while near > 0 and value <= self.bounds[near - 1]:
            near -= 1
        self._near = near
        self.counts[near] += weight
        self.sum += value * weight


class Metrics:
    """The engine's counters since it started; written by the engine's thread alone."""

    def __init__(self) -> None:
        self.requests = 0
        self.refused_overloaded = 0
        self.bad_frames = 0
        self.snapshots_written = 0
        self.snapshots_failed = 0
        self.group_commands = Histogram(COUNTS)
        self.sync_seconds = Histogram(SECONDS)
        self.answer_seconds = Histogram(SECONDS)


class Gauges:
    """How things stand at this moment."""

    def __init__(self) -> None:
        self.seq = 0
        self.durable_seq = 0
        self.snapshot_seq = 0
        self.connections = 0
        self.waiting_bytes = 0
        self.started_ns = 0
        # name -> records behind the durable seq
        self.follower_lag: dict[str, int] = {}


def render(metrics: Metrics, gauges: Gauges) -> str:
    """All of it as text."""
    lines: list[str] = []
    for name, kind, help_text, value in (
        ("requests_total", "counter", "Requests read.", metrics.requests),
        (
            "overloaded_total",
            "counter",
            "Requests answered OVERLOADED.",
            metrics.refused_overloaded,
        ),
        ("bad_frames_total", "counter", "Connections closed on a bad frame.", metrics.bad_frames),
        ("snapshots_total", "counter", "Snapshots written.", metrics.snapshots_written),
        ("snapshot_failures_total", "counter", "Failed snapshots.", metrics.snapshots_failed),
        ("seq", "gauge", "Last record applied.", gauges.seq),
        ("durable_seq", "gauge", "Last record on disk.", gauges.durable_seq),
        ("snapshot_seq", "gauge", "Record of the newest snapshot.", gauges.snapshot_seq),
        ("connections", "gauge", "Open connections.", gauges.connections),
        ("waiting_bytes", "gauge", "Records not on disk yet, bytes.", gauges.waiting_bytes),
        (
            "start_time_seconds",
            "gauge",
            "When the process started, Unix time.",
            gauges.started_ns / 1e9,
        ),
    ):
        lines += _head(name, kind, help_text)
        lines.append(f"marque_engine_{name} {value}")
    lines += _head("follower_lag_records", "gauge", "Records a follower has not asked past.")
    for follower, lag in sorted(gauges.follower_lag.items()):
        lines.append(f'marque_engine_follower_lag_records{{follower="{follower}"}} {lag}')
    for name, help_text, histogram in (
        ("group_commands", "Records in one group commit.", metrics.group_commands),
        ("sync_seconds", "Write and sync of one group.", metrics.sync_seconds),
        ("answer_seconds", "From reading a request to its answer.", metrics.answer_seconds),
    ):
        lines += _head(name, "histogram", help_text)
        total = 0
        for bound, count in zip(histogram.bounds, histogram.counts, strict=False):
            total += count
            lines.append(f'marque_engine_{name}_bucket{{le="{bound:g}"}} {total}')
        total += histogram.counts[len(histogram.bounds)]
        lines.append(f'marque_engine_{name}_bucket{{le="+Inf"}} {total}')
        lines.append(f"marque_engine_{name}_sum {histogram.sum:.9g}")
        lines.append(f"marque_engine_{name}_count {total}")
    return "\n".join(lines) + "\n"


def write(engine_dir: Path, text: str) -> None:
    """Put the text into ``<engine_dir>/engine.metrics``; whoever reads it finds it whole."""
    part = engine_dir / f"engine.metrics.{os.getpid()}.part"
    part.write_text(text)
    part.rename(engine_dir / "engine.metrics")


def _head(name: str, kind: str, help_text: str) -> list[str]:
    return [f"# HELP marque_engine_{name} {help_text}", f"# TYPE marque_engine_{name} {kind}"]
