"""A run of late charges computed again with what it had read, and each of its lines explained."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from billing.period import Period
from tasks import credit, gates, issue
from tasks.audit.differences import differences
from tasks.audit.findings import Findings
from tasks.audit.naming import names_of
from tasks.audit.recomputing import issued_runs, recomputed
from tasks.explain import explain
from tasks.ledger import Run, Step, Stopped, open_credit, run_step
from tasks.outside import Outside
from tests.steps.late_scene import LateScene

pytestmark = pytest.mark.clause("CG-2.e")

D = Decimal


@pytest.fixture
def scene(outside: Outside) -> LateScene:
    """Two runs: on 1 January interest, a fee and a cost for ALFA, and BETA parked; on 1 February interest again, and BETA."""
    scene = LateScene(outside)
    scene.someone("BETA", mail="")
    number = scene.due("2026-11-28")
    scene.due("2026-11-28", "700.00", payer_id="BETA")
    scene.paid(number, "400.00", "2026-12-10")
    scene.contests(number, "100.00", "2026-12-20")
    scene.letter(number, "2026-12-12")
    scene.cost("K-1", "25.00", "2026-12-20")
    scene.day("2027-01-01")
    scene.readdressed("BETA", "beta@payer.example")
    scene.day("2027-02-01")
    return scene


def late_runs(outside: Outside) -> list[Run]:
    with outside.engine.connect() as conn:
        return [run for month in ("2027-01", "2027-02") for run in issued_runs(conn, Period.month(month)) if run.kind == "late_charges"]


def found_again(outside: Outside, run: Run) -> list[str]:
    with recomputed(outside, run) as past, outside.engine.begin() as conn:
        found = differences(conn, past)
        return [str(each) for each in Findings(run.name, names_of(conn, found), found).all()]


def test_it_comes_out_as_issued_whatever_was_paid_contested_or_credited_later(outside: Outside, scene: LateScene) -> None:
    scene.paid("2026-000001", "600.00", "2026-12-01")  # told late, dated before both runs: with it all was paid before the letter
    scene.contests("2026-000001", "600.00", "2026-12-01")
    scene.cost("K-1", "99.00", "2026-12-20")
    scene.came_back(int(str(scene.say("select notice_id from dunning_notice")[0][0])), "2027-02-05")
    runs = late_runs(outside)
    assert [run.name for run in runs] == ["late charges 2027-01", "late charges 2027-02"]
    assert [found_again(outside, run) for run in runs] == [[], []]


def test_a_charge_that_was_tampered_with_is_found_on_its_line(outside: Outside, scene: LateScene) -> None:
    first = late_runs(outside)[0]
    with outside.engine.begin() as conn:
        conn.execute(text("set local session_replication_role = replica"))
        conn.execute(text("update late_charge set policy = 'article119' where what = 'interest' and run_id = :run"), {"run": first.run_id})
        conn.execute(text("update payment set paid_on = '2027-01-25'"))
    [found] = found_again(outside, first)
    assert found == (
        "D2027-000001 line 1, interest 2026-11-29 to 2026-12-28: issued 1 × 5.00 = 5.00, recomputed 1 × 9.00 = 9.00; "
        "differs: policy article119 → contract"
    )


@pytest.mark.clause("CG-2.d", "GC-5.1")
def test_every_line_is_explained_by_what_it_was_computed_from(outside: Outside, scene: LateScene) -> None:
    head, totals, made, _, *said = explain(outside.engine, "D2027-000001").splitlines()
    assert (head, totals, made) == (
        "debit note D2027-000001 of 2027-01-01, due 2027-01-31, to ALFA (version 1)",
        "  totals     net 40.00 + VAT 0.00 = 40.00 EUR",
        "  made by    late charges 2027-01 on 2027-01-01: late_charges from import 3, drafts from import 3",
    )
    assert [line for line in said if line and not line.startswith("  clause")] == [
        "line 1  “Late interest on invoice 2026-000001”, 2026-11-29 to 2026-12-28: 1 × 5.00, 5.00 EUR, interest",
        "  invoice    2026-000001 of 1000.00 with VAT, due 2026-11-28",
        "  delay      2026-11-29 to 2026-12-28: 500.00 × 1.00 % = 5.00",
        "  arithmetic 5.00, rounded half-up to the cent = 5.00",
        "  rule       billing.interest.interest (CG-2.e, GC-5.2)",
        "  policy     contract, on 2027-01-01",
        "line 2  “Reminder fee, letter of 12/12/2026”, 2026-12-12: 1 × 10.00, 10.00 EUR, fee",
        "  letter     level 2 of 2026-12-12, delivered by email: 10.00",
        "  rule       billing.late_charges.letters_charged (CG-2.d, CG-2.e)",
        "  policy     contract, on 2027-01-01",
        "line 3  “Recovery costs – Bailiff's writ”, 2026-12-20: 1 × 25.00, 25.00 EUR, fee",
        "  cost       K-1 of recovery_costs.csv, incurred on 2026-12-20: 25.00",
        "  rule       billing.late_charges.costs_charged (CG-2.e)",
        "  policy     contract, on 2027-01-01",
        "VAT",
        "  O          40.00 × 0.00 % = 0.00, rounded half-up to the cent",
        "  rule       tasks.late_charges.debit_notes.debit_note (CG-2.d, CG-2.e, GC-5.1): interest and compensation bear no VAT, wherever the payer is",
    ]


def test_what_was_charged_before_is_taken_off_in_the_explanation(outside: Outside, scene: LateScene) -> None:
    said = explain(outside.engine, "D2027-000002", 1).splitlines()
    assert "  arithmetic 10.00, rounded half-up to the cent = 10.00, less 5.00 charged before = 5.00" in said


def test_interest_by_days_within_a_legal_rate_is_explained_with_its_days(outside: Outside) -> None:
    by_law = outside.settings.model_copy(update={"interest": "daily", "dunning_policy": "article119"})
    scene = LateScene(Outside(by_law, outside.engine, outside.out))
    scene.due("2026-12-28", "10000.00")
    scene.day("2027-02-01")
    said = explain(outside.engine, "D2027-000001", 1).splitlines()
    assert [line for line in said if line.startswith(("  delay", "  arithmetic", "  policy"))] == [
        "  delay      2026-12-29 to 2026-12-31: 10000.00 × 0.375 % × 3/31 = 3.629032…",
        "  delay      2027-01-01 to 2027-01-31: 10000.00 × 0.375 % × 31/31 = 37.50",
        "  delay      2027-02-01 to 2027-02-01: 10000.00 × 0.375 % × 1/28 = 1.339285…",
        "  arithmetic 42.468317…, rounded half-up to the cent = 42.47",
        "  policy     article119, on 2027-02-01",
    ]
    assert found_again(outside, late_runs(outside)[0]) == []


@pytest.mark.clause("CG-2.d")
def test_the_credit_of_a_debit_note_comes_out_as_issued_too(outside: Outside, scene: LateScene) -> None:
    asked = credit.Request("D2027-000001", "goodwill", (2,))
    run = open_credit(
        outside.engine, asked.number, date(2027, 2, 10), asked.text, check=lambda conn: credit.refuse(conn, asked, date(2027, 2, 10))
    )
    for name, stage in (("drafts", credit.stage), ("issue", issue.stage)):
        run_step(outside, run, Step(name, stage, name), gates.check)
    assert scene.say("select number, net, vat from invoice where kind = 'credit_note'") == [("C2027-000001", D("-10.00"), D("0.00"))]
    scene.day("2027-03-01")
    assert not any("reminder_fee" in row for row in scene.charged("2027-03"))  # given up once and for all
    assert found_again(outside, run) == []
    assert [found_again(outside, each) for each in late_runs(outside)] == [[], []]
    with pytest.raises(Stopped, match="D2027-000001 is a debit note and is not made anew"), outside.engine.connect() as conn:
        credit.refuse(conn, credit.Request("D2027-000001", "again", again=True), date(2027, 2, 10))
