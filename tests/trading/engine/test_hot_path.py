"""What runs for every command makes no Python objects once it is compiled.

Where a name has no type that Cython knows, it makes an object of it and says nothing: the code is
right and slow. So the C source of the functions that most commands go through is looked at.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from trading.engine import build

# What Cython writes where a number becomes an object, or an object is worked with.
OBJECTS = re.compile(
    r"__Pyx_PyLong_From|__Pyx_PyInt_From|PyNumber_|__Pyx_GetModuleGlobalName|__Pyx_PyObject_|"
    r"PyTuple_Pack|PyTuple_New"
)
HOT = [
    "Ahead._entry",
    "Ahead._fetch_balance",
    "Ahead._find_account",
    "Ahead._find_order",
    "Ahead._follow_account",
    "Ahead._follow_order",
    "Ahead._write",
    "Ahead.note",
    "Closed.append",
    "Closed.fetch",
    "Closed.unlink",
    "Index._bucket",
    "Index._grow",
    "Index.add",
    "Index.fetch",
    "Index.fetch_row",
    "Index.find",
    "Index.guess",
    "Index.remove",
    "Ladder._block_of",
    "Ladder._delete_block",
    "Ladder._find",
    "Ladder._insert",
    "Ladder._merge",
    "Ladder.level_at",
    "Ladder.remove",
    "Ladder.take",
    "Output.cut_last",
    "Output.cut_zeros",
    "Output.room",
    "Shard._answer",
    "Shard._apply",
    "Shard._head",
    "Shard._run",
    "Store._add",
    "Store._new_balance",
    "Store.add_available",
    "Store.add_held",
    "Store.append",
    "Store.find_balance",
    "Store.has_room",
    "Store.hold",
    "Store.new_level",
    "Store.new_order",
    "Store.unlink",
    "Venue._drop_closed",
    "Venue._drop_keyed",
    "Venue.close_open",
    "Venue.enter",
    "Venue.instrument_of",
    "Venue.keep_closed",
    "Venue.leave",
    "Venue.maker_ppm",
    "Venue.order",
    "Venue.reduce_open",
    "Venue.release",
    "Venue.remember",
    "Venue.rest",
    "Venue.taker_ppm",
    "Venue.write_reduced",
    "add_traded",
    "arrive",
    "cancel_order",
    "carry_out",
    "check_funds",
    "check_may_place",
    "check_open",
    "check_order",
    "check_size",
    "check_state",
    "check_terms",
    "end_order",
    "find_order",
    "foresee",
    "forget_condition",
    "is_printable",
    "is_text",
    "match",
    "move",
    "new_order",
    "order_closed",
    "order_reduced",
    "order_rested",
    "place_order",
    "read_condition",
    "read_terms",
    "replace_order",
    "settle",
    "trade",
    "traded",
    "write_accepted",
]


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The C source of the core's functions, by the names they have in Python."""
    folder = tmp_path_factory.mktemp("core")
    build.write_sources(folder)
    script = (
        "from Cython.Build import cythonize\n"
        "from setuptools import Extension\n"
        "cythonize([Extension('trading.engine.core', ['trading/engine/core.py'])], quiet=True,\n"
        f"    compiler_directives={build.DIRECTIVES!r})\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    return split(folder / "trading" / "engine" / "core.c")


def split(path: Path) -> dict[str, str]:
    found = {}
    pattern = r"^static [^\n;]*\b__pyx_f_7trading_6engine_4core_(\w+)\([^;{]*\{\n(.*?)^\}$"
    for match in re.finditer(pattern, path.read_text(), re.MULTILINE | re.DOTALL):
        mangled = match.group(1)
        counted = re.match(r"(\d+)", mangled)  # 5Venue_rest: the class's name has 5 letters
        if counted:
            start = counted.end()
            end = start + int(counted.group(1))
            mangled = f"{mangled[start:end]}.{mangled[end + 1 :]}"
        found[mangled] = match.group(2)
    return found


@pytest.mark.parametrize("name", HOT)
def test_makes_no_objects(functions: dict[str, str], name: str) -> None:
    made = [line.strip() for line in functions[name].split("\n") if OBJECTS.search(line)]
    assert made == [], json.dumps(made, indent=1)


def test_sees_an_object_where_one_is_made(functions: dict[str, str]) -> None:
    assert OBJECTS.search(functions["Venue.set_timer"])
