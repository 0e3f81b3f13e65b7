"""Disputes: what the feed may say of them, what they hold back on PostgreSQL, and the list and the statement they stand on."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

import sql
from billing.disputes import PHASES, Dispute, contested, covered
from tasks import gates
from tasks.disputes import as_csv, as_text, disputes_on, late_claims
from tasks.dunning import run_dunning
from tasks.dunning.page import page
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tasks.payments import open_invoices_on
from tasks.statement import as_csv as statement_csv
from tasks.statement import as_text as statement_text
from tasks.statement import statement
from tests.steps.delivery_scene import Scene

D = Decimal
HEADER = "dispute_id,invoice_number,opened_on,amount,phase,guarantee_amount,closed_on"
ISSUED = date(2026, 10, 28)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA owes 2026-000001 of 121.00 and BETA 2026-000002 of 60.00, issued on 28 October 2026, due on 27 November."""
    scene = Scene(outside)
    run = scene.close()
    for payer, gross in (("ALFA", "121.00"), ("BETA", "60.00")):
        scene.payer(payer, name=f"{payer.title()} SA")
        scene.invoice(run, payer, gross)
    return scene


def delivered(outside: Outside, *rows: str) -> list[Reject]:
    """What is refused of disputes.csv once it has these rows."""
    path = Path(outside.settings.feed) / "disputes.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    import_feed(outside)
    with outside.engine.connect() as conn:
        return [one for one in sql.rows(conn, Reject, "feed/open_rejects") if one.path == "disputes.csv"]


def stored(scene: Scene) -> list[str]:
    """The disputes in force: id, phase, closing day."""
    rows = scene.say(
        "select record_id, record ->> 'phase', coalesce(record ->> 'closed_on', '-') from feed_record"
        " where table_name = 'disputes' and superseded_import is null order by 1"
    )
    return [" ".join(map(str, row)) for row in rows]


# ---------------------------------------------------------------- what the feed may say

REFUSED = [
    pytest.param(
        "D9,2026-000009,2026-11-02,40.00,claim,,", "invoice_number", "2026-000009",
        "no invoice of this number is issued; correct it, or leave the row in the file: every import looks at it again, "
        "and takes it once the invoice is issued",
        id="an invoice nobody knows",
    ),
    pytest.param(
        "D9,2026-000001,2026-10-27,40.00,claim,,", "opened_on", "2026-10-27",
        "before the invoice was issued on 2026-10-28; check the day and the number",
        id="opened on the eve of its invoice",
    ),
    pytest.param("D9,2026-000001,2026-11-02,0.00,claim,,", "amount", "0", "0; give what is contested, including VAT", id="nothing"),
    pytest.param("D9,2026-000001,2026-11-02,-1.00,claim,,", "amount", "-1.00", "negative; give 0 or more", id="less than nothing"),
    pytest.param(
        "D9,2026-000001,2026-11-02,121.01,claim,,", "amount", "121.01",
        "more than the 121.00 EUR of invoice 2026-000001, VAT included; contest at most that",
        id="a cent more than the invoice",
    ),
    pytest.param("D9,2026-000001,2026-11-02,40.00,appeal,,", "phase", "appeal",
                 "not one of claim, mediation, court; give one of these, in lower case", id="a phase nobody knows"),
    pytest.param("D9,2026-000001,2026-11-02,40.00,claim,-5.00,", "guarantee_amount", "-5.00", "negative; give 0 or more",
                 id="a guarantee below nothing"),
    pytest.param("D9,2026-000001,2026-11-02,40.00,claim,,2026-11-01", "closed_on", "2026-11-01",
                 "before opened_on 2026-11-02; check both days", id="closed before it was opened"),
]  # fmt: skip


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(("row", "column", "value", "reason"), REFUSED)
def test_a_dispute_that_cannot_be_is_refused_alone(outside: Outside, scene: Scene, row: str, column: str, value: str, reason: str) -> None:
    good = "D1,2026-000002,2026-10-28,60.00,claim,,"
    assert delivered(outside, good, row) == [Reject("disputes.csv", 3, column, value, reason)]
    assert stored(scene) == ["D1 claim -"]


