"""The two regimes as values of one type, and what contract and order line override (GC-2.1)."""

from dataclasses import FrozenInstanceError, fields
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.contract import term_end
from billing.terms import ALLOCLOUD, TELAVOX, TERMS, Terms, terms_of, terms_of_service
from tests.rules.lines import contract


def test_each_regime_is_found_by_the_name_the_contract_gives() -> None:
    assert terms_of(contract().terms) is ALLOCLOUD
    assert terms_of(contract(terms="telavox").terms) is TELAVOX
    assert set(TERMS) == {"allocloud", "telavox"}


@pytest.mark.parametrize("name", ["", "ALLOcloud", "other"])
def test_a_regime_nobody_knows_is_an_error_that_names_the_known_ones(name: str) -> None:
    with pytest.raises(ValueError, match="allocloud, telavox"):
        terms_of(name)


def test_a_regime_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ALLOCLOUD.payment_days = 14  # type: ignore[misc]


@pytest.mark.clause("CG-3.a", "CG-3.b", "CG-3.c", "CG-3.d", "BT-2.b")
def test_allocloud_bills_in_advance_refunds_nothing_and_bills_the_balance_of_an_early_letter() -> None:
    assert (ALLOCLOUD.timing, ALLOCLOUD.term_months, ALLOCLOUD.notice_months) == ("advance", 24, 0)
    assert (ALLOCLOUD.refund_from, ALLOCLOUD.balance_after, ALLOCLOUD.price_notice) == (None, "letter", None)


@pytest.mark.clause("GC-5.2", "GC-5.6", "GC-11.2", "GC-13.2", "GC-13.3")
def test_telavox_bills_in_arrears_with_three_months_notice_refunds_from_10_euro_and_30_days_notice_of_a_price() -> None:
    assert (TELAVOX.timing, TELAVOX.notice_months, TELAVOX.price_notice) == ("arrears", 3, timedelta(days=30))
    assert (TELAVOX.refund_from, TELAVOX.balance_after) == (Decimal("10.00"), "breach")


@pytest.mark.clause("GC-5.2")
def test_both_regimes_are_due_30_days_after_the_invoice_date_unless_the_contract_says_otherwise() -> None:
    assert {terms.payment_days for terms in TERMS.values()} == {30}


def test_the_regimes_differ_in_what_they_decide_and_name_their_clauses() -> None:
    same = {field.name for field in fields(Terms) if getattr(ALLOCLOUD, field.name) == getattr(TELAVOX, field.name)}
    assert same == {"term_months", "payment_days"}
    assert (ALLOCLOUD.end_clause, ALLOCLOUD.refund_clause, ALLOCLOUD.balance_clause) == ("CG-3.b", "CG-3.c", "CG-3.d")
    assert (TELAVOX.end_clause, TELAVOX.refund_clause, TELAVOX.balance_clause) == ("GC-11.2", "GC-13.2", "GC-13.3")


@pytest.mark.clause("GC-5.6")
@pytest.mark.parametrize(
    ("service", "notice"), [("telavox", timedelta(days=30)), ("business_telephony", None), ("sip_trunking", None), ("web_meeting", None)]
)
def test_only_the_price_list_of_telavox_needs_notice(service: str, notice: timedelta | None) -> None:
    assert terms_of_service(service).price_notice == notice


@pytest.mark.clause("GC-2.1")
def test_the_contract_and_the_order_line_prevail_over_the_term_of_the_regime() -> None:
    assert term_end(contract(starts_on=date(2025, 3, 1), term_months=36), date(2025, 3, 1), None) == date(2028, 3, 1)
    assert term_end(contract(starts_on=date(2025, 3, 1), term_months=36), date(2026, 5, 1), 12) == date(2027, 5, 1)
