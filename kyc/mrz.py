"""Machine readable zones of travel documents: ICAO Doc 9303 parts 4 (TD3), 5 (TD1) and 6 (TD2).

Own code, since the one Python library that reads them is under a licence that does not fit
(`mrz`, GPL) or wants a neural network (`fastmrz`). Check digits are ICAO Doc 9303 part 3, 4.9:
weights 7, 3, 1 over the values of the characters, modulo 10.
"""

import datetime
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from anyascii import anyascii
from django.utils.translation import gettext as _

_SHAPES = {(3, 30): "TD1", (2, 36): "TD2", (2, 44): "TD3"}
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {char: index for index, char in enumerate(_ALPHABET)} | {"<": 0}
# What an eye or a scanner takes for the other, where only digits may stand.
_AS_DIGITS = str.maketrans("OQDILZSBG", "000112586")
# Doc 9303 part 3, section 6 A: what stands for letters that have no place in a zone.
_LETTERS = {
    "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Æ": "AE", "Ø": "OE", "Å": "AA", "Þ": "TH",
    "Ð": "D", "Ĳ": "IJ", "Œ": "OE", "Ñ": "N",
}  # fmt: skip


class MrzError(ValueError):
    """A text that is no machine readable zone; says what to look at."""


@dataclass(frozen=True)
class Mrz:
    """What a zone says. ``checks`` are (what, is right); dates are None where a part is unknown."""

    shape: str
    document_type: str
    issuer: str
    surname: str
    given_names: str
    number: str
    nationality: str
    birth_date: datetime.date | None
    sex: str
    expires_on: datetime.date | None
    optional: str
    checks: tuple[tuple[str, bool], ...]
    corrected: tuple[str, ...] = field(default=())

    @property
    def is_valid(self) -> bool:
        return all(right for _name, right in self.checks)


def check_digit(text: str) -> str:
    """The check digit of ``text``; raises MrzError on a character that no zone holds."""
    try:
        total = sum(_VALUES[char] * (7, 3, 1)[index % 3] for index, char in enumerate(text))
    except KeyError as error:
        raise MrzError(_("A zone holds capital letters, digits and < only.")) from error
    return str(total % 10)


def lines_of(text: str) -> list[str]:
    """The zone's lines out of pasted text: blanks dropped, look-alikes of < taken for it."""
    cleaned = text.upper().replace("«", "<<").replace("‹", "<").replace("＜", "<")
    lines = ["".join(line.split()) for line in cleaned.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) == 1 and len(lines[0]) in (72, 88, 90):
        whole = lines[0]
        count = 3 if len(whole) == 90 else 2
        width = len(whole) // count
        lines = [whole[index * width : (index + 1) * width] for index in range(count)]
    return lines


def parse(text: str, *, today: datetime.date | None = None) -> Mrz:
    """Read a zone of two or three lines; raises MrzError if it has no such shape.

    Wrong check digits raise nothing: they are in ``checks``. Where a digit must stand and a letter
    does that looks like it, the digit is taken if the check digit then fits (``corrected``).
    """
    lines = lines_of(text)
    widths = {len(line) for line in lines}
    shape = _SHAPES.get((len(lines), widths.pop())) if len(widths) == 1 else None
    if shape is None:
        raise MrzError(
            _("Copy all lines at the bottom of the page: two of 44 or 36 signs, or three of 30.")
        )
    for line in lines:
        if set(line) - set(_VALUES):
            raise MrzError(_("A zone holds capital letters, digits and < only."))
    reader = _Reader(today or datetime.date.today())
    return reader.td1(lines) if shape == "TD1" else reader.two_lines(shape, lines)


