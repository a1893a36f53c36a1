"""Values of the environment: what makes no sense is refused, with the name of the variable."""

import pytest

from runtime import given, production
from runtime.errors import RuntimeProblem
from whole_production import KEY, PRODUCTION


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), (" yes ", True), ("0", False), ("off", False)]
)
def test_flags(text: str, value: bool):
    assert given.flag({"X": text}, "X", default=not value) is value
    assert given.flag({}, "X", default=value) is value


def test_a_flag_that_is_none_is_refused():
    with pytest.raises(RuntimeProblem, match="X must be 1 or 0, not 'maybe'"):
        given.flag({"X": "maybe"}, "X", default=True)


@pytest.mark.parametrize("text", ["-1", "65536", "many", "1.5", "１", "9" * 30])
def test_a_port_that_is_none_is_refused(text: str):
    with pytest.raises(RuntimeProblem, match="X must be a number from 1 to 65535"):
        given.port({"X": text}, "X", 8000)
    assert given.port({"X": "8001"}, "X", 8000) == 8001
    assert given.port({"X": ""}, "X", 8000) == 8000


def test_secrets_have_no_default_outside_development():
    for read in (given.secret, given.encryption_keys):
        assert read({}, "X", debug=True)
        for wrong in ({}, {"X": "short"}):
            with pytest.raises(RuntimeProblem, match="X must be"):
                read(wrong, "X", debug=False)
    assert given.encryption_keys({"X": f"{KEY}, {KEY}"}, "X", debug=False) == [KEY, KEY]


def test_a_database_address_is_read_as_libpq_reads_it():
    assert given.database_parameters(
        "postgresql://me:p%40ss@[::1]:6432/mine?sslmode=require&connect_timeout=3"
    ) == {
        "user": "me",
        "password": "p@ss",
        "host": "::1",
        "port": "6432",
        "dbname": "mine",
        "sslmode": "require",
        "connect_timeout": "3",
    }
    assert given.database_parameters("postgres:///mine?host=/run/pg")["host"] == "/run/pg"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:hidden@host/mine",
        "postgresql://me:hidden@host",  # no name
        "postgresql://me:hidden%zz@host/mine",
        "postgresql://me:hidden@host/mine?sslmod=require",
        "postgresql://me:hidden@[::1/mine",
        "hidden",
    ],
)
def test_a_database_address_that_is_none_is_refused_without_its_password(url: str):
    with pytest.raises(RuntimeProblem, match="DATABASE_URL must look like") as refused:
        given.database_parameters(url)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("", False),
        ("no such host", False),
    ],
)
def test_loopback(host: str, inside: bool):
    assert given.is_loopback(host) is inside


def test_a_whole_production_is_accepted():
    production.check(PRODUCTION)
    production.check({**PRODUCTION, "MARQUE_HOST": "0.0.0.0"})


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "MARQUE_DEBUG"])
def test_production_misses_each_by_its_name(name: str):
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(RuntimeProblem) as refused:
        production.check(without)
    _headline, *lines = str(refused.value).splitlines()
    assert [line.strip().partition(":")[0] for line in lines] == [name]


def test_production_names_all_that_is_missing_at_once():
    with pytest.raises(RuntimeProblem) as refused:
        production.check({"MARQUE_DEBUG": "0"})
    assert len(str(refused.value).splitlines()) == len(PRODUCTION)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARQUE_HTTPS", "0"),
        ("MARQUE_TRUSTED_PROXIES", "0"),
        ("MARQUE_OPERATOR_HOSTS", "operator.example,localhost"),
        ("MARQUE_SECRET_KEY", "short"),
        ("MARQUE_ENCRYPTION_KEYS", "c2hvcnQ="),
    ],
)
def test_production_refuses_values_of_development(name: str, value: str):
    with pytest.raises(RuntimeProblem, match=name):
        production.check({**PRODUCTION, name: value})


@pytest.mark.parametrize("name", ["MARQUE_HOST", "MARQUE_METRICS_HOST"])
def test_development_listens_on_this_machine_only(name: str):
    production.check({})
    production.check({name: "127.0.0.1"})
    with pytest.raises(RuntimeProblem, match=rf"{name}=0\.0\.0\.0 .* MARQUE_DEBUG=0"):
        production.check({name: "0.0.0.0"})
