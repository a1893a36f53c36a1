"""Puts the compiled engine core into a wheel, where it is built with a C compiler at hand."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCore(BuildHookInterface):
    """Builds the core for this Python and adds it; without a compiler the wheel is plain Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # setup compiles in place
        sys.path[:0] = [self.root, str(Path(self.root) / "platform")]
        from trading.engine import build

        if not build.has_c_compiler():
            return
        folder = build.build()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"][str(folder)] = f"trading/engine/.compiled/{folder.name}"
