"""States of the world: two and three letters (ISO 3166-1), and their names in a language.

The codes are from datasets/country-codes (public domain), the names from Babel's CLDR. ICAO's
machine readable zones add a few codes of their own.
"""

import csv
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

_FILE = Path(__file__).parent / "defaults" / "countries.csv"
# ICAO Doc 9303 part 3, section 5: Germany writes one letter, Utopia is the specimens' state.
_ICAO_ONLY = {"D": "DE", "UTO": "UT"}


@lru_cache
def _pairs() -> tuple[tuple[str, str], ...]:
    with _FILE.open(newline="") as file:
        return tuple((two, three) for two, three in csv.reader(file))


@lru_cache
def codes() -> frozenset[str]:
    """All two-letter codes."""
    return frozenset(two for two, _three in _pairs())


@lru_cache
def _by_three() -> dict[str, str]:
    return {three: two for two, three in _pairs()} | _ICAO_ONLY


def from_icao(code: str) -> str:
    """The two letters of a code as a machine readable zone has it; the code itself if unknown."""
    text = code.replace("<", "")
    return _by_three().get(text, text)


@lru_cache(maxsize=16)
def choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) in a language, by name."""
    names = _names(language)
    rows = [(code, names.get(code) or code) for code in codes()]
    return tuple(sorted(rows, key=lambda row: row[1].casefold()))


def name(code: str, language: str = "en") -> str:
    return _names(language).get(code) or code


@lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    return {str(code): str(text) for code, text in locale.territories.items()}
