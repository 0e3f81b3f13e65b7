"""Bank statements into the ledger: booked once, in order, all or nothing, their money matched and never lost."""

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.bank.importing import GapAccepted, import_statements
from tasks.bank.receipt import BankReceipt
from tasks.outside import Outside
from tasks.payments import open_invoices_on, pay
from tests.bank_files import OURS, PAYERS, Paid, StatementOf, camt, coda
from tests.steps.delivery_scene import Scene

D = Decimal
DAY = date(2026, 11, 10)
ALFA1, ALFA2, BETA1, GAMMA1 = "260000000170", "260000000271", "260000000372", "260000000473"


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA owes 2026-000001 (121.00) and 2026-000002 (60.50), BETA 2026-000003 (48.40), GAMMA 2026-000004 (30.00); due 27 November."""
    scene = Scene(outside)
    run = scene.close()
    for payer, amounts in {"ALFA": ("121.00", "60.50"), "BETA": ("48.40",), "GAMMA": ("30.00",)}.items():
        scene.payer(payer, name=f"Company {payer.title()}")
        for days, gross in enumerate(amounts, start=30):
            scene.invoice(run, payer, gross, days=days)
    return scene


def deliver(outside: Outside, name: str, content: bytes) -> None:
    path = Path(outside.settings.feed) / "bank" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def booked(outside: Outside, *paid: Paid, day: date = DAY, number: int = 7, opening: str = "1000.00") -> BankReceipt:
    """One CODA statement, imported."""
    deliver(outside, f"{day}.cod", coda(StatementOf(number, day, opening, paid)))
    return import_statements(outside)


def still_open(outside: Outside, day: date = date(2026, 12, 31)) -> dict[str, Decimal]:
    with outside.engine.connect() as conn:
        return {one.number[-1]: one.open_amount for one in open_invoices_on(conn, day)}


def places(scene: Scene) -> list[str]:
    """All that is anywhere, as `movement place of amount`."""
    rows = scene.say(
        "select movement_no, place, coalesce(right(number, 1), a.payer_id, '-'), sum(amount) from allocation a left join invoice using"
        " (invoice_id) group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3"
    )
    return [" ".join(map(str, row)) for row in rows]


def refusals(receipt: BankReceipt) -> list[str]:
    return [f"{one.path}:{one.line}: {one.reason}" for one in receipt.rejects]


ALL_OPEN = {"1": D("121.00"), "2": D("60.50"), "3": D("48.40"), "4": D("30.00")}


def test_a_payment_with_its_communication_pays_its_invoice_on_the_day_the_bank_booked_it(outside: Outside, scene: Scene) -> None:
    receipt = booked(outside, Paid("121.00", ALFA1, PAYERS["ALFA"], "COMPANY ALFA"))
    assert still_open(outside) == {"2": D("60.50"), "3": D("48.40"), "4": D("30.00")}
    assert still_open(outside, DAY - timedelta(days=1))["1"] == D("121.00")
    assert (receipt.statements, receipt.movements, receipt.figures["matched"]) == (1, 1, 1)
    assert str(receipt.totals) == "money received 121.00 EUR = on invoices 121.00 + on account 0.00 + unmatched 0.00"
    assert scene.say("select amount, paid_on, movement_no from payment") == [(D("121.00"), DAY, 1)]


@pytest.mark.parametrize("layout", ["coda", "camt 02", "camt 04", "camt 08", "camt 13"])
def test_both_formats_say_the_same(outside: Outside, scene: Scene, layout: str) -> None:
    statement = StatementOf(7, DAY, "1000.00", (
        Paid("121.00", ALFA1, PAYERS["ALFA"], "Soci\u00e9t\u00e9 Alfa"), Paid("48.40", "facture +++260/0000/00372+++ merci", PAYERS["BETA"]),
        Paid("-12.10", "frais de tenue de compte"), Paid("5.00", "who am I", "BE62510007547061"),
    ))  # fmt: skip
    deliver(
        outside, "a.cod" if layout == "coda" else "a.xml", coda(statement) if layout == "coda" else camt(statement, version=layout[-2:])
    )
    receipt = import_statements(outside)
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 3 48.40", "3 aside - -12.10", "4 unmatched - 5.00"]
    assert refusals(receipt) == []
    assert scene.say("select counterparty_name, counterparty_iban from bank_movement where movement_no = 1") == [
        ("Soci\u00e9t\u00e9 Alfa", PAYERS["ALFA"])
    ]


def test_the_same_file_twice_under_another_name_and_in_the_other_format_is_booked_once(outside: Outside, scene: Scene) -> None:
    statement = StatementOf(7, DAY, "1000.00", (Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("3.00", "?")))
    deliver(outside, "a.cod", coda(statement))
    first = import_statements(outside)
    again = import_statements(outside)
    deliver(outside, "b.cod", coda(statement))
    deliver(outside, "c.xml", camt(statement))
    deliver(outside, "d.xml", camt(StatementOf(None, DAY, "1000.00", statement.paid), version="02"))
    third = import_statements(outside)
    assert (first.statements, again.statements, third.statements, third.known) == (1, 0, 0, 3)
    assert scene.say("select count(*), sum(amount) from bank_movement") == [(2, D("124.00"))]
    assert scene.say("select count(*), sum(amount) from payment") == [(1, D("121.00"))]
    assert refusals(third) == []


def test_an_import_with_nothing_new_leaves_the_database_as_it_was(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("5.00", "?"))
    counts = "select (select count(*) from import_run), (select count(*) from allocation), (select count(*) from feed_file)"
    before = scene.say(counts)
    import_statements(outside)
    assert scene.say(counts) == before


def test_a_part_payment_leaves_the_rest_open_and_the_rest_closes_it(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("21.00", ALFA1, PAYERS["ALFA"]))
    assert still_open(outside)["1"] == D("100.00")
    booked(outside, Paid("100.00", ALFA1, PAYERS["ALFA"]), day=DAY + timedelta(days=1), number=8, opening="1021.00")
    assert "1" not in still_open(outside)


def test_what_is_paid_too_much_or_twice_stands_on_account_of_the_payer(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("50.00", BETA1), Paid("121.00", ALFA1), Paid("121.00", ALFA1))
    assert places(scene) == ["1 invoice 3 48.40", "1 on_account BETA 1.60", "2 invoice 1 121.00", "3 on_account ALFA 121.00"]


def test_two_payments_of_one_invoice_in_one_statement_never_pay_more_than_it(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("100.00", ALFA1), Paid("100.00", ALFA1))
    assert places(scene) == ["1 invoice 1 100.00", "2 invoice 1 21.00", "2 on_account ALFA 79.00"]


def test_a_payment_recorded_by_hand_before_counts(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, "2026-000001", D("121.00"), DAY)
    booked(outside, Paid("121.00", ALFA1))
    assert places(scene) == ["1 on_account ALFA 121.00"]


def test_an_account_that_paid_before_is_known_by_it(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("60.50", "loyer", PAYERS["ALFA"]), Paid("30.00", "", PAYERS["ALFA"]))
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 2 60.50", "3 unmatched - 30.00"]


def test_unmatched_money_is_matched_once_its_account_is_known(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("60.50", "invoices", PAYERS["ALFA"]))
    assert places(scene) == ["1 unmatched - 60.50"]
    booked(outside, Paid("121.00", ALFA1, PAYERS["ALFA"]), day=DAY + timedelta(days=1), number=8, opening="1060.50")
    assert places(scene) == ["1 invoice 2 60.50", "2 invoice 1 121.00"]
    assert still_open(outside) == {"3": D("48.40"), "4": D("30.00")}


RETURNED = [
    pytest.param(Paid("-121.00", "", "", end_to_end="E2E-1", returned="MS03"), id="by its end-to-end id"),
    pytest.param(Paid("-121.00", ALFA1, "", returned="AC04"), id="by its communication"),
    pytest.param(Paid("-121.00", "refund", PAYERS["ALFA"], returned="MD06"), id="by its account"),
]


@pytest.mark.parametrize("back", RETURNED)
def test_a_payment_handed_back_opens_its_invoice_again_from_that_day(outside: Outside, scene: Scene, back: Paid) -> None:
    booked(outside, Paid("121.00", ALFA1, PAYERS["ALFA"], end_to_end="E2E-1"), Paid("48.40", BETA1, PAYERS["BETA"], end_to_end="E2E-2"))
    later = DAY + timedelta(days=3)
    receipt = booked(outside, back, day=later, number=8, opening="1169.40")
    assert receipt.figures["returned"] == 1
    assert "1" not in still_open(outside, DAY)
    assert still_open(outside, later) == {"1": D("121.00"), "2": D("60.50"), "4": D("30.00")}
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 3 48.40", "3 invoice 1 -121.00"]
    assert str(receipt.totals) == "money received 48.40 EUR = on invoices 48.40 + on account 0.00 + unmatched 0.00"


def test_a_return_takes_back_all_its_payment_paid_and_what_stood_on_account(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("200.00", "260000000170 260000000271", PAYERS["ALFA"], end_to_end="X"))
    assert places(scene) == ["1 invoice 1 121.00", "1 invoice 2 60.50", "1 on_account ALFA 18.50"]
    booked(outside, Paid("-200.00", "", "", end_to_end="X", returned="MS02"), day=DAY + timedelta(days=1), number=8, opening="1200.00")
    assert still_open(outside) == ALL_OPEN


def test_a_return_opens_of_a_credited_invoice_only_what_is_still_due(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("121.00", ALFA1, PAYERS["ALFA"], end_to_end="E"))
    scene.say("set local session_replication_role = replica; insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, "
              "series, seq, number, issued_on, due_on, structured_reference, credits_invoice_id) select run_id, 'credit_note', payer_id, 1, 0, "
              "-50, 0, -50, 'credit_note-2026', 1, 'C2026-000001', issued_on, issued_on, 'x', invoice_id from invoice where number = '2026-000001'")  # fmt: skip
    back = Paid("-121.00", "", "", end_to_end="E", returned="MS03")
    booked(outside, back, Paid("121.00", ALFA1), day=DAY + timedelta(days=1), number=8, opening="1121.00")
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 1 -121.00", "3 invoice 1 71.00", "3 on_account ALFA 50.00"]


def test_a_return_of_unmatched_money_clears_the_worklist(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("9.99", "?", "BE62510007547061", end_to_end="Y"))
    receipt = booked(
        outside, Paid("-9.99", "", "", end_to_end="Y", returned="MS02"), day=DAY + timedelta(days=1), number=8, opening="1009.99"
    )
    assert (receipt.worklist, receipt.totals.received, receipt.totals.unmatched) == (0, D("0"), D("0"))


def test_a_return_nobody_can_tie_to_a_payment_waits_for_a_person(outside: Outside, scene: Scene) -> None:
    receipt = booked(outside, Paid("121.00", ALFA1), Paid("-77.00", "", PAYERS["GAMMA"], returned="MS03"))
    assert places(scene) == ["1 invoice 1 121.00", "2 unmatched - -77.00"]
    assert receipt.worklist == 1


def test_a_return_from_a_batch_is_tied_to_the_invoice_its_id_names(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, "2026-000003", D("48.40"), DAY)  # by a batch credited in one sum
    booked(outside, Paid("-48.40", "", PAYERS["BETA"], end_to_end="2026-000003", returned="MS03"), day=DAY + timedelta(days=2))
    assert still_open(outside)["3"] == D("48.40")


def test_a_total_and_its_details_are_never_both_counted(outside: Outside, scene: Scene) -> None:
    collected = (Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("48.40", BETA1, PAYERS["BETA"]))
    terminals = (Paid("100.00", "card"), Paid("50.00", "card"))
    explained = (Paid("31.00", "gross"), Paid("-1.00", "charges"))
    booked(
        outside, Paid("169.40", details=collected), Paid("150.00", "terminal", details=terminals, total_kind="2"),
        Paid("30.00", GAMMA1, PAYERS["GAMMA"], details=explained, total_kind="3"),
    )  # fmt: skip
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 3 48.40", "3 unmatched - 150.00", "4 invoice 4 30.00"]


def test_an_entry_of_several_payments_in_camt_is_booked_payment_by_payment(outside: Outside, scene: Scene) -> None:
    collected = (Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("48.40", BETA1, PAYERS["BETA"]))
    wages = (Paid("-10.00", "pay", "BE62510007547061"), Paid("-20.00", "pay", "BE62510007547061"))
    deliver(outside, "a.xml", camt(StatementOf(7, DAY, "0.00", (Paid("169.40", details=collected), Paid("-30.00", details=wages)))))
    import_statements(outside)
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 3 48.40", "3 aside - -30.00"]


# ---------------------------------------------------------------- the order of statements


def three(opening: str = "100.00") -> list[StatementOf]:
    """Statements 5, 6 and 7, of 1.00 each, on three days."""
    return [StatementOf(5 + n, DAY + timedelta(days=n), str(D(opening) + n), (Paid("1.00", "?"),)) for n in range(3)]


def test_files_are_booked_in_the_order_of_their_statements_whatever_they_are_called(outside: Outside, scene: Scene) -> None:
    for name, statement in zip("cab", three(), strict=True):
        deliver(outside, f"{name}.cod", coda(statement))
    assert import_statements(outside).statements == 3
    assert [number for (number,) in scene.say("select number from bank_statement order by statement_no")] == [5, 6, 7]


def test_a_statement_after_a_gap_waits_and_is_booked_once_the_missing_one_comes(outside: Outside, scene: Scene) -> None:
    five, six, seven = three()
    deliver(outside, "5.cod", coda(five))
    deliver(outside, "7.cod", coda(seven))
    receipt = import_statements(outside)
    [said] = refusals(receipt)
    assert said.startswith(f"bank/7.cod:1: statement {OURS}/2026/7 waits: the last one before it is {OURS}/2026/5; deliver what is missing")
    assert said.endswith(f"or, if the bank made none, run `billing bank --accept-gap {OURS}/2026/7 --by NAME`")
    assert import_statements(outside).statements == 0
    deliver(outside, "6.xml", camt(six))
    receipt = import_statements(outside)
    assert (receipt.statements, refusals(receipt)) == (2, [])


def test_a_gap_is_accepted_on_somebodys_word(outside: Outside, scene: Scene) -> None:
    five, _, seven = three()
    deliver(outside, "5.cod", coda(five))
    deliver(outside, "7.cod", coda(seven))
    assert import_statements(outside, gap=GapAccepted(f"{OURS}/2026/7", "An")).statements == 2
    assert scene.say("select number, gap_accepted_by from bank_statement order by 1") == [(5, ""), (7, "An")]


def test_numbers_begin_again_with_the_year(outside: Outside, scene: Scene) -> None:
    old, new = date(2026, 12, 31), date(2027, 1, 4)
    deliver(outside, "a.cod", coda(StatementOf(250, old, "10.00", (Paid("1.00"),)), StatementOf(1, new, "11.00", (Paid("2.00"),))))
    assert import_statements(outside).statements == 2


def test_a_missing_statement_shows_by_the_balance_where_the_bank_gives_no_numbers(outside: Outside, scene: Scene) -> None:
    five, _, seven = three()
    for name, one in (("a", five), ("b", seven)):
        deliver(outside, f"{name}.xml", camt(StatementOf(None, one.day, one.opening, one.paid)))
    receipt = import_statements(outside)
    assert receipt.statements == 1
    assert "waits: it opens with 102.00 and" in refusals(receipt)[0]


def test_statements_of_a_later_day_are_left_for_that_day(outside: Outside, scene: Scene) -> None:
    deliver(outside, "all.cod", coda(*three()))
    first = import_statements(outside, on=DAY + timedelta(days=1))
    assert (first.statements, first.later) == (2, 1)
    assert import_statements(outside, on=DAY + timedelta(days=2)).statements == 1


# ---------------------------------------------------------------- what is refused


def good(**cells: object) -> StatementOf:
    return StatementOf(**{"number": 7, "day": DAY, "opening": "10.00", "paid": (Paid("121.00", ALFA1),), **cells})  # type: ignore[arg-type]


def _cut(content: bytes, lines: int) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-lines])


def _shorter(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    lines[2] = lines[2][:60] + b"\r\n"
    return b"".join(lines)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>\n'
REFUSED = [
    ("entities.xml", camt(good(), head=LAUGHS), "bank/entities.xml:0: the XML declares a document type"),
    ("file.xml", camt(good(), head=FILE), "bank/file.xml:0: the XML declares a document type"),
    ("utf16.xml", camt(good(), head=LAUGHS).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "bank/utf16.xml:0: the XML declares a document"),
    ("broken.xml", camt(good())[:-40], "bank/broken.xml:"),
    ("empty.xml", b"", "bank/empty.xml:"),
    ("other.xml", b"<Document xmlns='urn:x'/>", "bank/other.xml:1: not a CAMT.053 statement of version 02 or later"),
    ("old.xml", camt(good(), version="01"), "bank/old.xml:2: not a CAMT.053 statement"),
    ("none.xml", camt(), "bank/none.xml:0: there is no statement in it"),
    ("sum.xml", camt(good(closing="131.01")), f"bank/sum.xml:4: statement {OURS}/2026/7 opens with 10.00 and its movements come to 121.00, which makes 131.00, but it closes with 131.01"),
    ("dollar.xml", camt(good(currency="USD")), f"bank/dollar.xml:4: the account {OURS} is in USD; only statements in EUR are booked"),
    ("entry.xml", camt(good()).replace(b'<Ntry><Amt Ccy="EUR">', b'<Ntry><Amt Ccy="USD">'), "bank/entry.xml:8: an amount in USD"),
    ("cent.xml", camt(good()).replace(b">121.00<", b">121.001<"), "bank/cent.xml:8: 121.001 EUR has parts of a cent"),
    ("day.xml", camt(good()).replace(b"<BookgDt><Dt>2026-11-10", b"<BookgDt><Dt>2026-13-10"), "bank/day.xml:8: '2026-13-10' is no day"),
    ("state.xml", camt(good()).replace(b"<Cd>BOOK</Cd>", b"<Cd>WHAT</Cd>"), "bank/state.xml:8: an entry with the status WHAT"),
    ("theirs.xml", camt(good(iban="BE62510007547061")), "bank/theirs.xml:4: statement BE62510007547061/2026/7 is of an account that is not ours"),
    ("page.xml", camt(good()).replace(b"<Acct>", b"<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><Acct>"), "bank/page.xml:4: the statement is only a page"),
    ("theirs.cod", coda(good(iban="BE62510007547061")), "bank/theirs.cod:1: statement BE62510007547061/2026/7 is of an account that is not ours"),
    ("dollar.cod", coda(good(currency="USD")), f"bank/dollar.cod:1: the account {OURS} is in USD"),
    ("sum.cod", coda(good(closing="131.01")), "bank/sum.cod:6: the statement opens with 10.000 and its movements come to 121.000, which makes 131.000, but it closes with 131.010; ask the bank"),
    ("cut.cod", _cut(coda(good()), 1), "bank/cut.cod:6: the statement that begins on line 1 has no trailer (9…): it is cut off"),
    ("short.cod", _shorter(coda(good())), "bank/short.cod:3: the line has 60 characters and not 128"),
    ("gone.cod", coda(good()).replace(coda(good()).splitlines(keepends=True)[4], b""), "bank/gone.cod:6: the trailer counts 5 records and there are 4"),
    ("amount.cod", coda(good()).replace(b"0000000000121000101126001", b"0000000000122000101126001"), "bank/amount.cod:7: the trailer says credits of 121.000 and the movements come to 122.000"),
    ("account.cod", coda(good()).replace(b"8007BE71096123456769", b"8007BE62510007547061"), "bank/account.cod:6: the new balance is of another account"),
    ("stray.cod", coda(good()).replace(b"2300010000", b"2300020000"), "bank/stray.cod:5: the record 2300020000 belongs to none before it"),
    ("control.cod", coda(good()).replace(b"EXAMPLE CLOUD", b"EXAMPLE\0CLOUD"), "bank/control.cod:1: the line has control characters"),
    ("many.xml", camt(good()).replace(b">121.00<", b">9999999999999.00<"), "bank/many.xml:8: '9999999999999.00' is no amount"),
    ("text.cod", b"hello", "bank/text.cod:1: not a CODA file"),
    ("notes.txt", b"hello", "bank/notes.txt:0: not a bank statement"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_file_that_cannot_be_booked_is_refused_with_its_line_and_nothing_of_it_is_booked(
    outside: Outside, scene: Scene, name: str, content: bytes, reason: str
) -> None:
    deliver(outside, name, content)
    receipt = import_statements(outside)
    [said] = refusals(receipt)
    assert said.startswith(reason)
    assert scene.say("select (select count(*) from bank_statement), (select count(*) from payment)") == [(0, 0)]
    assert still_open(outside) == ALL_OPEN
    assert refusals(import_statements(outside)) == [said]


@pytest.mark.parametrize("name", [name for name, _, _ in REFUSED if name.endswith(".cod")])
def test_an_optimised_python_that_leaves_assertions_out_refuses_the_same(tmp_path: Path, name: str) -> None:
    """The parser of CODA checks by assertion; nothing may rest on that alone."""
    [content] = [content for other, content, _ in REFUSED if other == name]
    (tmp_path / name).write_bytes(content)
    code = (
        "import sys; from pathlib import Path; from tasks.bank.reading import read_file; path = Path(sys.argv[1]);"
        f"found = read_file(path.name, path.read_bytes(), ['{OURS}']); print(len(found.statements), len(found.rejects))"
    )
    said = subprocess.run([sys.executable, "-O", "-c", code, str(tmp_path / name)], capture_output=True, text=True, check=True)
    assert said.stdout == "0 1\n"


def test_an_import_ended_after_a_statement_was_booked_goes_on_where_it_was(
    outside: Outside, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(outside, "a.cod", coda(*three()))
    with monkeypatch.context() as broken:
        broken.setattr("tasks.bank.importing.note_rejects", _ended)
        with pytest.raises(KeyboardInterrupt):
            import_statements(outside)
    receipt = import_statements(outside)
    assert (receipt.statements, receipt.known, receipt.totals.received) == (0, 3, D("3.00"))


def _ended(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_file_mended_or_taken_away_is_off_the_reject_list(outside: Outside, scene: Scene) -> None:
    deliver(outside, "a.cod", _cut(coda(good()), 1))
    deliver(outside, "b.xml", b"<x/>")
    assert len(import_statements(outside).rejects) == 2
    deliver(outside, "a.cod", coda(good()))
    (Path(outside.settings.feed) / "bank" / "b.xml").unlink()
    receipt = import_statements(outside)
    assert (receipt.statements, refusals(receipt)) == (1, [])


def test_a_file_larger_than_the_setting_is_not_even_read(outside: Outside, scene: Scene) -> None:
    small = Outside(outside.settings.model_copy(update={"bank_file_mb_at_most": 1}), outside.engine, outside.out)
    deliver(outside, "huge.xml", camt(good()) + b" " * (2 << 20))
    [said] = refusals(import_statements(small))
    assert said.startswith("bank/huge.xml:0: the file has 2 MB and at most 1 are read (setting bank_file_mb_at_most)")
    assert import_statements(outside).statements == 1


def test_of_a_file_with_a_broken_statement_the_whole_ones_are_booked(outside: Outside, scene: Scene) -> None:
    five, six, seven = three()
    lines = coda(five, six, seven).splitlines(keepends=True)
    deliver(outside, "a.cod", b"".join(lines[:-1]))
    receipt = import_statements(outside)
    assert receipt.statements == 2
    assert refusals(receipt)[0].startswith("bank/a.cod:20: the statement that begins on line 15 has no trailer")


def test_a_number_that_comes_again_with_other_balances_is_refused(outside: Outside, scene: Scene) -> None:
    deliver(outside, "a.cod", coda(good()))
    import_statements(outside)
    deliver(outside, "b.cod", coda(good(paid=(Paid("120.00", ALFA1),))))
    [said] = refusals(import_statements(outside))
    assert said.startswith(f"bank/b.cod:1: statement {OURS}/2026/7 is booked already, closing with 131.00")


def test_an_account_of_the_setting_is_ours_too(outside: Outside, scene: Scene) -> None:
    other = outside.settings.model_copy(update={"bank_accounts": ("BE62 5100 0754 7061",)})
    deliver(outside, "a.cod", coda(good(iban="BE62510007547061")))
    assert import_statements(Outside(other, outside.engine, outside.out)).statements == 1
