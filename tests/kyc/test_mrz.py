"""Machine readable zones: ICAO Doc 9303's own specimens, and what eyes and scanners do to them."""

import datetime

import pytest

from kyc import mrz

TODAY = datetime.date(2026, 11, 28)
# Doc 9303 part 4, appendix A; part 6, appendix A; part 5, appendix A.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)


@pytest.mark.parametrize(
    ("text", "shape", "number"),
    [(TD3, "TD3", "L898902C3"), (TD2, "TD2", "D23145890"), (TD1, "TD1", "D23145890")],
)
def test_the_specimens_are_read(text: str, shape: str, number: str) -> None:
    zone = mrz.parse(text, today=TODAY)
    assert (zone.shape, zone.number, zone.issuer) == (shape, number, "UTO")
    assert (zone.surname, zone.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert zone.birth_date == datetime.date(1974, 8, 12)
    assert zone.expires_on == datetime.date(2012, 4, 15)
    assert zone.sex == "F"
    assert zone.is_valid and not zone.corrected


def test_the_check_digit_of_the_standard() -> None:
    # Doc 9303 part 3, 4.9: AB2134<<< has the check digit 5.
    assert mrz.check_digit("AB2134<<<") == "5"
    assert mrz.check_digit("520727") == "3"


def test_one_wrong_sign_anywhere_in_a_checked_place_is_seen() -> None:
    first, second = TD3.splitlines()
    for place in [*range(9), *range(13, 19), *range(21, 27), *range(28, 42)]:
        other = "7" if second[place] != "7" else "3"
        changed = second[:place] + other + second[place + 1 :]
        zone = mrz.parse(f"{first}\n{changed}", today=TODAY)
        assert not zone.is_valid, place


def test_a_letter_where_a_digit_must_stand_is_taken_for_it_only_if_the_digit_fits() -> None:
    taken = mrz.parse(TD3.replace("7408122F", "74O8I22F"), today=TODAY)
    assert taken.birth_date == datetime.date(1974, 8, 12)
    assert taken.corrected == ("birth_date",) and taken.is_valid
    wrong = mrz.parse(TD3.replace("7408122F", "74O9122F"), today=TODAY)
    assert ("birth_date", False) in wrong.checks


def test_a_long_number_goes_on_in_the_optional_data() -> None:
    # Doc 9303 part 5: more than nine signs, `<` in place of the digit, the rest behind it.
    digit = mrz.check_digit("D23145890734")
    first = f"I<UTOD23145890<734{digit}".ljust(30, "<")
    second = "7408122F1204159UTO".ljust(29, "<")
    whole = first[5:30] + second[:7] + second[8:15] + second[18:29]
    text = "\n".join([first, second + mrz.check_digit(whole), TD1.splitlines()[2]])
    zone = mrz.parse(text, today=TODAY)
    assert zone.number == "D23145890734" and zone.is_valid
    spoilt = mrz.parse(text.replace("<734", "<735"), today=TODAY)
    assert ("number", False) in spoilt.checks


def test_pasted_text_may_have_blanks_small_letters_and_no_line_break() -> None:
    assert mrz.parse(TD3.lower().replace("<", " <"), today=TODAY).is_valid
    assert mrz.parse(TD1.replace("\n", ""), today=TODAY).shape == "TD1"
    assert mrz.parse("\n\n" + TD2 + "\n", today=TODAY).is_valid


@pytest.mark.parametrize(
    "text", ["", "P<UTO", TD3[:-1], TD3 + "\nX", TD3.replace("<<ANNA", "??ANNA")]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(mrz.MrzError):
        mrz.parse(text, today=TODAY)


def test_unknown_parts_of_a_date_are_no_date() -> None:
    second = "L898902C36UTO74<<<<2F1204159ZE184226B<<<<<10"
    zone = mrz.parse(f"{TD3.splitlines()[0]}\n{second}", today=TODAY)
    assert zone.birth_date is None


def test_centuries_follow_from_what_a_date_is_of() -> None:
    reader = mrz._Reader(TODAY)
    assert reader._date("261129", is_birth=True) == datetime.date(1926, 11, 29)
    assert reader._date("261128", is_birth=True) == datetime.date(2026, 11, 28)
    assert reader._date("360101", is_birth=False) == datetime.date(2036, 1, 1)
    assert reader._date("990101", is_birth=False) == datetime.date(1999, 1, 1)


@pytest.mark.parametrize(
    ("surname", "given", "same"),
    [
        ("Eriksson", "Anna Maria", True),
        ("ERIKSSON", "Anna-Maria", True),
        ("Ericsson", "Anna Maria", False),
        ("Eriksson", "Anna", False),
    ],
)
def test_the_zone_is_compared_with_the_form(surname: str, given: str, same: bool) -> None:
    zone = mrz.parse(TD3, today=TODAY)
    told = {
        "surname": surname,
        "given_names": given,
        "number": "l898902c3",
        "nationality": "UT",
        "birth_date": datetime.date(1974, 8, 12),
    }
    assert (mrz.differences(zone, told) == []) is same


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Müller", "MUELLER"),
        ("Ødegård", "OEDEGAARD"),
        ("O’Connor-Smith", "O CONNOR SMITH"),
        ("Straße", "STRASSE"),
        ("Иванов", "IVANOV"),
    ],
)
def test_letters_become_what_a_zone_has_for_them(name: str, zone: str) -> None:
    assert mrz.zone_name(name) == zone
