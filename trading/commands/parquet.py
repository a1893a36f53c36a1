"""Exported events as Parquet, where pyarrow is installed; the product itself does not need it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trading.engine.operating import OperatingError

_BATCH_ROWS = 65_536


def is_installed() -> bool:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True


class ParquetTable:
    """One Parquet file; amounts are decimal128(38, 0), exact, as the engine's are."""

    def __init__(self, path: Path, fields: Sequence[tuple[str, str]]) -> None:
        if not is_installed():
            raise OperatingError(
                "Parquet needs pyarrow, which is not installed: `pip install pyarrow` into "
                ".venv, or use --format csv."
            )
        import pyarrow
        import pyarrow.parquet

        self._arrow = pyarrow
        self._schema = pyarrow.schema([(name, _type(pyarrow, kind)) for name, kind in fields])
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema)
        self._rows: list[Sequence[int | str]] = []

    def add(self, rows: Sequence[Sequence[int | str]]) -> None:
        self._rows += rows
        if len(self._rows) >= _BATCH_ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = list(zip(*self._rows, strict=True))
        arrays = [
            self._arrow.array(_exact(self._arrow, field.type, column), field.type)
            for field, column in zip(self._schema, columns, strict=True)
        ]
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))
        self._rows = []


def _type(arrow: Any, kind: str) -> Any:
    if kind == "i128":
        return arrow.decimal128(38, 0)
    if kind.startswith("s"):
        return arrow.string()
    return {
        "i": arrow.int64,
        "u": {"u8": arrow.uint8, "u16": arrow.uint16}.get(kind, arrow.uint32),
    }[kind[0]]()


def _exact(arrow: Any, kind: Any, column: Sequence[Any]) -> Sequence[Any]:
    from decimal import Decimal

    return [Decimal(value) for value in column] if arrow.types.is_decimal(kind) else column
