"""The engine's message layouts never change: old engine journals must stay readable.

`tests/golden/layouts.txt` holds every layout that was ever released. A new kind or version adds
a line there; a changed or missing line means that a journal could no longer be read.
"""

import house_rules
from trading.engine import layouts

GOLDEN = house_rules.ROOT / "tests" / "golden" / "layouts.txt"


def line_of(layout: layouts.Layout) -> str:
    fields = " ".join(f"{name}:{kind}" for name, kind in layout.fields)
    return f"{layout.kind} v{layout.version} {layout.name} {fields}".rstrip()


def current() -> list[str]:
    groups = {"command": layouts.COMMANDS, "query": layouts.QUERIES, "event": layouts.EVENTS}
    return [f"{group} {line_of(layout)}" for group, table in groups.items() for layout in table]


def lost(golden: list[str], now: list[str]) -> list[str]:
    """Released layouts that are gone or different."""
    return [line for line in golden if line not in now]


def test_released_layouts_are_kept():
    assert lost(GOLDEN.read_text().splitlines(), current()) == []


def test_new_layouts_are_written_down():
    golden = GOLDEN.read_text().splitlines()
    new = [line for line in current() if line not in golden]
    assert new == [], f"add to {GOLDEN.relative_to(house_rules.ROOT)}"


def test_a_changed_layout_is_noticed():
    layout = layouts.COMMANDS[0]
    changed = layout._replace(fields=(*layout.fields, ("more", "i64")))
    assert lost([line_of(layout)], [line_of(layout)]) == []
    assert lost([line_of(layout)], [line_of(changed)]) == [line_of(layout)]