@pytest.mark.clause("CG-4")
@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        pytest.param("claim", "mediation", "", id="a claim goes to the mediation service"),
        pytest.param("mediation", "court", "", id="and from there to court"),
        pytest.param("claim", "court", "the dispute is in the phase claim, and after claim comes mediation; correct the phase, or deliver "
                     "the one between first", id="never to court without mediation"),
        pytest.param("court", "mediation", "the dispute is in the phase court, and nothing comes after court; correct the phase, or deliver "
                     "the one between first", id="never back"),
    ],
)  # fmt: skip
def test_a_dispute_goes_one_phase_at_a_time(outside: Outside, scene: Scene, before: str, after: str, refused: str) -> None:
    assert delivered(outside, f"D1,2026-000001,2026-11-02,40.00,{before},,") == []
    found = delivered(outside, f"D1,2026-000001,2026-11-02,40.00,{after},,")
    assert [(one.column_name, one.value, one.reason) for one in found] == ([("phase", after, refused)] if refused else [])
    assert stored(scene) == [f"D1 {before if refused else after} -"]


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize("closed_on", ["", "2026-11-21"], ids=["open again", "open a day longer"])
def test_a_closed_dispute_is_not_reopened_but_taken_up_under_a_new_id(outside: Outside, scene: Scene, closed_on: str) -> None:
    closed = "D1,2026-000001,2026-11-02,40.00,claim,,2026-11-20"
    assert delivered(outside, closed) == []
    [said] = delivered(outside, f"D1,2026-000001,2026-11-02,40.00,claim,,{closed_on}")
    assert said.column_name == "closed_on"
    assert said.reason == "closed on 2026-11-20 before; a dispute is not reopened, give what is taken up again an id of its own"
    assert delivered(outside, closed, "D2,2026-000001,2026-11-21,40.00,claim,,") == []
    assert stored(scene) == ["D1 claim 2026-11-20", "D2 claim -"]


@pytest.mark.clause("GC-9.3")
def test_a_dispute_stays_with_its_invoice(outside: Outside, scene: Scene) -> None:
    delivered(outside, "D1,2026-000001,2026-11-02,40.00,claim,,")
    [said] = delivered(outside, "D1,2026-000002,2026-11-02,40.00,claim,,")
    assert (said.column_name, said.reason) == (
        "invoice_number", "dispute D1 is of invoice 2026-000001; give another dispute an id of its own"
    )  # fmt: skip


@pytest.mark.clause("GC-9.3")
def test_the_disputes_of_an_invoice_on_one_day_come_to_no_more_than_it(outside: Outside, scene: Scene) -> None:
    """40.00 and 81.00 of 121.00 stand together; a cent more does not, unless one is closed by then."""
    first, second = "D1,2026-000001,2026-11-02,40.00,claim,,", "D2,2026-000001,2026-11-10,81.00,claim,,"
    assert delivered(outside, first, second) == []
    one_cent = "D3,2026-000001,2026-11-12,0.01,claim,,"
    [said] = delivered(outside, first, second, one_cent)
    assert (said.line, said.column_name) == (4, "amount")
    assert said.reason == "with the other disputes of invoice 2026-000001 121.01 EUR, more than its 121.00; correct one of them"
    assert delivered(outside, f"{first}2026-11-12", second, one_cent) == []
    [said] = delivered(outside, f"{first}2026-11-12", second.replace("81.00", "121.01"), one_cent)
    assert said.line == 3
    assert stored(scene) == ["D1 claim 2026-11-12", "D2 claim -", "D3 claim -"]


@pytest.mark.clause("GC-9.3")
def test_an_older_dispute_that_comes_later_counts_on_every_day_it_stands(outside: Outside, scene: Scene) -> None:
    assert delivered(outside, "D2,2026-000001,2026-11-10,81.00,claim,,") == []
    [said] = delivered(outside, "D2,2026-000001,2026-11-10,81.00,claim,,", "D1,2026-000001,2026-11-02,40.01,claim,,")
    assert (said.line, said.reason.startswith("with the other disputes of invoice 2026-000001 121.01 EUR")) == (3, True)


