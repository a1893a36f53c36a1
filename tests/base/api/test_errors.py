"""The table of errors is whole."""

import pytest

from api.errors import REFUSALS, STATUS, ApiError, Refusal, explain
from trading.engine.results import Result


@pytest.mark.parametrize("code", [*Result, *Refusal], ids=lambda code: code.name)
def test_every_code_says_what_happened_and_what_to_do(code: Result | Refusal) -> None:
    explanation = explain(code)
    assert 200 <= explanation.status < 600
    assert explanation.message.endswith(".")
    assert explanation.help
    body = ApiError(code).as_body()
    assert body["error"]["code"] == code.name
    assert body["error"]["number"] == int(code)


def test_only_what_was_done_is_a_success() -> None:
    fine = {code for code in [*Result, *Refusal] if explain(code).status < 300}
    assert fine == {Result.ACCEPTED, Result.REPEATED}


def test_the_table_has_no_line_too_many_and_numbers_do_not_meet() -> None:
    assert STATUS.keys() == set(Result)
    assert REFUSALS.keys() == set(Refusal)
    assert not {int(code) for code in Result} & {int(code) for code in Refusal}
