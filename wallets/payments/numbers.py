"""References, account numbers and names, checked and compared."""

import re
import secrets
import unicodedata

from django.utils.translation import gettext as _
from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from wallets.payments.errors import PaymentError

DIGITS = 12
_REFERENCE = re.compile(rf"RF[0-9]{{{2 + DIGITS}}}")
_NOT_LETTERS = re.compile(r"[^\w]|_", re.UNICODE)


def new_reference() -> str:
    """A creditor reference (ISO 11649): RF, two check digits, twelve random digits."""
    body = f"{secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)}"
    # ISO 7064 mod 97-10 over body + "RF00", letters as 10 to 35 (R: 27, F: 15).
    check = 98 - int(body + "271500") % 97
    return f"RF{check:02d}{body}"


def references_in(text: str) -> list[str]:
    """Whole references with right check digits in a text, however they are spaced."""
    joined = re.sub(r"[^A-Z0-9]", "", text.upper())
    # They may overlap with what stands before, so every place is tried.
    found = (_REFERENCE.match(joined, place) for place in range(len(joined)))
    return list(dict.fromkeys(m.group() for m in found if m and iso11649.is_valid(m.group())))


def shown_reference(reference: str) -> str:
    """In groups of four, as people copy it."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))


def clean_iban(text: str, field: str = "iban") -> str:
    """An IBAN without spaces; raises PaymentError if its check digits or form are wrong."""
    try:
        return str(iban_number.validate(text))
    except ValidationError as error:
        raise PaymentError(
            _("This is no valid IBAN: compare it with your bank's papers."), field
        ) from error


def clean_bic(text: str) -> str:
    """A BIC, or empty; raises PaymentError."""
    if not text.strip():
        return ""
    try:
        return str(bic_number.validate(text))
    except ValidationError as error:
        raise PaymentError(_("This is no valid BIC: it has 8 or 11 characters."), "bic") from error


def country_of(iban: str) -> str:
    return iban[:2]


def masked(iban: str) -> str:
    """Enough of an IBAN to know one's own by."""
    return f"{iban[:4]} … {iban[-4:]}"


def name_key(name: str) -> frozenset[str]:
    """The words of a name without accents, case and order; titles that banks add are left out."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _NOT_LETTERS.sub(" ", plain).split()
    return frozenset(words) - {"mr", "mrs", "ms", "dr", "herr", "frau", "prof"}


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same words."""
    return bool(name_key(one)) and name_key(one) == name_key(other)
