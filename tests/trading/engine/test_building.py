"""When the core is compiled for the ways it goes, and when in one pass."""

from pathlib import Path
from typing import Any

import pytest

from trading.engine import build, compiled


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A compiler that tells this about itself."""

    def make(told: str) -> None:
        script = tmp_path / "cc"
        script.write_text(f"#!/bin/sh\necho '{told}'\n")
        script.chmod(0o755)
        monkeypatch.setenv("CC", str(script))
        monkeypatch.delenv("MARQUE_ENGINE_ONE_PASS", raising=False)

    return make


def test_gcc_is_shown_the_flows_and_others_are_not(compiler: Any) -> None:
    compiler("gcc 12.2.0 Copyright (C) 2022 Free Software Foundation, Inc.")
    assert build.can_be_trained()
    compiler("clang version 16.0.0")
    assert not build.can_be_trained()


def test_one_pass_can_be_asked_for(compiler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler("gcc 12.2.0 Copyright (C) 2022 Free Software Foundation, Inc.")
    monkeypatch.setenv("MARQUE_ENGINE_ONE_PASS", "1")
    assert not build.can_be_trained()


def test_a_package_without_the_flows_is_compiled_in_one_pass(
    compiler: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiler("gcc 12.2.0 Copyright (C) 2022 Free Software Foundation, Inc.")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert not build.can_be_trained()


def test_another_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiled.folder.cache_clear()
    monkeypatch.setenv("MARQUE_ENGINE_COMPILED", str(tmp_path))
    assert compiled.folder() == tmp_path
    compiled.folder.cache_clear()
    monkeypatch.delenv("MARQUE_ENGINE_COMPILED")
    assert compiled.folder().parent == compiled.HERE / ".compiled"