def test_a_dispute_that_came_before_its_invoice_is_taken_by_the_import_after_it_is_issued(outside: Outside, scene: Scene) -> None:
    """The file has not changed: a refused row is looked at again by every import."""
    row = "D1,2026-000003,2026-11-29,10.00,claim,,"
    [said] = delivered(outside, row)
    assert said.reason.startswith("no invoice of this number is issued")
    scene.invoice(scene.close("2026-11", date(2026, 11, 28)), "BETA", "80.00")
    assert delivered(outside, row) == []
    assert stored(scene) == ["D1 claim -"]


def debit_note(scene: Scene) -> None:
    """D2026-000001 of 9.00 to ALFA."""
    scene.say("set local session_replication_role = replica; insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, "
              "vat, gross, series, seq, number, issued_on, due_on, structured_reference) select run_id, 'debit_note', payer_id, 1, 30, 9, 0, 9, "
              "'debit_note-2026', 1, 'D2026-000001', issued_on, due_on, 'x' from invoice where number = '2026-000001'")  # fmt: skip


@pytest.mark.clause("GC-9.3")
def test_a_debit_note_may_be_disputed_and_a_credit_note_not(outside: Outside, scene: Scene) -> None:
    debit_note(scene)
    scene.say("set local session_replication_role = replica; insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, "
              "vat, gross, series, seq, number, issued_on, due_on, structured_reference, credits_invoice_id) select run_id, 'credit_note', "
              "payer_id, 1, 0, -5, 0, -5, 'credit_note-2026', 1, 'C2026-000001', issued_on, issued_on, 'y', invoice_id from invoice "
              "where number = '2026-000001'")  # fmt: skip
    [said] = delivered(outside, "D1,D2026-000001,2026-11-02,9.00,claim,,", "D2,C2026-000001,2026-11-02,5.00,claim,,")
    assert (said.line, said.reason) == (
        3,
        "a credit note, of which nothing is asked (-5.00 EUR); give the number of the invoice it credits",
    )
    with outside.engine.connect() as conn:
        [held] = [one for one in open_invoices_on(conn, date(2026, 11, 2)) if one.kind == "debit_note"]
    assert (held.contested, held.open_amount) == (D("9.00"), D("9.00"))


# ---------------------------------------------------------------- before reminders


def stops_reminders(outside: Outside, on: date = date(2026, 12, 1)) -> dict[str, str]:
    """The checks on disputes that fail before the reminders of a day, with how severe they are."""
    found = gates.examine_before_dunning(outside, on).findings
    return {one.check: one.severity for one in found if one.check.startswith("dispute") and not one.passed}


@pytest.mark.clause("GC-9.3")
def test_a_dispute_that_lies_unread_in_the_feed_stops_the_reminders_until_it_is_imported(outside: Outside, scene: Scene) -> None:
    good = "D1,2026-000001,2026-11-02,40.00,claim,,"
    delivered(outside)
    assert stops_reminders(outside) == {}
    path = Path(outside.settings.feed) / "disputes.csv"
    path.write_text(f"{HEADER}\n{good}\n", encoding="utf-8")
    assert stops_reminders(outside) == {"dispute_unread": "critical"}
    assert stops_reminders(outside, ISSUED - timedelta(days=1)) == {}  # nobody owes anything
    delivered(outside, good)
    assert stops_reminders(outside) == {}


@pytest.mark.clause("GC-9.3")
def test_a_refused_dispute_stops_the_reminders_and_one_of_an_unknown_invoice_is_a_warning(outside: Outside, scene: Scene) -> None:
    delivered(outside, "D1,2026-000001,2026-11-02,500.00,claim,,")
    assert stops_reminders(outside) == {"dispute_refused": "critical"}
    delivered(outside, "D1,2026-000077,2026-11-02,50.00,claim,,")
    assert stops_reminders(outside) == {"dispute_unplaced": "warning"}


# ---------------------------------------------------------------- the list and the statement


