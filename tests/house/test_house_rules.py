"""Each house rule holds for the whole product, and can tell good from bad."""

from collections.abc import Callable
from pathlib import Path

import pytest

import house_rules

Rule = Callable[[str], list[str]]
ENGINE = house_rules.ROOT / "trading" / "engine"


def problems(rule: Rule, paths: list[Path]) -> list[str]:
    assert paths, "a rule that looks at nothing proves nothing"
    return [
        f"{path.relative_to(house_rules.ROOT)}: {problem}"
        for path in paths
        for problem in rule(path.read_text())
    ]


def test_no_file_is_too_long():
    paths = [*house_rules.product_files(".py", ".html", ".js", ".css"), *house_rules.test_files()]
    assert problems(house_rules.long_file, paths) == []


def test_no_function_is_a_monster():
    paths = [*house_rules.product_files(".py"), *house_rules.test_files()]
    assert problems(house_rules.monsters, paths) == []


def test_nothing_is_put_off():
    paths = [*house_rules.product_files(".py", ".html", ".js", ".css"), *house_rules.test_files()]
    assert problems(house_rules.unfinished, paths) == []


def test_product_code_does_not_print():
    paths = [path for path in house_rules.product_files(".py") if "benchmarks" not in path.parts]
    assert problems(house_rules.prints, paths) == []


def test_every_requirement_names_one_version():
    assert house_rules.unpinned((house_rules.ROOT / "requirements.txt").read_text()) == []


def test_the_engine_imports_little():
    paths = sorted(path for path in ENGINE.rglob("*.py") if "__pycache__" not in path.parts)
    assert problems(house_rules.engine_imports, paths) == []


def test_the_core_is_deterministic():
    paths = house_rules.deterministic_core()
    assert {"venue.py", "book.py", "matching.py"} <= {path.name for path in paths}
    assert problems(house_rules.impurities, paths) == []


def test_the_source_root_stays_a_folder():
    assert house_rules.source_root_problems(house_rules.ROOT) == []


def test_the_readme_names_commands_that_exist():
    from django.core.management import get_commands

    targets, commands = house_rules.named_commands((house_rules.ROOT / "README.md").read_text())
    assert targets and commands
    assert targets <= house_rules.make_targets((house_rules.ROOT / "Makefile").read_text())
    assert commands <= {*get_commands(), "up", "stop"}


def test_the_readme_names_every_setting():
    readme = (house_rules.ROOT / "README.md").read_text()
    internal = {"MARQUE_READY_FD", "MARQUE_SUPERVISED"}  # between supervisor and processes
    read = set().union(
        *(house_rules.settings_read(path.read_text()) for path in house_rules.product_files(".py"))
    )
    assert {"MARQUE_PORT", "MARQUE_SECRET_KEY"} <= read
    assert {name for name in read - internal if f"`{name}`" not in readme} == set()


GOOD_AND_BAD = [
    (house_rules.long_file, "x = 1\n" * 499, "x = 1\n" * 501),
    (
        house_rules.monsters,
        "def small():\n" + "    x = 1\n" * 100,
        "def large():\n" + "    x = 1\n" * 101,
    ),
    (house_rules.unfinished, "# why it is so\n", "# TO" + "DO: the rest\n"),
    (
        house_rules.monsters,
        "def small():\n    return [\n" + "        1,\n" * 100 + "    ]\n",
        "def large():\n    return [\n" + "        1,\n" * 150 + "    ]\n",
    ),
    (house_rules.prints, "log.info('said')\n", "print('said')\n"),
    (house_rules.unpinned, "redis[hiredis]==8.1.0\n# why\n", "redis>=8\n"),
    (house_rules.unpinned, "Django==5.2.19\n", "Django\n"),
    (
        house_rules.engine_imports,
        "import zlib\nfrom money import units\nfrom trading.engine import enums\n",
        "from django.conf import settings\n",
    ),
    (house_rules.engine_imports, "import msgspec\n", "from trading.orders import models\n"),
    (house_rules.impurities, "half = amount // 2\n", "half = amount / 2\n"),
    (house_rules.impurities, "import zlib\n", "import time\n"),
    (house_rules.impurities, "rate_ppm = 100\n", "rate = 0.0001\n"),
    (
        house_rules.impurities,
        "for one in sorted(set(many)):\n    act(one)\n",
        "for one in set(many):\n    act(one)\n",
    ),
]


@pytest.mark.parametrize(("rule", "good", "bad"), GOOD_AND_BAD)
def test_a_rule_tells_good_from_bad(rule: Rule, good: str, bad: str):
    assert rule(good) == []
    assert rule(bad) != []


def test_the_source_root_rule_tells_good_from_bad(tmp_path: Path):
    (tmp_path / "platform" / "money").mkdir(parents=True)
    assert house_rules.source_root_problems(tmp_path) == []
    (tmp_path / "platform" / "__init__.py").touch()
    (tmp_path / "platform" / "json").mkdir()
    (tmp_path / "tests" / "platform").mkdir(parents=True)
    assert len(house_rules.source_root_problems(tmp_path)) == 3


def test_settings_are_found_in_code():
    text = "flag('MARQUE_HTTPS', default=False)\nos.environ[\"MARQUE_PORT\"]\n# MARQUE_NOTHING\n"
    assert house_rules.settings_read(text) == {"MARQUE_HTTPS", "MARQUE_PORT"}


def test_commands_are_found_in_documents():
    text = (
        "Run `make run`, or:\n```\nmanage.py verify_books --tenant aurora\nmake test\n```\nmake up"
    )
    assert house_rules.named_commands(text) == ({"run", "test"}, {"verify_books"})
