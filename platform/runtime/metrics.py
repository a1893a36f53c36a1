"""Everything that Prometheus reads, gathered at the moment of asking.

Each process writes its counters into files of ``PROMETHEUS_MULTIPROC_DIR``; the health process
adds them up and puts the supervisor's, the engine's and the followers' figures beside them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from runtime import status
from runtime.lag import Lags


class RuntimeCollector:
    """Gauges that are read off at the moment of asking."""

    def __init__(self, document: dict[str, object], lags: Lags) -> None:
        self._document = document
        self._lags = lags

    def collect(self) -> Iterator[Metric]:
        yield from self._processes()
        yield from self._followers()

    def _processes(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("marque_process_up", "1 while the process runs.", labels=["process"])
        restarts = GaugeMetricFamily(
            "marque_process_restarts", "Restarts since the supervisor began.", labels=["process"]
        )
        memory = GaugeMetricFamily(
            "marque_process_memory_bytes", "Resident memory with children.", labels=["process"]
        )
        uptime = GaugeMetricFamily(
            "marque_process_uptime_seconds", "Time since its start.", labels=["process"]
        )
        lines = self._document["processes"]
        assert isinstance(lines, list)
        for line in lines:
            if line["state"] == "done":
                continue
            name = [line["name"]]
            up.add_metric(name, float(line["state"] == "up"))
            restarts.add_metric(name, line["restarts"])
            memory.add_metric(name, line["memory_bytes"] or 0)
            uptime.add_metric(name, line["uptime_s"] or 0)
        return [up, restarts, memory, uptime]

    def _followers(self) -> Iterable[Metric]:
        clearing = GaugeMetricFamily(
            "marque_clearing_lag_records", "Engine journal records not in SQL.", labels=["tenant"]
        )
        for schema, behind in self._lags.clearing_lag().items():
            clearing.add_metric([schema], behind)
        relay = GaugeMetricFamily(
            "marque_relay_waiting_commands", "Queued commands not answered.", labels=["tenant"]
        )
        for schema, waiting in self._lags.relay_waiting.items():
            relay.add_metric([schema], waiting)
        stopped = GaugeMetricFamily(
            "marque_relay_stopped", "1: nothing is sent until `relay_resume`.", labels=["tenant"]
        )
        for schema in self._lags.relay_waiting:
            stopped.add_metric([schema], float(schema in self._lags.relay_stopped))
        aside = GaugeMetricFamily(
            "marque_clearing_quarantined", "1: its tables refuse writes.", labels=["tenant"]
        )
        for schema in self._lags.clearing_seq:
            aside.add_metric([schema], float(schema in self._lags.quarantined))
        families: list[Metric] = [clearing, aside, relay, stopped]
        if (unpublished := self._lags.publisher_lag()) is not None:
            families.append(
                GaugeMetricFamily(
                    "marque_publisher_lag_records",
                    "Engine journal records not published.",
                    value=unpublished,
                )
            )
        if self._lags.engine is not None:
            families.append(
                GaugeMetricFamily(
                    "marque_engine_durable_seq",
                    "The last record that is on disk.",
                    value=self._lags.engine.durable_seq,
                )
            )
        return families


def exposition(lags: Lags, multiprocess_dir: Path | None, engine_file: Path) -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if multiprocess_dir is not None and multiprocess_dir.is_dir():
        MultiProcessCollector(registry, path=str(multiprocess_dir))
    registry.register(RuntimeCollector(status.document(lags), lags))
    text = generate_latest(registry)
    if engine_file.is_file():  # the engine writes it whole, in the same format
        text += engine_file.read_bytes()
    return text