@pytest.mark.clause("GC-14.2", "GC-9.3", "CG-4")
def test_the_list_says_what_is_asked_meanwhile_what_is_guaranteed_and_which_claim_is_late(outside: Outside, scene: Scene) -> None:
    """Invoices of 28 October: day 30 is 27 November, a claim of the 28th, day 31, is late."""
    scene.dispute("D1", "2026-000001", "2026-11-27", "40.00", phase="mediation", guarantee="25.00")
    scene.dispute("D2", "2026-000002", "2026-11-28", "60.00")
    scene.dispute("D3", "2026-000002", "2026-10-30", "5.00", closed_on="2026-11-15")
    on = date(2026, 12, 1)
    assert as_text(disputes_on(outside.engine, on), on).splitlines() == [
        "Disputes open on 2026-12-01, EUR including VAT",
        "ALFA (Alfa SA)",
        "  invoice 2026-000001 of 2026-10-28: open 121.00, asked meanwhile 81.00, no suspension for the 25.00 guaranteed (GC-9.3)",
        "    D1  opened 2026-11-27         40.00  mediation  guarantee 25.00",
        "BETA (Beta SA)",
        "  invoice 2026-000002 of 2026-10-28: open 60.00, asked meanwhile 0.00",
        "    D2  opened 2026-11-28         60.00  claim  LATE: 31 days after the invoice, more than 30",
        "1 late claim waits for a decision (GC-14.2): deliver closed_on where it is not admitted; until then the amount is not asked for",
    ]
    rows = list(csv.DictReader(io.StringIO(as_csv(disputes_on(outside.engine, on)))))
    assert [(row["dispute_id"], row["days"], row["late"], row["asked"], row["guaranteed"]) for row in rows] == [
        ("D1", "30", "False", "81.00", "25.00"),
        ("D2", "31", "True", "0.00", "0.00"),
    ]


def test_of_an_invoice_paid_in_the_meantime_nothing_is_asked_and_the_dispute_stands(outside: Outside, scene: Scene) -> None:
    scene.dispute("D1", "2026-000001", "2026-11-02", "40.00")
    scene.say(
        "insert into payment (invoice_id, amount, paid_on) select invoice_id, 121, '2026-11-10' from invoice where number = '2026-000001'"
    )
    [row] = disputes_on(outside.engine, date(2026, 11, 10))
    assert (row.open_amount, row.contested, row.asked) == (D("0.00"), D("0.00"), D("0.00"))


def test_without_a_dispute_the_list_says_none(outside: Outside, scene: Scene) -> None:
    assert as_text(disputes_on(outside.engine, ISSUED), ISSUED) == "Disputes open on 2026-10-28, EUR including VAT\n  none"


@pytest.mark.clause("GC-14.2")
@pytest.mark.parametrize(
    ("opened_on", "note"),
    [
        pytest.param("2026-11-27", "claim", id="day 30 is in time"),
        pytest.param("2026-11-28", "claim, late claim (GC-14.2)", id="day 31 is late"),
    ],
)
def test_a_late_claim_is_marked_on_the_statement_and_counts_until_a_person_decides(
    outside: Outside, scene: Scene, opened_on: str, note: str
) -> None:
    scene.dispute("D1", "2026-000001", opened_on, "40.00")
    on = date(2026, 12, 1)
    found = statement(outside.engine, "ALFA", on)
    assert f"  D1  invoice 2026-000001         40.00  since {opened_on}, {note}" in statement_text(found)
    [row] = [row for row in csv.DictReader(io.StringIO(statement_csv(found))) if row["what"] == "dispute"]
    assert (row["reference"], row["day"], row["contested"], row["note"]) == ("2026-000001", opened_on, "40.00", note)
    assert found.ageing.total_contested == D("40.00")
    with outside.engine.connect() as conn:
        assert [dispute.dispute_id for dispute, _ in late_claims(conn, on)] == (["D1"] if "late" in note else [])


