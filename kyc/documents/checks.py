"""Judging an upload: first its looks, then by decoding it in a process apart."""

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from kyc.documents import pages
from kyc.errors import BadUpload

MOST_BYTES = 15 * 1024 * 1024
LEAST_BYTES = 512
TIMEOUT_S = 30

EXTENSIONS = {
    "JPEG": {".jpg", ".jpeg"},
    "PNG": {".png"},
    "WEBP": {".webp"},
    "PDF": {".pdf"},
}
CONTENT_TYPES = {
    "JPEG": {"image/jpeg", "image/jpg", "image/pjpeg"},
    "PNG": {"image/png"},
    "WEBP": {"image/webp"},
    "PDF": {"application/pdf"},
}
_UNSAID = {"", "application/octet-stream"}
# Another kind of file inside: what a browser or an unpacker would make of it.
_MARKUP = re.compile(rb"<\s*(?:script|svg|html|iframe|\?php|!doctype)", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"


@dataclass(frozen=True)
class Accepted:
    """A file that is taken: its format, and its pages as JPEG pictures without metadata."""

    format: str
    pages: list[bytes]


def check(data: bytes, *, name: str, content_type: str) -> Accepted:
    """The pages of an upload; raises BadUpload in words for the person who sent it."""
    if len(data) > MOST_BYTES:
        raise BadUpload(
            _("This file is larger than %(most)d MB. Take the picture in a smaller size.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    if len(data) < LEAST_BYTES:
        raise BadUpload(_("This file is empty or broken. Choose it again."))
    kind = kind_of(data)
    _check_said(kind, name, content_type)
    _check_single(kind, data)
    return Accepted(kind, pages_of(data, kind))


def kind_of(data: bytes) -> str:
    """The format by the first bytes; raises BadUpload for what is not taken."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"%PDF-"):
        return "PDF"
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"hevc"):
        raise BadUpload(
            _("Your phone saved this as HEIC. Send it as a JPEG picture: in the camera's settings "
              "choose “most compatible”.")
        )  # fmt: skip
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    smells = head.startswith((b"<", b"pk\x03\x04", b"mz", b"\x7felf", b"#!", b"\x1f\x8b"))
    raise BadUpload(_("Send a picture (JPEG, PNG, WebP) or a PDF."), smells=smells)


def _check_said(kind: str, name: str, content_type: str) -> None:
    suffix = PurePath(name or "").suffix.lower()
    said = content_type.partition(";")[0].strip().lower()
    if suffix not in EXTENSIONS[kind] or said not in CONTENT_TYPES[kind] | _UNSAID:
        raise BadUpload(
            _("This file is a %(kind)s, but calls itself something else. Save it anew as what it "
              "is, and send that.")
            % {"kind": kind},
            smells=True,
        )  # fmt: skip


def _check_single(kind: str, data: bytes) -> None:
    """Refuse a file that is another one as well (a picture with an archive behind it, say)."""
    looks_double = False
    end = data.rfind(_ZIP_END, max(0, len(data) - 65_600))
    if end >= 0 and len(data) - end >= 22:
        comment_bytes = int.from_bytes(data[end + 20 : end + 22], "little")
        looks_double = end + 22 + comment_bytes == len(data)
    if kind != "PDF":
        looks_double = looks_double or b"%PDF-" in data or _MARKUP.search(data) is not None
    if looks_double:
        raise BadUpload(
            _("Something else is hidden in this file. Take a new picture and send that."),
            smells=True,
        )


def pages_of(data: bytes, kind: str) -> list[bytes]:
    """The pages, drawn by :mod:`kyc.documents.pages` in a process apart; raises BadUpload."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(pages.__file__)), kind],
            input=data,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadUpload(_reason("too_large"), smells=True) from error
    line, _newline, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        # Killed by its limits, or by what the file did to a decoder.
        raise BadUpload(_reason("too_large"), smells=True)
    answer = json.loads(line)
    if "refused" in answer:
        code = answer["refused"]
        raise BadUpload(_reason(code), smells=code in ("active", "too_large"))
    stream = io.BytesIO(rest)
    found = [stream.read(length) for length in answer["pages"]]
    if not found or any(not page for page in found):
        raise BadUpload(_reason("broken"))
    return found


def _reason(code: str) -> str:
    return {
        "too_large": _("This file unfolds into something far too large. Take a plain picture."),
        "too_small": _("This picture is too small to read. Take it from nearer."),
        "moving": _("This is a moving picture. Take a plain one."),
        "locked": _("This PDF is locked with a password. Save it without one."),
        "too_many_pages": _("This PDF has too many pages: at most %(most)d.")
        % {"most": pages.MOST_PAGES},
        "active": _("This PDF holds programs or attachments. Print it into a new PDF, or send a "
                    "picture of it."),
        "broken": _("This file is damaged and cannot be read. Take a new picture."),
    }[code]  # fmt: skip
