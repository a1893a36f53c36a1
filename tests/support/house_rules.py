"""The house rules: each takes text and says what is wrong with it, line by line."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_ROOMS = ("platform", "tenants", "trading", "wallets", "kyc", "riskrules", "care")
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 140
MAX_FUNCTION_STATEMENTS = 100
ENGINE_MAY_IMPORT = {
    "money",
    "msgspec",
    "isal",
    "numpy",
    "setuptools",
    "trading.engine",
    "uvloop",
    "zstandard",
}


def product_files(*suffixes: str) -> Iterator[Path]:
    """Every file that people of this house wrote and that ships."""
    for room in (*CODE_ROOMS, "templates", "scripts", "benchmarks"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.is_file() and path.suffix in suffixes and not is_foreign(path):
                yield path


def test_files() -> Iterator[Path]:
    return (path for path in sorted((ROOT / "tests").rglob("*.py")) if not is_foreign(path))


def is_foreign(path: Path) -> bool:
    """Written by others or by a program."""
    parts = set(path.relative_to(ROOT).parts)
    return bool(parts & {"vendor", "migrations", "__pycache__"})


def long_file(text: str) -> list[str]:
    """A file that outgrows a screen's outline becomes a folder."""
    if re.search(r"^Generated from ", text, re.MULTILINE):
        return []
    lines = text.count("\n") + 1
    return [f"{lines} lines, at most {MAX_FILE_LINES}"] if lines > MAX_FILE_LINES else []


def monsters(text: str) -> list[str]:
    """Functions that nobody can take in: by length, and by how much is done in them."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            statements = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
            if lines > MAX_FUNCTION_LINES or statements > MAX_FUNCTION_STATEMENTS:
                found.append(
                    f"line {node.lineno}: {node.name} has {lines} lines, {statements} statements"
                )
    return found


def unfinished(text: str) -> list[str]:
    """Marks of work that was put off."""
    words = "|".join(("TO" + "DO", "FIX" + "ME"))
    pattern = re.compile(rf"\b({words})\b")
    return [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def prints(text: str) -> list[str]:
    """Product code writes to logs, or to a command's own output."""
    return [
        f"line {node.lineno}: print"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "breakpoint")
    ]


def unpinned(text: str) -> list[str]:
    """Every requirement names one version."""
    return [
        line
        for line in text.splitlines()
        if line.strip()
        and not line.startswith("#")
        and not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z0-9,]+\])?==[0-9][A-Za-z0-9.]*", line.strip())
    ]


def imported(text: str) -> set[tuple[int, str]]:
    """(line, full dotted name) of everything a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.lineno, "." * node.level + (node.module or "")))
    return found


def engine_imports(text: str) -> list[str]:
    """The engine stands on the standard library and what is named above."""
    problems = []
    for line, name in sorted(imported(text)):
        first = name.split(".")[0]
        allowed = first in sys.stdlib_module_names and first != "platform"
        allowed = allowed or any(
            name == one or name.startswith(f"{one}.") for one in ENGINE_MAY_IMPORT
        )
        if not allowed:
            problems.append(f"line {line}: imports {name}")
    return problems


def deterministic_core() -> list[Path]:
    """What the shard of the engine is made of: itself and all it imports from the engine."""
    engine = ROOT / "trading" / "engine"
    found: set[Path] = set()
    waiting = {engine / "shard.py"}
    while waiting:
        path = waiting.pop()
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "trading.engine":
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("trading.eng"):
                names = {str(node.module).rpartition(".")[2]}
            else:
                continue
            waiting |= {engine / f"{name}.py" for name in names} - found
    return sorted(found)


def impurities(text: str) -> list[str]:
    """In the deterministic core: no clock, no randomness, no float, no order of a set."""
    problems = []
    for line, name in sorted(imported(text)):
        if name.split(".")[0] in {"time", "datetime", "random", "secrets", "uuid", "os", "socket"}:
            problems.append(f"line {line}: imports {name}")
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            problems.append(f"line {line}: a float")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            problems.append(f"line {line}: a division that gives a float")
        elif isinstance(node, ast.For | ast.comprehension) and _is_set(node.iter):
            problems.append(f"line {getattr(node, 'lineno', node.iter.lineno)}: order of a set")
        elif _calls(node, "hash", "id", "float"):
            problems.append(f"line {line}: a call of hash, id or float")
    return problems


def _is_set(node: ast.expr) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or _calls(node, "set", "frozenset")


def _calls(node: ast.AST, *names: str) -> bool:
    """Whether the node calls a builtin of one of these names."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return called and node.func.id in names  # type: ignore[attr-defined]


def source_root_problems(root: Path) -> list[str]:
    """`platform/` must never be importable as a package of that name; nor tests/platform."""
    problems = [
        f"platform/{path.name} makes a package or loose module of the source root"
        for path in (root / "platform").glob("*.py*")
    ]
    for path in (root / "platform").iterdir():
        if path.is_dir() and path.name in sys.stdlib_module_names:
            problems.append(f"platform/{path.name} hides a module of the standard library")
    if (root / "tests" / "platform").exists():
        problems.append("tests/platform hides the standard library's module from pytest")
    return problems


def make_targets(text: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def named_commands(text: str) -> tuple[set[str], set[str]]:
    """The `make` targets and `manage.py` commands that a document tells its reader to run."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)", code))
    return targets, set(re.findall(r"\bmanage\.py ([a-z][a-z_]*)", code))


def settings_read(text: str) -> set[str]:
    """Environment variables of the product that a module names."""
    return set(re.findall(r"[\"'](MARQUE_[A-Z_]+)[\"']", text))