class _Reader:
    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.checks: list[tuple[str, bool]] = []
        self.corrected: list[str] = []

    def two_lines(self, shape: str, lines: list[str]) -> Mrz:
        first, second = lines
        number, number_digit = self._checked("number", second[:9], second[9])
        birth, birth_digit = self._checked("birth_date", second[13:19], second[19], digits=True)
        expiry, expiry_digit = self._checked("expires_on", second[21:27], second[27], digits=True)
        whole = number + number_digit + birth + birth_digit + expiry + expiry_digit
        if shape == "TD3":
            optional, digit = self._checked(
                "optional", second[28:42], second[42], may_be_filler=True
            )
            self._composite(whole + optional + digit, second[43])
        else:
            self._composite(whole + second[28:35], second[35])
            number, optional = self._long_number(number, number_digit, second[28:35])
        surname, given = _names(first[5:])
        return self._result(
            shape, first[:2], first[2:5], surname, given, number, second[10:13], birth, second[20],
            expiry, optional,
        )  # fmt: skip

    def td1(self, lines: list[str]) -> Mrz:
        first, second, third = lines
        number, number_digit = self._checked("number", first[5:14], first[14])
        birth, birth_digit = self._checked("birth_date", second[:6], second[6], digits=True)
        expiry, expiry_digit = self._checked("expires_on", second[8:14], second[14], digits=True)
        self._composite(
            number + number_digit + first[15:30] + birth + birth_digit + expiry + expiry_digit
            + second[18:29],
            second[29],
        )  # fmt: skip
        number, optional = self._long_number(number, number_digit, first[15:30])
        surname, given = _names(third)
        return self._result(
            "TD1", first[:2], first[2:5], surname, given, number, second[15:18], birth, second[7],
            expiry, (optional + second[18:29]),
        )  # fmt: skip

    def _checked(
        self, name: str, text: str, digit: str, *, digits: bool = False, may_be_filler: bool = False
    ) -> tuple[str, str]:
        """A part and its check digit, mended where that makes them fit each other."""
        if name == "number" and digit == "<":
            return text, digit  # judged by `_long_number`
        fits = check_digit(text) == digit or (
            may_be_filler and digit == "<" and not text.strip("<")
        )
        if not fits:
            mended = text.translate(_AS_DIGITS) if digits else text
            mended_digit = digit.translate(_AS_DIGITS)
            if check_digit(mended) == mended_digit:
                self.corrected.append(name)
                text, digit, fits = mended, mended_digit, True
        self.checks.append((name, fits))
        return text, digit

    def _long_number(self, number: str, digit: str, optional: str) -> tuple[str, str]:
        """A number of more than nine signs goes on in the optional data (part 5, 4.2.2 note j)."""
        if digit != "<" or optional.startswith("<"):
            if digit == "<":
                self.checks.append(("number", False))
            return number, optional
        rest, _filler, left = optional.partition("<")
        whole = number + rest[:-1]
        self.checks.insert(0, ("number", check_digit(whole) == rest[-1]))
        return whole, left

    def _composite(self, text: str, digit: str) -> None:
        fits = check_digit(text) == digit
        if not fits and check_digit(text) == digit.translate(_AS_DIGITS):
            self.corrected.append("composite")
            fits = True
        self.checks.append(("composite", fits))

    def _result(
        self, shape: str, kind: str, issuer: str, surname: str, given: str, number: str,
        nationality: str, birth: str, sex: str, expiry: str, optional: str,
    ) -> Mrz:  # fmt: skip
        return Mrz(
            shape=shape,
            document_type=kind.replace("<", ""),
            issuer=issuer.replace("<", ""),
            surname=surname,
            given_names=given,
            number=number.replace("<", ""),
            nationality=nationality.replace("<", ""),
            birth_date=self._date(birth, is_birth=True),
            sex={"M": "M", "F": "F"}.get(sex, "X"),
            expires_on=self._date(expiry, is_birth=False),
            optional=optional.replace("<", " ").strip(),
            checks=tuple(self.checks),
            corrected=tuple(self.corrected),
        )

    def _date(self, text: str, *, is_birth: bool) -> datetime.date | None:
        """YYMMDD; a birth is never in the future, an expiry within fifty years of today."""
        if not text.isdigit():
            return None
        year = 2000 + int(text[:2])
        if is_birth:
            if year > self.today.year or (
                year == self.today.year
                and (int(text[2:4]), int(text[4:])) > (self.today.month, self.today.day)
            ):
                year -= 100
        elif year > self.today.year + 50:
            year -= 100
        try:
            return datetime.date(year, int(text[2:4]), int(text[4:]))
        except ValueError:
            return None


def _names(text: str) -> tuple[str, str]:
    surname, _filler, given = text.partition("<<")
    return surname.replace("<", " ").strip(), given.replace("<", " ").strip()


def zone_name(name: str) -> str:
    """A name as a zone would have it: capital letters A to Z with blanks between."""
    found = []
    for char in unicodedata.normalize("NFC", name.upper()):
        found.append(_LETTERS.get(char) or anyascii(char).upper())
    text = "".join(char if "A" <= char <= "Z" else " " for char in "".join(found))
    return " ".join(text.replace("  ", " ").split())


def plain_name(name: str) -> str:
    """The same with marks dropped (Ü is U): some issuers write it so."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char)
    )
    return zone_name(bare)


def differences(zone: Mrz, told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where the zone says something else than was told: (what, in the zone, told).

    ``told`` may hold surname, given_names, number, nationality (two letters), birth_date and
    expires_on (dates); what it does not hold is not compared. A zone cuts long names off.
    """
    from kyc import countries

    found = []
    for name in ("surname", "given_names"):
        if told.get(name):
            in_zone = getattr(zone, name)
            said = str(told[name])
            if not any(_is_same_name(in_zone, form(said)) for form in (zone_name, plain_name)):
                found.append((name, in_zone, said))
    if told.get("number"):
        said = "".join(char for char in str(told["number"]).upper() if char.isalnum())
        if said != zone.number:
            found.append(("number", zone.number, str(told["number"])))
    if told.get("nationality"):
        in_zone = countries.from_icao(zone.nationality)
        if in_zone != told["nationality"]:
            found.append(("nationality", in_zone, str(told["nationality"])))
    for name in ("birth_date", "expires_on"):
        in_date, said_date = getattr(zone, name), told.get(name)
        if said_date and in_date and in_date != said_date:
            found.append((name, in_date.isoformat(), said_date.isoformat()))
    return found


def _is_same_name(in_zone: str, said: str) -> bool:
    zone_words, said_words = in_zone.replace(" ", ""), said.replace(" ", "")
    if zone_words == said_words:
        return True
    # A zone has room for 39 (TD3), 31 (TD2) or 30 (TD1) signs of both names together.
    return len(zone_words) >= 10 and said_words.startswith(zone_words)
