"""Writes the modules made from the declared layouts: commands, queries, events, codec, codes.

``python -m trading.engine.generate`` writes them, ``--check`` only says whether they are up to
date. The files are committed, so that type checkers, compilers and readers see plain source.
"""

import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from types import ModuleType

from trading.engine import enums, layouts, limits, rows
from trading.engine.message import MASK_64, WORD_BYTES, field_bytes
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
        "codec.pxd": _constants("codec", _codec_constants()),
        "emit.py": _emit(),
        "emit.pxd": _emit_types(),
        "sizes.py": _sizes(),
        "codes.py": _codes(),
        "codes.pxd": _constants("codes", _codes_values()),
        "limits.pxd": _constants("limits", _values_of(limits)),
        "rows.pxd": _constants("rows", _values_of(rows)),
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
        if length < EVENT_HEADER.size or offset + length > end:
            raise LayoutError(f"{event_class.__name__} has a wrong length.")
        payload = blob[offset + EVENT_HEADER.size : offset + length]
        events.append(event_class.decode(payload, version))
        offset += length
        count -= 1
    return events
'''


def _messages(title: str, kinds: Sequence[layouts.Layout]) -> str:
    is_events = kinds is layouts.EVENTS
    kinds_used = {"i" for layout in kinds for _, kind in layout.fields if kind == "i128"}
    kinds_used |= {"s" for layout in kinds for _, kind in layout.fields if kind[0] == "s"}
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
        f'"""Where the core reads the fields of commands, and how events begin.\n\n{NOTE}\n"""\n\n',
        "from typing import Final\n",
    ]
    for title, kinds in (("Commands", layouts.COMMANDS), ("Queries", layouts.QUERIES)):
        parts.append(f"\n# {title}: kind, most payload bytes, and where each field starts.\n")
        for layout in kinds:
            for name, value in _reading(layout):
                parts.append(f"{name}: Final = {value}\n")
    parts.append("\n# Events: the first word without the length.\n")
    for layout in layouts.EVENTS:
        parts.append(f"{_upper(layout.name)}_EVENT: Final = {_event_word(layout)}\n")
    return "".join(parts)


def _codec_constants() -> list[tuple[str, int]]:
    constants = [pair for layout in layouts.COMMANDS + layouts.QUERIES for pair in _reading(layout)]
    return constants + [(f"{_upper(one.name)}_EVENT", _event_word(one)) for one in layouts.EVENTS]


def _sizes() -> str:
    parts = [
        f'"""Versions and most bytes of payloads, by kind.\n\n{NOTE}\n"""\n\n',
        "from typing import Final\n\n",
    ]
    for name, index, kinds in (
        ("VERSION_OF", 1, layouts.COMMANDS + layouts.QUERIES),
        ("PAYLOAD_BYTES_OF", 2, layouts.COMMANDS + layouts.QUERIES),
        ("EVENT_BYTES_OF", 2, layouts.EVENTS),
    ):
        parts.append(f"{name}: Final[dict[int, int]] = {{\n")
        for layout in kinds:
            value = layout.version if index == 1 else _payload_bytes(layout)
            parts.append(f"    {layout.kind}: {value},\n")
        parts.append("}\n")
    return "".join(parts)


def _emit() -> str:
    parts = [
        f'"""Writes events; each function returns where its event begins.\n\n{NOTE}\n"""\n\n',
        "from trading.engine.output import Output\n",
        "from trading.engine.words import high, low, word\n",
    ]
    parts += [_event_writer(layout) for layout in layouts.EVENTS]
    return "".join(parts)


def _emit_types() -> str:
    kinds = {"i128": "i128 {0}", "s": "const char *{0}_in, long long {0}_at"}
    parts = [
        "# Generated by `python -m trading.engine.generate`.\n\n",
        "from trading.engine.output cimport Output\n",
        "from trading.engine.words cimport FAILED, i128\n",
    ]
    for layout in layouts.EVENTS:
        parameters = [
            kinds.get("s" if kind[0] == "s" else kind, "long long {0}").format(name)
            for name, kind in layout.fields
        ]
        listed = "".join(f"    {one},\n" for one in parameters)
        name = _upper(layout.name).lower()
        parts.append(f"\ncdef long long {name}(\n    Output out,\n{listed}) except? FAILED\n")
    return "".join(parts)


def _reading(layout: layouts.Layout) -> list[tuple[str, int]]:
    """The constants that the core reads a command or query by."""
    upper = _upper(layout.name)
    found = [(upper, layout.kind), (f"{upper}_BYTES", _payload_bytes(layout))]
    offset = 0
    for name, kind in layout.fields:
        found.append((f"{upper}_{name.upper()}", offset))
        offset += field_bytes(kind)
    return found


def _event_word(layout: layouts.Layout) -> int:
    return layout.kind | layout.version << 16


def _words_of(layout: layouts.Layout) -> list[list[tuple[str, str]]]:
    """The fields of each word of a layout; raises ValueError if one crosses a word."""
    words: list[list[tuple[str, str]]] = []
    left = 0
    for name, kind in layout.fields:
        width = field_bytes(kind)
        if left == 0:
            words.append([])
            left = WORD_BYTES if width < WORD_BYTES else width
        if width > left:
            raise ValueError(f"{layout.name}.{name} crosses a word.")
        words[-1].append((name, kind))
        left -= width
    if left:
        raise ValueError(f"{layout.name} ends inside a word.")
    return words


def _event_writer(layout: layouts.Layout) -> str:
    length = layouts.EVENT_HEADER_BYTES + _payload_bytes(layout)
    parameters = "".join(
        f"    {name}_in: bytes,\n    {name}_at: int,\n" if kind[0] == "s" else f"    {name}: int,\n"
        for name, kind in layout.fields
    )
    values = [str(_event_word(layout) | length << 32)]
    for fields in _words_of(layout):
        name, kind = fields[0]
        if kind == "i128":
            values += [f"low({name})", f"high({name})"]
        elif kind[0] == "s":
            starts = range(0, field_bytes(kind), WORD_BYTES)
            values += [f"word({name}_in, {name}_at + {start})" for start in starts]
        else:
            shift, items = 0, []
            for name, kind in fields:
                items.append(f"{name} << {shift}" if shift else name)
                shift += 8 * field_bytes(kind)
            values.append(" | ".join(items))
    lines = "".join(
        _assignment(f"words[at + {place}]" if place else "words[at]", value)
        for place, value in enumerate(values)
    )
    return (
        f"\n\ndef {_upper(layout.name).lower()}(\n    out: Output,\n{parameters}) -> int:\n"
        f"    at = out.room({len(values)})\n    words = out.words\n{lines}"
        "    out.events += 1\n    return at\n"
    )


def _assignment(target: str, value: str) -> str:
    line = f"    {target} = {value}\n"
    if len(line) <= 101:
        return line
    first, *rest = value.split(" | ")
    others = "".join(f"        | {one}\n" for one in rest)
    return f"    {target} = (\n        {first}\n{others}    )\n"


def _values_of(module: ModuleType) -> list[tuple[str, int]]:
    return [(name, value) for name, value in vars(module).items() if name.isupper()]


def _constants(module: str, values: Sequence[tuple[str, int]]) -> str:
    """Constants as the compiler sees them: plain 64-bit (or 128-bit) numbers."""
    defines, names = [], []
    for name, value in values:
        macro = f"MARQUE_{module.upper()}_{name}"
        number = f"((long long){value}LL)"
        kind = "long long"
        if value >= 1 << 63:
            number = f"((((__int128){value >> 64}LL) << 64) | {value & MASK_64}ULL)"
            kind = "i128"
        defines.append(f"    #define {macro} {number}\n")
        names.append(f'    {kind} {name} "{macro}"\n')
    wide = any(value >= 1 << 63 for _, value in values)
    imported = "from trading.engine.words cimport i128\n\n" if wide else ""
    return (
        f"# What the compiler is told of {module}.py.\n#\n# Generated by "
        f"`python -m trading.engine.generate`.\n\n{imported}"
        f'cdef extern from *:\n    """\n{"".join(defines)}    """\n{"".join(names)}'
    )


def _codes() -> str:
    lines = "".join(
        f"\n# {title}.\n" + "".join(f"{name}: Final = {value}\n" for name, value in values)
        for title, values in _code_groups()
    )
    return (
        '"""Results and enumerations as plain numbers, for the core.\n\n'
        "Generated from trading/engine/results.py and enums.py by "
        '`python -m trading.engine.generate`.\n"""\n\n'
        f"from typing import Final\n{lines}"
    )


def _codes_values() -> list[tuple[str, int]]:
    return [pair for _, values in _code_groups() for pair in values]


def _code_groups() -> list[tuple[str, list[tuple[str, int]]]]:
    groups = [("Results", [(result.name, int(result)) for result in Result])]
    for kind in vars(enums).values():
        if not (isinstance(kind, type) and issubclass(kind, Enum)):
            continue
        if kind.__module__ != enums.__name__:
            continue
        upper = _upper(kind.__name__)
        values = [(f"{upper}_{member.name}", int(member.value)) for member in kind]
        values.append((f"LAST_{upper}", max(value for _, value in values)))
        groups.append((kind.__name__, values))
    return groups


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
