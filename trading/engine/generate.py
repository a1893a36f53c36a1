"""Writes the modules made from the declared layouts: commands, queries, events, codec, codes.

``python -m trading.engine.generate`` writes them, ``--check`` only says whether they are up to
date. The files are committed, so that type checkers, compilers and readers see plain source.
"""

import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from trading.engine import enums, layouts
from trading.engine.message import field_bytes
from trading.engine.results import Result

HERE = Path(__file__).parent
NOTE = "Generated from trading/engine/layouts.py by `python -m trading.engine.generate`."


def rendered_files() -> dict[str, str]:
    """File name → the source text it must have."""
    return {
        "commands.py": _messages("The engine's commands.", layouts.COMMANDS),
        "queries.py": _messages("The engine's queries.", layouts.QUERIES),
        "events.py": _messages("The engine's events.", layouts.EVENTS) + _EVENTS_TAIL,
        "codec.py": _codec(),
        "codes.py": _codes(),
    }


def stale_files() -> list[str]:
    """Names of generated files that are not what the layouts say."""
    return [
        name
        for name, text in rendered_files().items()
        if not (HERE / name).exists() or (HERE / name).read_text() != text
    ]


_EVENTS_TAIL = '''

def decode_events(blob: bytes | memoryview, offset: int = 0, count: int = -1) -> list[Message]:
    """The events that stand one after another in ``blob`` from ``offset`` on.

    ``count`` -1 reads to the end. Raises LayoutError on an unknown kind or a broken length.
    """
    events: list[Message] = []
    end = len(blob)
    while offset < end and count != 0:
        if end - offset < EVENT_HEADER.size:
            raise LayoutError("An event's header is cut off.")
        kind, version, length = EVENT_HEADER.unpack_from(blob, offset)
        event_class = BY_KIND.get(kind)
        if event_class is None:
            raise LayoutError(f"There is no event of kind {kind}.")
        if length != EVENT_HEADER.size + event_class.STRUCT.size or offset + length > end:
            raise LayoutError(f"{event_class.__name__} has a wrong length.")
        events.append(event_class.decode(blob, version, offset + EVENT_HEADER.size))
        offset += length
        count -= 1
    return events
'''


def _messages(title: str, kinds: Sequence[layouts.Layout]) -> str:
    is_events = kinds is layouts.EVENTS
    kinds_used = {kind[0] for layout in kinds for _, kind in layout.fields if kind != "i64"}
    imported = ["Message", "struct_of"]
    if "i" in kinds_used:
        imported.append("MASK_64")
    if "s" in kinds_used:
        imported += ["decode_text", "encode_text"]
    if is_events:
        imported += ["EVENT_HEADER", "LayoutError"]
    parts = [
        f'"""{title}\n\n{NOTE}\n"""\n\n',
        "from typing import Any, ClassVar, Self\n\n",
        f"from trading.engine.message import {_imported(imported)}\n",
    ]
    for layout in kinds:
        parts.append(f"\n\nclass {layout.name}(Message, kw_only=True, frozen=True, gc=False):\n")
        parts.append(f"    KIND: ClassVar[int] = {layout.kind}\n")
        parts.append(f"    VERSION: ClassVar[int] = {layout.version}\n")
        pairs = [f'("{name}", "{kind}"),' for name, kind in layout.fields]
        fields = "()"
        if len(pairs) == 1:
            fields = f"({pairs[0]})"
        elif pairs:
            fields = "(\n" + "".join(f"        {pair}\n" for pair in pairs) + "    )"
        parts.append(f"    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = {fields}\n")
        parts.append("    STRUCT: ClassVar = struct_of(FIELDS)\n")
        if layout.fields:
            parts.append("\n")
        for name, kind in layout.fields:
            text = kind.startswith("s")
            parts.append(f"    {name}: {'str' if text else 'int'} = {chr(34) * 2 if text else 0}\n")
        parts.append(_packing(layout))
    names = "".join(f"        {layout.name},\n" for layout in kinds)
    parts.append(
        "\n\nBY_KIND: dict[int, type[Message]] = {\n"
        "    message.KIND: message\n    for message in (\n"
        f"{names}    )\n}}\n"
    )
    return "".join(parts)


