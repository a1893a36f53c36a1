"""What is wrong with an amount, to a person in the language of the page."""

from django.utils.translation import gettext

from money.units import MoneyError


def words_of(error: MoneyError) -> str:
    told: str = gettext(error.message)
    return told % error.values if error.values else told
