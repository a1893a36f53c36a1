# Django has no types of its own. Said here is only what makes enums of its choices; the rest is
# Any.
from typing import Any

VERSION: tuple[int, int, int, str, int]

def setup(set_prefix: bool = True) -> None: ...
def __getattr__(name: str) -> Any: ...
