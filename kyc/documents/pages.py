"""Uploaded bytes to pictures of pages, drawn anew. A program of its own: see ``checks.pages_of``.

What people upload is decoded in a process with little memory and time, which knows no secret and
opens no file; it cannot take the web server down. It reads the file from its input and writes a
line of JSON (``{"pages": [bytes of each]}`` or ``{"refused": why}``), then the pictures.
"""

import io
import json
import sys
from typing import Any

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 20
MOST_PIXELS = 50_000_000
MOST_SIDE = 12_000
LEAST_SIDE = 300
MOST_PAGES = 10
SIDE = 2200
QUALITY = 85
MOST_OBJECTS = 20_000

# What makes a PDF do something when it is opened. None of it belongs in a bill.
ACTIVE = frozenset(
    {
        "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA",
        "/SubmitForm", "/ImportData", "/AA",
    }
)  # fmt: skip


class Refused(Exception):
    """Why a file is not taken, as a code of ``checks.REASONS``."""


def limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def image_pages(data: bytes, kind: str) -> list[bytes]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    image = Image.open(io.BytesIO(data), formats=[kind])
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise Refused("too_large")
    if min(width, height) < LEAST_SIDE:
        raise Refused("too_small")
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise Refused("moving")
    if kind == "JPEG":
        image.draft("RGB", (SIDE, SIDE))
    image.load()
    return [jpeg(ImageOps.exif_transpose(image))]


def jpeg(image: Any) -> bytes:
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        page = Image.new("RGB", image.size, "white")
        page.paste(image.convert("RGBA"), mask=image.convert("RGBA").getchannel("A"))
        image = page
    image = image.convert("RGB")
    image.thumbnail((SIDE, SIDE))
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def pdf_pages(data: bytes) -> list[bytes]:
    import pypdfium2

    check_pdf(data)
    document = pypdfium2.PdfDocument(data)
    found = []
    for page in document:
        width, height = page.get_size()
        longest = max(width, height)
        if longest <= 0 or longest > 14_400:
            raise Refused("too_large")
        found.append(jpeg(page.render(scale=min(SIDE / longest, 4)).to_pil()))
    return found


def check_pdf(data: bytes) -> None:
    """Refuse what is locked, long or active; walks the objects, not only the bytes."""
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise Refused("locked")
    if not 1 <= len(reader.pages) <= MOST_PAGES:
        raise Refused("too_many_pages")
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        value = waiting.pop()
        number = getattr(value, "idnum", None)
        if number is not None:
            if (number, value.generation) in seen:
                continue
            seen.add((number, value.generation))
            if len(seen) > MOST_OBJECTS:
                raise Refused("too_large")
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            names = set(value) | {str(value.raw_get("/S")) if "/S" in value else ""}
            if names & ACTIVE:
                raise Refused("active")
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, list):
            waiting += list.__iter__(value)


def main() -> None:
    limit()
    data = sys.stdin.buffer.read()
    kind = sys.argv[1]
    try:
        found = pdf_pages(data) if kind == "PDF" else image_pages(data, kind)
        answer: dict[str, Any] = {"pages": [len(page) for page in found]}
    except Refused as error:
        answer, found = {"refused": str(error)}, []
    except MemoryError:
        answer, found = {"refused": "too_large"}, []
    except Exception as error:
        # Decoders raise all kinds of errors on what is broken; the class tells enough.
        bomb = "Bomb" in type(error).__name__ or "Limit" in type(error).__name__
        answer = {"refused": "too_large" if bomb else "broken", "error": type(error).__name__}
        found = []
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    for page in found:
        sys.stdout.buffer.write(page)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
