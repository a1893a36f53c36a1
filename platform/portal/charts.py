"""Lines as SVG paths, worked out on the server: no script has to come before a chart is there.

Coordinates are whole numbers in a box of the given size; y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT = 120, 32
CHART_WIDTH, CHART_HEIGHT = 1000, 260
_MARGIN = 2  # so that a thick line is not cut off at the edge


@dataclass(frozen=True)
class Point:
    """A value with what a reader calls its place and itself."""

    value: int
    place: str  # "14 March"
    text: str  # "61,500.00 USDT"


@dataclass(frozen=True)
class Chart:
    """A line, the area below it, and the points behind it in words."""

    line: str
    area: str
    points: list[Point]
    low: Point
    high: Point

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def width(self) -> int:
        return CHART_WIDTH

    @property
    def height(self) -> int:
        return CHART_HEIGHT


def spark(values: Sequence[int]) -> str:
    """The points of a sparkline; empty for fewer than two values."""
    return _points(values, SPARK_WIDTH, SPARK_HEIGHT) if len(values) > 1 else ""


def chart(points: Sequence[Point]) -> Chart | None:
    """A chart of at least two points; None for fewer."""
    if len(points) < 2:
        return None
    line = _points([point.value for point in points], CHART_WIDTH, CHART_HEIGHT)
    return Chart(
        line=line,
        area=f"0,{CHART_HEIGHT} {line} {CHART_WIDTH},{CHART_HEIGHT}",
        points=list(points),
        low=min(points, key=lambda point: point.value),
        high=max(points, key=lambda point: point.value),
    )


def _points(values: Sequence[int], width: int, height: int) -> str:
    low, high = min(values), max(values)
    room = height - 2 * _MARGIN
    last = len(values) - 1

    def y(value: int) -> int:
        if high == low:
            return height // 2
        return _MARGIN + (high - value) * room // (high - low)

    return " ".join(f"{index * width // last},{y(value)}" for index, value in enumerate(values))
