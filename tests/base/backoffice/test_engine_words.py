"""Every code that the engine's enums have is told in words, in English those of its name."""

import pytest
from django.utils import translation

from backoffice import cells, engine_words, state_words, words
from backoffice.words import Dictionary
from trading.engine import commands, enums
from trading.engine.results import Result


@pytest.mark.parametrize(
    ("enum", "told"),
    [
        (Result, engine_words.RESULTS),
        (enums.FundsReason, engine_words.FUNDS_REASONS),
        (enums.ReduceReason, engine_words.REDUCE_REASONS),
        (enums.SelfTradePrevention, engine_words.SELF_TRADE_PREVENTION),
    ],
)
def test_every_member_has_its_words(enum, told):
    with translation.override("en"):
        assert {member: str(text) for member, text in told.items()} == {
            member: member.name.replace("_", " ").lower() for member in enum
        }


@pytest.mark.parametrize(
    ("enum", "told"),
    [
        (enums.OrderStatus, state_words.ORDER),
        (enums.InstrumentState, state_words.INSTRUMENT),
        (enums.AccountState, state_words.STATES),
    ],
)
def test_every_state_has_its_word(enum, told):
    assert {member.name.lower() for member in enum} <= told.keys()


def test_a_code_is_painted_by_itself_and_told_in_words():
    with translation.override("en"):
        assert "bo-badge-warn" in cells.badge("cancel_only")
        assert ">cancel only<" in cells.badge("cancel_only")
        assert ">Applied<" in cells.badge("Applied")  # a label keeps its capital
        assert ">no such state<" in cells.badge("no_such_state")
    told = {"open": "geöffnet"}
    assert "bo-badge-good" in cells.badge("open", words=told)
    assert ">geöffnet<" in cells.badge("open", words=told)


def test_a_result_that_is_not_known_keeps_its_number():
    with translation.override("en"):
        assert words.result_text(600) == "600 insufficient funds"
        assert words.result_text(999) == "999 unknown result"


def test_every_command_has_a_sentence():
    """Queries have none: they are in no journal."""
    missing = [
        kind.__name__ for kind in commands.BY_KIND.values() if kind.__name__ not in words._SENTENCES
    ]
    assert not [name for name in missing if not name.startswith("Query")]
    with translation.override("en"):
        asked = commands.ReduceOrder(account_id=5, order_id=7, lots=1)
        assert words.event_sentence(asked, Dictionary()) == "Reduce order 7 of 5 by 1 lot"
