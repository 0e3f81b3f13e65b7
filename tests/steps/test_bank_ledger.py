"""The money ledger as the database keeps it: what came in is always somewhere, and nothing of it ever changes."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tasks.bank.importing import import_statements
from tasks.gates import examine_bank
from tasks.outside import Outside
from tests.bank_files import PAYERS, Paid, StatementOf, coda
from tests.steps.delivery_scene import Scene
from tests.steps.test_bank_import import ALFA1, ALFA2, BETA1, DAY, deliver, scene

__all__ = ["scene"]

STATEMENT = (
    "insert into bank_statement (iban, currency, number, from_day, to_day, opening, closing, layout, path, import_no)"
    " values ('BE71096123456769', 'EUR', {number}, '2026-11-11', '2026-11-11', {opening}, {closing}, 'coda', 'x', 1)"
)
MOVEMENT = (
    "insert into bank_movement (statement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, reference,"
    " text, end_to_end_id, mandate_id, is_return, return_reason)"
    " select max(statement_no), {seq}, '', '2026-11-11', '2026-11-11', {amount}, '', '', '', '', '', '', false, '' from bank_statement"
)
ALLOCATION = "insert into allocation (movement_no, place, invoice_id, payer_id, amount, how) values ({movement}, '{place}', {invoice}, {payer}, {amount}, 'unmatched')"
PAYMENT = "insert into payment (invoice_id, amount, paid_on, movement_no, allocation_no) values ({invoice}, {amount}, '2026-11-11', {movement}, {allocation})"


def allocation(place: str, amount: str, invoice: str = "null", payer: str = "null", movement: int = 2) -> str:
    return ALLOCATION.format(place=place, amount=amount, invoice=invoice, payer=payer, movement=movement)


@pytest.fixture
def ledger(outside: Outside, scene: Scene) -> Scene:
    """Statement 7: movement 1, 121.00 on invoice 1; movement 2, 5.00 unmatched."""
    deliver(outside, "a.cod", coda(StatementOf(7, DAY, "10.00", (Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("5.00", "?")))))
    import_statements(outside)
    return scene


REFUSED = [
    ("a movement changed", ["update bank_movement set amount = 6"], "can never change or go"),
    ("a movement deleted", ["delete from bank_movement"], "can never change or go"),
    ("a statement changed", ["update bank_statement set closing = 6"], "can never change or go"),
    ("an allocation deleted", ["delete from allocation"], "can never change or go"),
    ("a payment of a movement deleted", ["delete from payment"], "can never change or go"),
    ("a table emptied", ["truncate allocation cascade"], "never emptied"),
    ("a statement that does not add up", [STATEMENT.format(number=8, opening=1, closing=2)], "opens with 1.00, moves 0 and closes with 2.00"),
    ("a statement number twice", [STATEMENT.format(number=7, opening=1, closing=1)], "bank_statement_once"),
    ("a movement nowhere", [STATEMENT.format(number=8, opening=1, closing=3), MOVEMENT.format(seq=1, amount=2)], "movement 3 is 2.00 and 0 of it is allocated"),
    ("money allocated twice", [allocation("on_account", "5", payer="'ALFA'")], "movement 2 is 5.00 and 10.00 of it is allocated"),
    ("more taken out than was in", [allocation("unmatched", "-6"), allocation("on_account", "6", payer="'ALFA'")], "more is taken out than was put in"),
    ("an invoice paid without a payment", [allocation("unmatched", "-5"), allocation("invoice", "5", invoice="2")], "is no payment of its invoice"),
    ("a payment of another amount", [PAYMENT.format(invoice=1, amount=7, movement=1, allocation=2)], "is not what its allocation says"),
    ("a payment below zero of nothing", ["insert into payment (invoice_id, amount, paid_on) values (1, -5, '2026-11-11')"], "payment_amount_check"),
    ("an invoice without a number of it", [allocation("invoice", "5")], "check constraint"),
    ("money on account of nobody", [allocation("on_account", "5")], "check constraint"),
    ("another currency", [STATEMENT.format(number=8, opening=1, closing=1).replace("EUR", "USD")], "check constraint"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_the_database_refuses(outside: Outside, ledger: Scene, statements: Sequence[str], reason: str) -> None:
    with pytest.raises(DBAPIError, match=reason), outside.engine.begin() as conn:
        conn.execute(text("; ".join(statements)))


def test_a_clean_ledger_passes_its_gate_with_one_warning_for_what_is_unmatched(outside: Outside, ledger: Scene) -> None:
    found = {one.check: (one.passed, str(one.found)) for one in examine_bank(outside, DAY).findings}
    assert found == {
        "ledger_differs": (True, "0"), "payment_differs": (True, "0"), "statement_gap": (True, "0"), "statement_refused": (True, "0"),
        "unmatched_share": (True, "0.039683"),
    }  # fmt: skip


HALF_UNMATCHED = (
    "alter table allocation disable trigger user; update allocation set amount = 50 where movement_no = 2;"
    "alter table bank_movement disable trigger user; update bank_movement set amount = 50 where movement_no = 2"
)
WRONG = [
    ("ledger_differs", "alter table allocation disable trigger user; update allocation set amount = 6 where movement_no = 2", "critical", ""),
    ("payment_differs", "alter table payment disable trigger user; update payment set amount = 120", "critical", ""),
    (
        "statement_gap",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) values (1, 'bank/9.cod', 1, 'gap', 'S9', 'waits')",
        "critical", "bank/9.cod",
    ),
    (
        "statement_refused",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) values (1, 'bank/8.cod', 6, 'statement', '', 'cut off')",
        "critical", "bank/8.cod",
    ),
    (
        "unmatched_share",
        HALF_UNMATCHED,
        "warning", "50.00",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("check", "harm", "severity", "named"), WRONG, ids=[case[0] for case in WRONG])
def test_the_gate_finds(outside: Outside, ledger: Scene, check: str, harm: str, severity: str, named: str) -> None:
    for statement in harm.split(";"):
        ledger.say(statement)
    failed = {one.check: one for one in examine_bank(outside, None).findings if not one.passed}
    assert failed[check].severity == severity
    assert named in str(failed[check].examples)


def test_refused_bank_files_are_not_counted_by_the_gate_of_the_feed(outside: Outside, scene: Scene) -> None:
    deliver(outside, "a.cod", b"nonsense")
    assert len(import_statements(outside).rejects) == 1
    run = scene.close("2026-11", date(2026, 11, 28))
    from tasks.gates import examine

    failed = {one.check for one in examine(outside, run, "feed").findings if not one.passed}
    assert "files_unreadable" not in failed


cents = st.integers(1, 30_000).map(lambda n: f"{n // 100}.{n % 100:02d}")
payments = st.lists(
    st.builds(
        Paid, amount=cents, said=st.sampled_from([ALFA1, ALFA2, BETA1, "", "x 260000000170", f"{ALFA1} {ALFA2}", f"{BETA1} {ALFA1}"]),
        iban=st.sampled_from(["", *PAYERS.values()]), end_to_end=st.sampled_from(["", "E1", "E2"]),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paid=payments, returned=st.lists(st.integers(0, 7), max_size=4, unique=True))
def test_whatever_comes_in_and_is_handed_back_every_cent_is_somewhere(
    outside: Outside, scene: Scene, paid: Sequence[Paid], returned: Sequence[int]
) -> None:
    back = [
        Paid(f"-{paid[n].amount}", paid[n].said, paid[n].iban, end_to_end=paid[n].end_to_end, returned="MS03")
        for n in returned
        if n < len(paid)
    ]
    [(last,)] = scene.say("select count(*) from bank_statement")
    [(opening,)] = scene.say("select coalesce((select closing from bank_statement order by statement_no desc limit 1), 0.00)")
    number = int(str(last)) + 1
    day = date.fromordinal(DAY.toordinal() + number)
    deliver(outside, f"{number}.cod", coda(StatementOf(number, day, str(opening), (*paid, *back))))
    receipt = import_statements(outside)
    assert receipt.rejects == []
    assert receipt.totals.received == receipt.totals.on_invoices + receipt.totals.on_account + receipt.totals.unmatched
    [(moved,)] = scene.say("select coalesce(sum(amount), 0) from bank_movement")
    [(placed,)] = scene.say("select coalesce(sum(amount), 0) from allocation")
    assert moved == placed
    assert (
        scene.say(
            "select count(*) from payment join invoice using (invoice_id) group by number, gross having sum(amount) > gross or sum(amount) < 0"
        )
        == []
    )
    assert {one.check for one in examine_bank(outside, None).findings if not one.passed} <= {"unmatched_share"}
