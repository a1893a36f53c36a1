"""The core is deterministic: no clock, randomness, float, hash order or Django can get in."""

import ast
import re

import pytest

from trading.engine import codes, compiled, enums, generate
from trading.engine.results import Result

# What the core may import besides itself.
ALLOWED = {"typing", "hashlib", "heapq", "array"}
# Plain Python that the core stands on; ``memory`` is where the system gives it room.
PLAIN = (*compiled.CONSTANTS, *(name for name in compiled.PLAIN if name != "memory"))
FORBIDDEN_CALLS = {
    "float",
    "hash",
    "id",
    "input",
    "open",
    "eval",
    "exec",
    "set",
    "frozenset",
    "round",
}
FORBIDDEN_NAMES = {"time", "random", "datetime", "os", "sys", "uuid", "secrets", "locale", "django"}


def faults(source: str) -> list[str]:
    """What a core module must not contain, with line numbers."""
    found = []
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            found += [f"{line}: import {a.name}" for a in node.names if a.name not in ALLOWED]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names]
            inside = module.startswith("trading.engine.") or all(
                name.startswith("trading.engine.") for name in names
            )
            if not inside and module not in ALLOWED:
                found.append(f"{line}: from {module}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{line}: float {node.value}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            found.append(f"{line}: true division")
        elif isinstance(node, ast.Set | ast.SetComp):
            found.append(f"{line}: set")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in FORBIDDEN_CALLS:
                found.append(f"{line}: {node.func.id}()")
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            found.append(f"{line}: {node.id}")
    return found


def text_of(name: str) -> str:
    return (compiled.HERE / f"{name}.py").read_text()


@pytest.mark.parametrize("name", (*compiled.CORE, *PLAIN))
def test_core_module_is_pure(name: str) -> None:
    assert faults(text_of(name)) == []


def test_core_imports_only_the_core() -> None:
    for module in compiled.CORE:
        text = text_of(module)
        imported = re.findall(r"^from trading\.engine\.(\w+) import", text, re.M)
        for names in re.findall(r"^from trading\.engine import \(?([^)]+?)\)?$", text, re.M):
            imported += re.findall(r"\w+", names)
        for name in imported:
            assert name in (*compiled.CORE, *compiled.CONSTANTS, *compiled.PLAIN), (
                f"{module}: {name}"
            )


@pytest.mark.parametrize(
    "bad",
    [
        "import time",
        "from random import random",
        "x = 0.5",
        "x = a / b",
        "x = {1, 2}",
        "for x in set(y): pass",
        "x = float(y)",
        "x = hash(y)",
        "x = time()",
        "from django.db import models",
        "import trading.accounts",
        "from trading.orders import models",
    ],
)
def test_the_lint_sees_bad_lines(bad: str) -> None:
    assert faults(bad)


@pytest.mark.parametrize(
    "good",
    ["from trading.engine import codes", "x = a // b", "x = sorted(y)", "from hashlib import x"],
)
def test_the_lint_lets_good_lines_be(good: str) -> None:
    assert faults(good) == []


def test_generated_files_are_up_to_date() -> None:
    assert generate.stale_files() == []


def test_codes_are_the_enumerations() -> None:
    for result in Result:
        assert getattr(codes, result.name) == result
    assert codes.ORDER_STATUS_EXPIRED_IN_MATCH == enums.OrderStatus.EXPIRED_IN_MATCH
    assert max(enums.FundsReason) == codes.LAST_FUNDS_REASON