def _imported(names: list[str]) -> str:
    """Names after `import`, in the order of the import sorter: constants, classes, functions."""
    names = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    if len(names) <= 3:
        return ", ".join(names)
    return "(\n" + "".join(f"    {name},\n" for name in names) + ")"


def _packing(layout: layouts.Layout) -> str:
    """The methods that turn a message into its struct's items and back, field by field."""
    if not layout.fields:
        return ""
    items, values = "", ""
    names: list[str] = []
    for name, kind in layout.fields:
        value, taken = f"self.{name}", [name]
        if kind == "i128":
            value = f"self.{name} & MASK_64,\n            self.{name} >> 64"
            taken = [f"{name}_low", f"{name}_high"]
            values += f"            {name}={name}_low | {name}_high << 64,\n"
        elif kind.startswith("s"):
            value = f'encode_text("{name}", self.{name}, {kind[1:]})'
            values += f'            {name}=decode_text("{layout.name}", {name}),\n'
        else:
            values += f"            {name}={name},\n"
        items += f"            {value},\n"
        names += taken
    targets = f"({names[0]},)"
    if len(names) > 1:
        targets = "(\n" + "".join(f"            {one},\n" for one in names) + "        )"
    return (
        "\n    def _pack(self) -> bytes:\n"
        f"        packed: bytes = self.STRUCT.pack(\n{items}        )\n"
        "        return packed\n"
        "\n    @classmethod\n    def _of(cls, items: tuple[Any, ...]) -> Self:\n"
        f"        {targets} = items\n"
        f"        return cls(\n{values}        )\n"
    )


def _codec() -> str:
    parts = [
        f'"""How the core reads commands and writes events.\n\n{NOTE}\n"""\n\n',
        "from struct import Struct\nfrom typing import Final\n\n",
        "from librt.strings import (\n    BytesWriter,\n    read_i32_le,\n    read_i64_le,\n"
        "    write_i32_le,\n    write_i64_le,\n)\n",
        "from mypy_extensions import i64\n\n",
        "# Interpreted code packs an event in one call, compiled code writes field after field.\n",
        'COMPILED: Final = not __file__.endswith(".py")\n',
        "# Amounts lie within +-(10**38 - 1), so 127 bits and a sign always hold them.\n",
        "_SMALL: Final = (1 << 62) - 1  # larger ones are objects in compiled code\n",
        "_MASK_64: Final = (1 << 64) - 1\n",
        "_SIGN_64: Final = 1 << 63\n\n\n",
        "def write_i128(out: BytesWriter, amount: int) -> None:\n",
        '    """Write 16 bytes, little endian, signed."""\n',
        "    if 0 <= amount <= _SMALL:\n",
        "        write_i64_le(out, i64(amount))\n",
        "        write_i64_le(out, 0)\n",
        "    else:\n",
        "        low = amount & _MASK_64\n",
        "        write_i64_le(out, i64(low - (1 << 64) if low >= _SIGN_64 else low))\n",
        "        write_i64_le(out, i64(amount >> 64))\n\n\n",
        "def read_i128(data: bytes, offset: i64) -> int:\n",
        '    """Read 16 bytes, little endian, signed."""\n',
        "    low = read_i64_le(data, offset)\n",
        "    high = read_i64_le(data, offset + 8)\n",
        "    if high == 0 and low >= 0:\n",
        "        return int(low)\n",
        "    return (int(high) << 64) + (int(low) & _MASK_64)\n",
    ]
    for title, kinds in (("Commands", layouts.COMMANDS), ("Queries", layouts.QUERIES)):
        parts.append(f"\n\n# {title}: kind, payload bytes, and where each field starts.\n")
        for layout in kinds:
            upper = _upper(layout.name)
            parts.append(f"{upper}: Final = {layout.kind}\n")
            parts.append(f"{upper}_BYTES: Final = {_payload_bytes(layout)}\n")
            offset = 0
            for name, kind in layout.fields:
                parts.append(f"{upper}_{name.upper()}: Final = {offset}\n")
                offset += field_bytes(kind)
    parts.append("\n# Version and payload bytes by kind, for the check at the door.\n")
    for name, index in (("VERSION_OF", 1), ("PAYLOAD_BYTES_OF", 2)):
        parts.append(f"{name}: Final[dict[int, int]] = {{\n")
        for layout in layouts.COMMANDS + layouts.QUERIES:
            value = layout.version if index == 1 else _payload_bytes(layout)
            parts.append(f"    {layout.kind}: {value},\n")
        parts.append("}\n")
    for layout in layouts.EVENTS:
        parts.append(_event_writer(layout))
    return "".join(parts)


