"""Translations are complete and compiled; icons that are used are in the sprite."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from portal.icons import ICONS

LOCALE = settings.ROOT / "locale"
STATIC = settings.ROOT / "platform" / "portal" / "static" / "portal"
DOMAINS = ("django", "djangojs")
LANGUAGES = ("zh_Hans", "ru")
PLACE = r"%\(\w+\)s|</?strong>"


def catalogue(domain: str, language: str, locale: Path = LOCALE) -> polib.POFile:
    return polib.pofile(str(locale / language / "LC_MESSAGES" / f"{domain}.po"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_untranslated(domain: str, language: str) -> None:
    po = catalogue(domain, language)
    assert len(po) > 50
    assert [entry.msgid for entry in po.untranslated_entries() + po.fuzzy_entries()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_places_for_values_are_kept(domain: str, language: str) -> None:
    for entry in catalogue(domain, language):
        places = re.findall(PLACE, entry.msgid_plural or entry.msgid)
        for told in (entry.msgstr_plural or {0: entry.msgstr}).values():
            assert sorted(places) == sorted(re.findall(PLACE, told)), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_the_written_one(domain: str, language: str) -> None:
    written = catalogue(domain, language)
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES" / f"{domain}.mo"))

    def content(entries: polib.POFile | polib.MOFile) -> set[tuple[object, ...]]:
        return {
            (e.msgctxt, e.msgid, e.msgstr, tuple(sorted(e.msgstr_plural.items()))) for e in entries
        }

    assert content(written) == content(compiled)


def texts(po: polib.POFile) -> set[tuple[object, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in po}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext (xgettext) to extract")
def test_every_text_in_the_source_is_in_the_catalogue(tmp_path: Path) -> None:
    rooms = ("platform", "templates", "tenants", "trading", "wallets", "kyc", "riskrules", "care")
    for name in rooms:
        (tmp_path / name).symlink_to(settings.ROOT / name)
    shutil.copytree(LOCALE, tmp_path / "locale")
    subprocess.run(
        [sys.executable, str(settings.ROOT / "manage.py"), "makemessages", "--symlinks"],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for domain in DOMAINS:
        for language in LANGUAGES:
            extracted = catalogue(domain, language, tmp_path / "locale")
            assert texts(extracted) == texts(catalogue(domain, language)), (
                "run manage.py makemessages, translate, and manage.py compilemessages"
            )


def test_icons_in_templates_and_scripts_are_in_the_sprite() -> None:
    sprite = (STATIC / "vendor" / "lucide" / "icons.svg").read_text()
    assert re.findall(r'<symbol id="([\w-]+)"', sprite) == list(ICONS)
    used: set[str] = set()
    for page in (settings.ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% (?:icon|empty icon=)\s*"([\w-]+)"', page.read_text()))
        used |= set(re.findall(r'{% empty icon="([\w-]+)"', page.read_text()))
    for script in (STATIC / "js").rglob("*.js"):
        used |= set(re.findall(r'icon\("([\w-]+)"\)', script.read_text()))
        used |= set(re.findall(r'"#([a-z-]+)"', script.read_text())) & set(ICONS)
    assert used
    assert used <= set(ICONS)


def test_vendored_files_are_named_in_the_notice() -> None:
    notice = (STATIC / "vendor" / "NOTICE").read_text().lower()
    for folder in (STATIC / "vendor").iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").exists()
            assert folder.name.replace("-", " ") in notice or folder.name in notice