@pytest.mark.clause("GC-14.2", "GC-9.3")
def test_a_day_of_dunning_asks_for_the_rest_and_names_the_late_claim_for_finance(outside: Outside, scene: Scene) -> None:
    """Of 121.00, 40.00 are contested on day 31: 81.00 are asked for, of 60.00 contested on day 30 nothing; nobody calls that one late."""
    scene.dispute("D1", "2026-000001", "2026-11-28", "40.00")
    scene.dispute("D2", "2026-000002", "2026-11-27", "60.00")
    line = "ALFA: dispute D1 of 40.00 EUR on 2026-000001 came 31 days after it, more than 30: finance decides (GC-14.2)"
    for day in (run_dunning(outside, date(2026, 12, 4), preview=True), run_dunning(outside, date(2026, 12, 4))):
        assert [(each.payer_id, str(each.open_amount)) for each in day.notices] == [("ALFA", "81.00")]
        assert day.late_claims == (line,)
        assert line in str(day)
        assert f"- {line}" in page(outside, day)


# ---------------------------------------------------------------- the database and the rule agree

cents = st.integers(1, 20_000).map(lambda n: D(n).scaleb(-2))
days = st.integers(0, 60).map(lambda n: ISSUED + timedelta(days=n))
some_disputes = st.lists(
    st.builds(
        lambda number, opened, lasts, amount, phase, guarantee: Dispute(
            "", number, opened, amount, phase, guarantee, None if lasts is None else opened + timedelta(days=lasts)
        ),
        st.sampled_from(["2026-000001", "2026-000002", "2026-000009"]), days, st.none() | st.integers(0, 40), cents, st.sampled_from(PHASES),
        st.sampled_from([D("0.00"), D("10.00"), D("75.25")]),
    ),
    max_size=5,
)  # fmt: skip
some_payments = st.lists(st.tuples(st.sampled_from(["2026-000001", "2026-000002"]), days, cents), max_size=4)
GROSS = {"2026-000001": D("121.00"), "2026-000002": D("60.00")}


@pytest.mark.clause("GC-9.3")
@given(some_disputes, some_payments, some_payments, days)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_the_rule_agree_on_what_is_contested_and_covered(
    outside: Outside, scene: Scene, told: list[Dispute], paid: Sequence[tuple[str, date, Decimal]],
    credited: Sequence[tuple[str, date, Decimal]], on: date,
) -> None:  # fmt: skip
    """Whatever was disputed, paid and credited, open amounts are those of a plain sum and what is held back is what the rule says."""
    with outside.engine.connect() as conn, conn.begin() as undone:
        conn.execute(text("set local session_replication_role = replica"))
        for place, one in enumerate(told):
            record = {"invoice_number": one.invoice_number, "opened_on": str(one.opened_on), "amount": str(one.amount), "phase": one.phase,
                      "guarantee_amount": str(one.guarantee) if one.guarantee else None,
                      "closed_on": str(one.closed_on) if one.closed_on else None}  # fmt: skip
            conn.execute(
                text("insert into feed_record (table_name, record_id, version, valid_import, record) values ('disputes', :id, 1, 1, "
                     "cast(:record as jsonb))"), {"id": f"D{place}", "record": json.dumps(record)},
            )  # fmt: skip
        for number, day, amount in paid:
            conn.execute(
                text(
                    "insert into payment (invoice_id, amount, paid_on) select invoice_id, :amount, :day from invoice where number = :number"
                ),
                {"number": number, "amount": amount, "day": day},
            )
        for place, (number, day, amount) in enumerate(credited):
            conn.execute(
                text("insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, series, seq, number, issued_on,"
                     " due_on, structured_reference, credits_invoice_id) select run_id + :place, 'credit_note', payer_id, 1, 0, -:amount, 0,"
                     " -:amount, 'credit_note-2026', :place, 'C' || :place, :day, :day, 'C' || :place, invoice_id from invoice"
                     " where number = :number"),
                {"number": number, "amount": amount, "day": day, "place": place + 1},
            )  # fmt: skip
        found = {one.number: (one.open_amount, one.contested, one.covered) for one in open_invoices_on(conn, on) if one.number in GROSS}
        undone.rollback()
    expected = {}
    for number, gross in GROSS.items():
        left = gross - sum((amount for other, day, amount in [*paid, *credited] if other == number and day <= on), D("0.00"))
        if left > 0:
            expected[number] = (left, contested(told, number, left, on), covered(told, number, left, on))
    assert found == expected