def _event_writer(layout: layouts.Layout) -> str:
    length = layouts.EVENT_HEADER_BYTES + _payload_bytes(layout)
    header = layout.kind | layout.version << 16 | length << 32
    parameters = "".join(
        f"    {name}: {'i64' if kind == 'i64' else 'int'},\n"
        if kind in ("i64", "i128")
        else f"    {name}_in: bytes,\n    {name}_at: i64,\n"
        for name, kind in layout.fields
    )
    lines = []
    for name, kind in layout.fields:
        if kind == "i64":
            lines.append(f"    write_i64_le(out, {name})\n")
        elif kind == "i128":
            lines.append(f"    write_i128(out, {name})\n")
        else:
            width = field_bytes(kind)
            for start in range(0, width - 7, 8):
                source = f"read_i64_le({name}_in, {name}_at + {start})"
                lines.append(f"    write_i64_le(out, {source})\n")
            if width % 8:  # only widths that are a multiple of 4 are in use
                source = f"read_i32_le({name}_in, {name}_at + {width - 4})"
                lines.append(f"    write_i32_le(out, {source})\n")
    upper = _upper(layout.name)
    items = [str(header)]
    for name, kind in layout.fields:
        if kind == "i64":
            items.append(name)
        elif kind == "i128":
            items += [f"{name} & _MASK_64", f"{name} >> 64"]
        else:
            items.append(f"{name}_in[{name}_at : {name}_at + {field_bytes(kind)}]")
    packed = "".join(f"                {item},\n" for item in items)
    if len(items) == 1:
        raise ValueError(f"{layout.name} has no fields.")
    return (
        f'\n\n_{upper}: Final = Struct("{_struct_format(layout)}")\n'
        f"\n\ndef write_{upper.lower()}(\n    out: BytesWriter,\n{parameters}"
        ") -> None:\n    if not COMPILED:\n        out.write(\n"
        f"            _{upper}.pack(\n{packed}            )\n        )\n        return\n"
        f"    write_i64_le(out, {header})\n{''.join(lines)}"
    )


def _struct_format(layout: layouts.Layout) -> str:
    codes = {"i64": "q", "i128": "Qq"}
    return "<q" + "".join(codes.get(kind) or f"{kind[1:]}s" for _, kind in layout.fields)


def _codes() -> str:
    parts = [
        '"""Results and enumerations as plain numbers, for the core.\n\n'
        "Generated from trading/engine/results.py and enums.py by "
        '`python -m trading.engine.generate`.\n"""\n\n',
        "from typing import Final\n\n# Results.\n",
    ]
    parts += [f"{result.name}: Final = {result.value}\n" for result in Result]
    for kind in vars(enums).values():
        if not (isinstance(kind, type) and issubclass(kind, Enum)):
            continue
        if kind.__module__ != enums.__name__:
            continue
        parts.append(f"\n# {kind.__name__}.\n")
        for member in kind:
            parts.append(f"{_upper(kind.__name__)}_{member.name}: Final = {member.value}\n")
        last = max(member.value for member in kind)
        parts.append(f"LAST_{_upper(kind.__name__)}: Final = {last}\n")
    return "".join(parts)


def _payload_bytes(layout: layouts.Layout) -> int:
    return sum(field_bytes(kind) for _, kind in layout.fields)


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in name)[1:].upper()


def main() -> int:
    stale = stale_files()
    if "--check" in sys.argv:
        for name in stale:
            sys.stderr.write(f"{name} is not up to date: run python -m trading.engine.generate\n")
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(rendered_files()[name])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
