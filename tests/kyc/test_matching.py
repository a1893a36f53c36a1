"""Names against lists: alike, in other scripts, in another order; and what must not be found."""

import csv
import io
import time

import pytest
import zstandard

from kyc.screening import names
from kyc.screening.matching import Index, Listed
from shared_data import real_file

PERSON, COMPANY = frozenset({"person"}), frozenset({"company"})


def index_of(*rows: tuple[str, str]) -> Index:
    return Index.of(
        Listed(number, str(number), kind, name, is_alias=False)
        for number, (kind, name) in enumerate(rows)
    )


@pytest.fixture(scope="module")
def ofac() -> Index:
    """OFAC's list as of 2019, with its other names."""

    def rows(name: str) -> csv.DictReader:
        packed = real_file(f"kyc/{name}").read_bytes()
        data = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        return csv.DictReader(io.StringIO(data.decode()))

    kinds = {"individual": "person", "entity": "company"}
    listed, known = [], {}
    for row in rows("ofac_sdn_trimmed.csv.zst"):
        kind = kinds.get(row["sdn_type"], row["sdn_type"])
        known[row["ent_num"]] = kind
        listed.append(Listed(int(row["ent_num"]), row["ent_num"], kind, row["sdn_name"], False))
    for row in rows("ofac_alt_names.csv.zst"):
        if row["ent_num"] in known:
            kind = known[row["ent_num"]]
            listed.append(Listed(int(row["ent_num"]), row["ent_num"], kind, row["alt_name"], True))
    return Index.of(listed)


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Nicolas Maduro Moros", "MADURO MOROS, Nicolas"),
        ("Nicolás Maduro", "MADURO MOROS, Nicolas"),
        ("Николас Мадуро Морос", "MADURO MOROS, Nicolas"),
        ("Bashar al-Assad", "AL-ASSAD, Bashar"),
        ("بشار الأسد", "AL-ASAD, Bashar"),
        ("Кадыров Рамзан", "KADYROV, Ramzan Akhmatovich"),
        ("Ramzan Kadirov", "KADYROV, Ramzan Akhmatovich"),
        ("张伟", "WEI, Zhang"),
        ("Saddam Hussein", "HUSSEIN, Saddam"),
        ("Osama bin Laden", "BIN LADEN, Osama"),
        ("Kim Jong Un", "KIM, Jong Un"),
    ],
)
def test_listed_people_are_found_however_they_are_written(
    ofac: Index, asked: str, listed: str
) -> None:
    found = ofac.find(asked, kinds=PERSON, threshold_bp=8500)
    assert listed in [match.listed.name for match in found[:3]]


@pytest.mark.parametrize("asked", ["Банк Россия", "Bank Rossiya", "BANK ROSSIYA LTD."])
def test_listed_companies_are_found(ofac: Index, asked: str) -> None:
    found = ofac.find(asked, kinds=COMPANY, threshold_bp=8500)
    assert found[0].listed.name == "BANK ROSSIYA"
    assert ofac.find(asked, kinds=PERSON, threshold_bp=8500) == []


@pytest.mark.parametrize(
    "asked",
    ["Alice Brown", "John Smith", "Juan Garcia", "Maria Garcia Lopez", "David Miller", "", "李"],
)
def test_everyday_names_are_not_near(ofac: Index, asked: str) -> None:
    assert ofac.find(asked, kinds=PERSON, threshold_bp=8500) == []


def test_every_name_of_the_list_finds_itself(ofac: Index) -> None:
    for row in ofac.listed[::97]:
        kinds = frozenset({row.kind})
        found = ofac.find(row.name, kinds=kinds, threshold_bp=8500)
        same = {match.score_bp for match in found if match.listed.entry_id == row.entry_id}
        # Where more people have the very name than are given back, all of those are whole.
        assert same == {10_000} or {match.score_bp for match in found} == {10_000}, row.name


def test_a_look_takes_milliseconds(ofac: Index) -> None:
    begin = time.process_time()
    for _ in range(10):
        ofac.find("Mohammed Ali Hassan", kinds=PERSON, threshold_bp=8500)
    assert time.process_time() - begin < 5


def test_why_is_told_token_by_token() -> None:
    index = index_of(("person", "KADYROV, Ramzan Akhmatovich"), ("person", "SMITH, John"))
    (match,) = index.find("Ramzan Kadirov Jr.", kinds=PERSON, threshold_bp=7000)
    assert {(asked, listed, how) for asked, listed, how, _bp in match.pairs} == {
        ("ramzan", "ramzan", "same"),
        ("kadirov", "kadyrov", "alike"),
    }
    assert match.unmatched == () and match.unmatched_listed == ("akhmatovich",)
    assert 7000 < match.score_bp < 10_000


def test_one_common_word_is_no_likeness() -> None:
    index = index_of(("person", "SMITH, John"), ("company", "GENERAL TRADING COMPANY"))
    assert index.find("John Miller", kinds=PERSON, threshold_bp=6000) == []
    assert index.find("Northern Trading Ltd", kinds=COMPANY, threshold_bp=6000) == []


def test_only_the_asked_kinds_are_found() -> None:
    index = index_of(("vessel", "Queen Anna"), ("person", "Queen Anna"))
    found = index.find("Queen Anna", kinds=PERSON, threshold_bp=8000)
    assert [match.listed.kind for match in found] == ["person"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Muhammad", "Mohammed"), ("Qaddafi", "Gaddafi"), ("Yusuf", "Youssef"), ("Chekhov", "Cehov")],
)
def test_romanizations_have_one_skeleton(one: str, other: str) -> None:
    assert names.skeleton(one.lower()) == names.skeleton(other.lower())


def test_tokens_of_any_script() -> None:
    assert names.tokens("Dr. José  O'Neill") == ("jose", "oneill")
    assert names.tokens("习近平") == ("xi", "jin", "ping")
    assert names.tokens("Путин Владимир") == ("putin", "vladimir")
    assert names.tokens("Rosneft Oil Company OOO", is_company=True) == ("rosneft", "oil")
    assert names.tokens("Ltd", is_company=True) == ("ltd",)
    assert names.tokens("!!!") == ()
