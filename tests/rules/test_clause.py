"""The mark of a clause records, and does nothing else."""

import pytest

from billing.clause import REGISTER, carries_out, clauses_of
from billing.money import ceil_to_cent, round_half_up


def test_a_marked_rule_is_the_rule_itself_and_knows_its_clauses() -> None:
    def rule(n: int) -> int:
        return n + 1

    marked = carries_out("BT-2.e", "GC-6.1")(rule)
    assert marked is rule
    assert marked(1) == 2
    assert clauses_of(marked) == ("BT-2.e", "GC-6.1")
    assert any(where.endswith(".rule") for where in REGISTER["GC-6.1"])


def test_the_register_finds_the_rule_of_a_clause() -> None:
    assert "billing.money.ceil_to_cent" in REGISTER["BT-2.e"]
    assert clauses_of(ceil_to_cent) == ("BT-2.e",)
    assert clauses_of(round_half_up) == ()


@pytest.mark.parametrize("wrong", ["", "BT2.e", "BT-2.E", "XX-1", "BT-2.e "])
def test_what_is_not_a_clause_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a clause id"):
        carries_out(wrong)


def test_a_mark_without_a_clause_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one clause id"):
        carries_out()
