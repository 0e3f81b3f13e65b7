"""Drafts per payer, then their numbers: from charges in the database to invoices that can never change."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from stdnum.be import ogm_vcs

from billing.period import Period
from tasks import drafts, issue
from tasks.ledger import Run, open_close, open_orders
from tasks.outside import Outside

D = Decimal


@pytest.fixture
def say(outside: Outside) -> Callable[[str], list[tuple[object, ...]]]:
    def run(statement: str) -> list[tuple[object, ...]]:
        with outside.engine.begin() as conn:
            answer = conn.execute(text(statement))
            return [tuple(row) for row in answer] if answer.returns_rows else []

    return run


@pytest.fixture
def run(outside: Outside, say: Callable[[str], object]) -> Run:
    """A close of October 2026 for a partner with two clients, a Luxembourg payer, a payer without mail, one with two payment terms."""
    say("insert into import_run (feed) values ('test')")
    for party, country, vat, mail, language in [
        ("PARTNER", "BE", "BE0999000228", "p@partner.example", "nl"), ("ALFA", "BE", "", "", "fr"), ("BETA", "BE", "", "", "fr"),
        ("LUX", "LU", "LU99000154", "l@lux.example", "fr"), ("NOMAIL", "BE", "", "", "fr"), ("TWO", "BE", "", "t@two.example", "en"),
        ("BADMAIL", "BE", "", "nobody at home", "fr"),
    ]:  # fmt: skip
        say(
            "insert into party (party_id, version, valid_import, role, name, language, delivery, country, vat_number, billing_emails)"
            f" values ('{party}', 1, 1, 'client', '{party}', '{language}', 'email', '{country}', '{vat}', '{mail}')"
        )
    say(
        "insert into product (product, version, valid_import, service, kind, timing, name_fr, name_nl, name_en)"
        " values ('user', 1, 1, 'business_telephony', 'user', 'advance', 'Utilisateur', 'Gebruiker', 'User')"
    )
    contracts = [("C1", "PARTNER", "ALFA", 30), ("C2", "PARTNER", "BETA", 30), ("C3", "LUX", "LUX", 30), ("C4", "NOMAIL", "NOMAIL", 30),
                 ("C5", "TWO", "TWO", 30), ("C6", "TWO", "TWO", 14), ("C7", "BADMAIL", "BADMAIL", 30)]  # fmt: skip
    for number, (contract, payer, client, days) in enumerate(contracts, start=1):
        say(
            "insert into contract (contract_id, version, valid_import, payer_id, terms, payment_days)"
            f" values ('{contract}', 1, 1, '{payer}', 'allocloud', {days})"
        )
        say(f"insert into line (line_id) values ('L{number}')")
        say(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)"
            f" values ('L{number}', {number}, 1, 1, '{contract}', '{client}', 'user', 1, '2026-10-23')"
        )
    close = open_close(outside.engine, Period.month("2026-10"), date(2026, 10, 28))
    for number in range(1, 8):
        charge(say, close, number, "[2026-10-23,2026-11-01)", "pro_rata", "9.00")
        charge(say, close, number, "[2026-11-01,2026-12-01)", "recurring", "31.00")
    return close


def charge(say: Callable[[str], object], run: Run, line_no: int, days: str, kind: str, net: str, rule: str = "counted") -> None:
    say(
        "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, counted, ordered)"
        f" values ({run.run_id}, {line_no}, '{days}', '{kind}', 1, 31, {net}, 'BT-2.b', '{rule}', 'BT-2.h', 0, 1)"
    )


@pytest.mark.clause("CG-1", "CG-2.a")
def test_a_partner_gets_one_invoice_for_all_its_end_clients(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    drafts.stage(outside, run)
    assert say("select net, vat, gross from invoice where payer_id = 'PARTNER'") == [(D("80.00"), D("16.80"), D("96.80"))]
    assert say(
        "select end_client_id, line_seq, charge, from_day, to_day, invoice_line.net, description, note from invoice_line join invoice using (invoice_id)"
        " where payer_id = 'PARTNER' order by line_seq"
    ) == [
        ("ALFA", 1, "pro_rata", date(2026, 10, 23), date(2026, 10, 31), D("9.00"), "Gebruiker", "pro_rata 9/31"),
        ("ALFA", 2, "recurring", date(2026, 11, 1), date(2026, 11, 30), D("31.00"), "Gebruiker", ""),
        ("BETA", 3, "pro_rata", date(2026, 10, 23), date(2026, 10, 31), D("9.00"), "Gebruiker", "pro_rata 9/31"),
        ("BETA", 4, "recurring", date(2026, 11, 1), date(2026, 11, 30), D("31.00"), "Gebruiker", ""),
    ]


@pytest.mark.clause("GC-5.1")
def test_a_payer_with_a_vat_number_of_another_member_state_pays_no_belgian_vat(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    drafts.stage(outside, run)
    assert say("select net, vat, vat_category from invoice join invoice_vat using (invoice_id, vat) where payer_id = 'LUX'") == [
        (D("40.00"), D("0.00"), "AE")
    ]


@pytest.mark.clause("CG-2.a", "GC-2.1", "GC-5.2")
def test_contracts_with_different_payment_days_are_invoiced_apart(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    drafts.stage(outside, run)
    issue.stage(outside, run)
    assert say("select payment_days, due_on from invoice where payer_id = 'TWO' order by 1") == [
        (14, date(2026, 11, 11)),
        (30, date(2026, 11, 27)),
    ]


@pytest.mark.clause("CG-2.b")
def test_a_payer_without_a_usable_mail_address_is_parked_and_the_others_go_on(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    receipt = drafts.stage(outside, run)
    assert receipt.figures == {"drafts": 4, "net": "200.00", "parked payers": 2}
    assert say("select payer_id, reason from parked_payer order by 1") == [
        ("BADMAIL", "no usable mail address"),
        ("NOMAIL", "no mail address to send the invoice to"),
    ]


@pytest.mark.clause("CG-2.b")
def test_a_payer_whose_numbers_cannot_be_right_is_parked_before_any_number_is_given_with_all_reasons_at_once(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    say("update party set vat_number = 'BE0999000229' where party_id = 'PARTNER'")
    say("update party set peppol_id = '9938' where party_id = 'LUX'")
    say("update party set vat_number = 'BE0999000130', peppol_id = '0208:0999000130' where party_id = 'NOMAIL'")
    assert drafts.stage(outside, run).figures == {"drafts": 2, "net": "80.00", "parked payers": 4}
    digits = "peppol_id '0208:0999000130': '0999000130' is no Belgian enterprise number: ten digits, the last two of them check digits"
    assert say("select payer_id, reason, advice from parked_payer where payer_id <> 'BADMAIL' order by 1") == [
        (
            "LUX",
            "peppol_id '9938' is not written as scheme:value, as 0208:0123456749",
            "correct peppol_id of LUX in parties.csv and run again; else the next close bills it",
        ),
        (
            "NOMAIL",
            f"no mail address to send the invoice to; vat_number 'BE0999000130' has wrong check digits; {digits}",
            "set billing_emails of NOMAIL in parties.csv (or delivery = portal) and correct vat_number and peppol_id of NOMAIL in parties.csv and run again; else the next close bills it",
        ),
        (
            "PARTNER",
            "vat_number 'BE0999000229' has wrong check digits",
            "correct vat_number of PARTNER in parties.csv and run again; else the next close bills it",
        ),
    ]
    issue.stage(outside, run)
    assert say("select distinct payer_id from invoice where number is not null") == [("TWO",)]


def test_a_payer_mended_before_the_issue_is_in_when_the_drafts_are_made_again(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    drafts.stage(outside, run)
    say("update party set billing_emails = 'n@nomail.example' where party_id = 'NOMAIL'")
    assert drafts.stage(outside, run).figures == {"drafts": 5, "net": "240.00", "parked payers": 1}


def test_usage_is_named_as_the_payer_reads_it_and_keeps_the_group_as_its_product(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    say(f"create table rated_usage_{run.run_id} partition of rated_usage for values in ({run.run_id})")
    for rate_no, group in enumerate(["eu_mobile", "north_sea_rigs"], start=1):
        say(
            "insert into rate (deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro, setup_micro)"
            f" values ('business_telephony', '3{rate_no}', '2026-01-01', 1, 1, 'Somewhere', '{group}', 100000, 0)"
        )
        for line_no in (1, 3):  # a Dutch-speaking and a French-speaking payer
            say(
                f"insert into rated_usage values ({run.run_id}, {10 * rate_no + line_no}, {line_no}, '2026-10-24', 1, {rate_no}, 0, 60, 10, 1, 0)"
            )
    drafts.stage(outside, run)
    assert say(
        "select payer_id, invoice_line.product, description from invoice_line join invoice using (invoice_id) where charge = 'usage' order by 1, 2"
    ) == [
        ("LUX", "eu_mobile", "UE mobile"), ("LUX", "north_sea_rigs", "North sea rigs"),
        ("PARTNER", "eu_mobile", "EU mobiel"), ("PARTNER", "north_sea_rigs", "North sea rigs"),
    ]  # fmt: skip


def test_what_a_parked_payer_was_charged_is_free_for_the_next_close(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    say(f"create table rated_usage_{run.run_id} partition of rated_usage for values in ({run.run_id})")
    for usage_no, line_no in [(1, 4), (2, 5)]:  # one call of the parked payer, one of another
        say(f"insert into rated_usage values ({run.run_id}, {usage_no}, {line_no}, '2026-10-03', 1, 0, 60, 0, 0, 2, 0)")
    for contract in ("C4", "C5"):
        say(f"insert into pool_use values ({run.run_id}, '{contract}', 'X', 'belgium', 'seconds', '2026-10-01', 600, 60)")
    drafts.stage(outside, run)
    issue.stage(outside, run)
    assert say("select distinct line_no from recurring_charge order by 1") == [(1,), (2,), (3,), (5,), (6,)]
    assert say("select usage_no from usage_pending") == [(1,)]
    assert say("select usage_no from rated_usage") == [(2,)]
    assert say("select contract_id from pool_use") == [("C5",)]


def test_numbers_have_no_gap_and_references_pass_the_check_of_the_banks(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    drafts.stage(outside, run)
    issue.stage(outside, run)
    issued = say("select number, payer_id, payment_days, structured_reference, issued_on from invoice order by number")
    assert [row[:3] for row in issued] == [
        ("2026-000001", "LUX", 30),
        ("2026-000002", "PARTNER", 30),
        ("2026-000003", "TWO", 14),
        ("2026-000004", "TWO", 30),
    ]
    assert {row[4] for row in issued} == {date(2026, 10, 28)}
    assert [ogm_vcs.validate(str(row[3])) for row in issued] == [ogm_vcs.compact(str(row[3])) for row in issued]


def test_issuing_twice_gives_no_second_number(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    drafts.stage(outside, run)
    issue.stage(outside, run)
    before = say("select * from invoice order by invoice_id")
    assert issue.stage(outside, run).figures == {"invoices": 0}
    assert say("select * from invoice order by invoice_id") == before


def test_the_next_run_goes_on_where_the_series_stopped_and_a_new_year_starts_at_one(
    outside: Outside, run: Run, say: Callable[[str], object]
) -> None:
    drafts.stage(outside, run)
    issue.stage(outside, run)
    for day, seq in [(date(2026, 12, 31), "2026-000005"), (date(2027, 1, 2), "2027-000001")]:
        orders = open_orders(outside.engine, day)
        say(f"insert into line (line_id) values ('H{day}')")
        say(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)"
            f" select line_id, line_no, 1, 1, 'C5', 'TWO', 'user', 2, '2026-12-01' from line where line_id = 'H{day}'"
        )
        say(
            "insert into one_off_charge (run_id, line_no, ordered_on, quantity, unit_price, net, clause)"
            f" select {orders.run_id}, line_no, '{day}', 2, 50, 100, 'BT-2.a' from line where line_id = 'H{day}'"
        )
        drafts.stage(outside, orders)
        issue.stage(outside, orders)
        assert say(f"select number, due_on, net, gross from invoice where run_id = {orders.run_id}") == [
            (seq, day, D("100.00"), D("121.00"))
        ]


def test_a_close_with_nothing_to_charge_makes_no_invoice(outside: Outside, say: Callable[[str], object]) -> None:
    say("insert into import_run (feed) values ('test')")
    empty = open_close(outside.engine, Period.month("2026-10"), date(2026, 10, 28))
    assert drafts.stage(outside, empty).figures == {"drafts": 0, "net": "0.00", "parked payers": 0}
    assert issue.stage(outside, empty).figures == {"invoices": 0}


@pytest.mark.clause("BT-2.h")
def test_the_note_says_when_a_minimum_applied(outside: Outside, run: Run, say: Callable[[str], object]) -> None:
    charge(say, run, 5, "[2026-12-01,2027-01-01)", "recurring", "31.00", rule="minimum_users")
    drafts.stage(outside, run)
    assert say("select note from invoice_line where from_day = '2026-12-01'") == [("minimum_users counted=0 charged=1 clause=BT-2.h",)]
