"""The archive: segments of the engine journal that take no more records, packed.

``<engine_dir>/archive/<first_seq>-<last_seq>.log`` (20 digits each, then ``.zst`` or ``.gz``) holds
the groups of a segment as they stood, without the zeros behind them. ``archive`` may be a link to
another disk. Only what lies before the first live segment counts: a segment that is being
archived is in both places for a moment, and the live one is the one that is read.
"""

import gzip
import os
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import zstandard

ZSTD = "zstd"
GZIP = "gzip"
PLAIN = "none"
SUFFIXES = {ZSTD: ".log.zst", GZIP: ".log.gz", PLAIN: ".log"}

_NAME = re.compile(r"^([0-9]{20})-([0-9]{20})(\.log|\.log\.zst|\.log\.gz)$")
_ZSTD_LEVEL = 6
_GZIP_LEVEL = 6


class ArchiveError(Exception):
    """The archive cannot be read as it is."""


class Archived(NamedTuple):
    first_seq: int
    last_seq: int
    path: Path


def archive_dir(engine_dir: Path) -> Path:
    return engine_dir / "archive"


def name_of(first_seq: int, last_seq: int, compression: str) -> str:
    return f"{first_seq:020d}-{last_seq:020d}{SUFFIXES[compression]}"


def list_archived(engine_dir: Path, before_seq: int = 0) -> list[Archived]:
    """All archived segments in order, or those that begin before ``before_seq``.

    None if there is no archive. Raises ArchiveError if it is a link that leads nowhere.
    """
    folder = archive_dir(engine_dir)
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError as error:
        if folder.is_symlink():
            raise ArchiveError(
                f"The archive {folder.readlink()} of the engine journal is not there: mount its "
                "disk."
            ) from error
        return []
    found = []
    for match in filter(None, map(_NAME.match, names)):
        archived = Archived(int(match[1]), int(match[2]), folder / match[0])
        if not before_seq or archived.first_seq < before_seq:
            found.append(archived)
    return sorted(found)


def pack(groups: bytes, compression: str) -> bytes:
    """A segment's groups as an archive file holds them."""
    if compression == ZSTD:
        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        return compressor.compress(groups)
    if compression == GZIP:
        return gzip.compress(groups, _GZIP_LEVEL, mtime=0)
    return groups


def unpack(path: Path, name: str = "") -> bytes:
    """The groups in an archive file, named ``name`` in the end; raises ArchiveError, OSError."""
    data = path.read_bytes()
    packed_as = Path(name or path.name).suffix
    try:
        if packed_as == ".zst":
            return zstandard.ZstdDecompressor().decompress(data)
        if packed_as == ".gz":
            return gzip.decompress(data)
    except (zstandard.ZstdError, zlib.error, EOFError, OSError) as error:
        raise ArchiveError(f"The archived segment {path} is damaged: {error}") from error
    return data


def open_unpacked(path: Path) -> int:
    """A descriptor for reading the groups; raises ArchiveError and OSError."""
    if path.suffix == ".log":
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    groups = memoryview(unpack(path))
    fd = os.memfd_create(path.name, os.MFD_CLOEXEC)
    try:
        while groups:
            groups = groups[os.write(fd, groups) :]
    except OSError:
        os.close(fd)
        raise
    return fd
