"""Fetch the vendored browser assets again, at the versions named here, and build the icon sprite.

Needs npm, but only to fetch: nothing of Node runs in the product. What it writes is committed.
"""

import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand

from portal.icons import ICONS

VENDOR = Path(__file__).resolve().parents[2] / "static" / "portal" / "vendor"

# package → (version, {path in the package: path below vendor/})
PACKAGES: dict[str, tuple[str, dict[str, str]]] = {
    "klinecharts": (
        "10.0.2",
        {
            "dist/umd/klinecharts.min.js": "klinecharts/klinecharts.min.js",
            "LICENSE": "klinecharts/LICENSE",
            "NOTICE": "klinecharts/NOTICE-klinecharts",
            "licenses/LICENSE-lightweight-charts": "klinecharts/LICENSE-lightweight-charts",
        },
    ),
    "@fontsource-variable/inter": (
        "5.3.0",
        {
            "files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext.woff2",
            "files/inter-cyrillic-wght-normal.woff2": "inter/inter-cyrillic.woff2",
            "LICENSE": "inter/LICENSE",
        },
    ),
    "@fontsource-variable/jetbrains-mono": (
        "5.3.0",
        {
            "files/jetbrains-mono-latin-wght-normal.woff2": "jetbrains-mono/jetbrains-mono.woff2",
            "LICENSE": "jetbrains-mono/LICENSE",
        },
    ),
    "lucide-static": ("1.62.0", {"LICENSE": "lucide/LICENSE"}),
}


class Command(BaseCommand):
    """`manage.py vendor_assets`."""

    help = "Fetch the vendored browser assets (npm pack) and build the icon sprite."

    def handle(self, *args: object, **options: object) -> None:
        for package, (version, files) in PACKAGES.items():
            with tempfile.TemporaryDirectory() as folder:
                root = _unpack(f"{package}@{version}", Path(folder))
                for source, target in files.items():
                    (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(root / source, VENDOR / target)
                if package == "lucide-static":
                    (VENDOR / "lucide" / "icons.svg").write_text(_sprite(root / "icons"))
            self.stdout.write(f"{package} {version}")


def _unpack(spec: str, folder: Path) -> Path:
    subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package"


def _sprite(icons: Path) -> str:
    symbols = []
    for name in ICONS:
        text = re.sub(r"<!--.*?-->", "", (icons / f"{name}.svg").read_text(), flags=re.S)
        inner = re.search(r"<svg[^>]*>(.*)</svg>", text, flags=re.S)
        if inner is None:
            raise ValueError(f"{name}.svg has no <svg> element")
        body = re.sub(r"\s+", " ", inner.group(1)).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    joined = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{joined}\n</svg>\n'
