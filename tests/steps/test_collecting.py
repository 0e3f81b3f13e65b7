"""Direct debits on a real PostgreSQL: who is debited, the file, once and the same, whatever ends the process, and the gate."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from sepaxml.validation import try_valid_xml
from sqlalchemy.exc import IntegrityError

from tasks.collecting import collect, preview, under_collection
from tasks.gates import check_collections, examine_collections
from tasks.ledger import GateStopped, Stopped
from tasks.outside import Outside
from tasks.payments import pay
from tasks.store import Store, StoreFailed
from tests.bank_files import PAYERS
from tests.databases import locks_given_back
from tests.steps.collecting_scene import CORE, DEBITED, MADE, MESSAGE, CollectingScene

D = Decimal
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}
ALL = [
    "1 121.00 FRST CORE M-ALFA 2026-11-27",
    "2 60.50 RCUR CORE M-ALFA 2026-11-27",
    "3 48.40 FRST CORE M-BETA 2026-11-27",
]


@pytest.fixture
def scene(outside: Outside) -> CollectingScene:
    return CollectingScene(outside)


def _stops(outside: Outside, on: date) -> None:
    raise Stopped("the gate is shut")


def texts(content: bytes, path: str) -> list[str]:
    return [str(one.text) for one in etree.fromstring(content).xpath(path, namespaces=NS)]


def file_of(outside: Outside, path: str = CORE) -> bytes:
    return outside.out.read(path)


@pytest.mark.clause("GC-5.2")
def test_invoices_that_say_so_are_collected_on_their_due_date_by_a_file_made_five_target_days_before(
    outside: Outside, scene: CollectingScene
) -> None:
    assert scene.collect(date(2026, 11, 19)).figures["debits"] == 0
    receipt = scene.collect(MADE)
    assert scene.items() == ALL
    assert str(receipt) == (
        "direct debit 2026-11-20: 1 files\n"
        "  2026-11/collections/2026-11-20-CORE.xml: 3 CORE debits of 229.90 EUR on 2026-11-27, DD-20261127-CORE-20261120"
    )
    assert "| CORE | 2026-11-27 | 3 | 229.90 | 2026-11/collections/2026-11-20-CORE.xml |" in receipt.markdown


def test_the_file_says_who_is_debited_how_much_and_for_which_invoice(outside: Outside, scene: CollectingScene) -> None:
    scene.collect()
    made = file_of(outside)
    try_valid_xml(made, "pain.008.001.08")
    assert texts(made, "//p:GrpHdr/p:MsgId") == [MESSAGE]
    assert texts(made, "//p:GrpHdr/p:CreDtTm") == ["2026-11-20T07:00:00"]
    assert texts(made, "//p:GrpHdr/p:NbOfTxs | //p:GrpHdr/p:CtrlSum") == ["3", "229.90"]
    assert texts(made, "//p:PmtInf/p:PmtInfId") == [f"{MESSAGE}-FRST", f"{MESSAGE}-RCUR"]
    assert texts(made, "//p:PmtInf/p:CtrlSum") == ["169.40", "60.50"]
    assert texts(made, "//p:PmtInf/p:ReqdColltnDt") == ["2026-11-27", "2026-11-27"]
    assert texts(made, "//p:LclInstrm/p:Cd") == ["CORE", "CORE"]
    assert texts(made, "//p:CdtrSchmeId//p:Othr/p:Id") == ["BE81ZZZ0123456749"] * 2
    assert texts(made, "//p:EndToEndId") == ["2026-000001", "2026-000003", "2026-000002"]
    assert texts(made, "//p:InstdAmt") == ["121.00", "48.40", "60.50"]
    assert texts(made, "//p:MndtId") == ["M-ALFA", "M-BETA", "M-ALFA"]
    assert texts(made, "//p:DbtrAcct//p:IBAN") == [PAYERS["ALFA"], PAYERS["BETA"], PAYERS["ALFA"]]
    assert texts(made, "//p:Dbtr/p:Nm") == ["Company Alfa", "Company Beta", "Company Alfa"]
    assert texts(made, "//p:Ustrd") == ["+++260/0000/00170+++", "+++260/0000/00372+++", "+++260/0000/00271+++"]


def test_a_day_run_twice_writes_the_same_bytes_and_collects_nothing_twice(outside: Outside, scene: CollectingScene) -> None:
    scene.collect()
    first = file_of(outside)
    outside.out.remove(CORE)
    again = scene.collect()
    assert (again.new, file_of(outside)) == (False, first)
    assert "made before and written again" in str(again)
    assert scene.collect(date(2026, 11, 23)).figures["debits"] == 0
    assert scene.items() == ALL


def test_the_same_ledger_makes_the_same_bytes(outside: Outside, scene: CollectingScene) -> None:
    """The ids and the hour that the library takes at random and from the clock are ours."""
    made = []
    for _ in range(2):
        staged(outside, scene)
        made += scene.say("select content from collection")
    assert made[0] == made[1]


def test_a_late_run_debits_on_the_earliest_day_possible(outside: Outside, scene: CollectingScene) -> None:
    scene.collect(date(2026, 12, 21))  # five TARGET days on: 22, 23, 24 and, after Christmas, 28 and 29 December
    assert {one[-10:] for one in scene.items()} == {"2026-12-29"}


def test_nothing_is_made_for_a_day_before_that_of_the_newest_file(outside: Outside, scene: CollectingScene) -> None:
    scene.collect()
    message = "direct debits were made on 2026-11-20, so none are made for 2026-11-19 any more; collect on 2026-11-20 or later"
    with pytest.raises(Stopped, match=message):
        scene.collect(date(2026, 11, 19))


Change = Callable[[CollectingScene], object]
LEFT_OUT: list[tuple[str, Change, list[str]]] = [
    ("paid", lambda s: pay(s.outside.engine, "2026-000001", D("121.00"), date(2026, 11, 18)),
     ["2 60.50 FRST CORE M-ALFA 2026-11-27", ALL[2]]),
    ("paid in part", lambda s: pay(s.outside.engine, "2026-000001", D("21.00"), date(2026, 11, 18)),
     ["1 100.00 FRST CORE M-ALFA 2026-11-27", *ALL[1:]]),
    ("paid after the day, as known now", lambda s: pay(s.outside.engine, "2026-000003", D("48.40"), date(2026, 11, 24)), ALL[:2]),
    ("contested in part", lambda s: s.dispute("D1", "2026-000003", "2026-11-02", "40.00"),
     [*ALL[:2], "3 8.40 FRST CORE M-BETA 2026-11-27"]),
    ("contested in full", lambda s: s.dispute("D1", "2026-000003", "2026-11-02", "48.40"), ALL[:2]),
    ("a dispute that was closed", lambda s: s.dispute("D1", "2026-000003", "2026-11-02", "48.40", "2026-11-10"), ALL),
    ("a mandate that ends the day before", lambda s: s.mandate("M-BETA", "BETA", ends_on="2026-11-26", import_no=2), ALL[:2]),
    ("a mandate that ends that day", lambda s: s.mandate("M-BETA", "BETA", ends_on="2026-11-27", import_no=2), ALL),
    ("a mandate that came after the invoice", lambda s: s.mandate("M-GAMMA", "GAMMA", import_no=2), ALL),
]  # fmt: skip


@pytest.mark.clause("GC-5.2", "GC-9.3")
@pytest.mark.parametrize(("change", "expected"), [pytest.param(*case[1:], id=case[0]) for case in LEFT_OUT])
def test_what_is_collected(outside: Outside, scene: CollectingScene, change: Change, expected: list[str]) -> None:
    change(scene)
    scene.collect()
    assert scene.items() == expected


def test_core_and_b2b_are_files_of_their_own(outside: Outside, scene: CollectingScene) -> None:
    scene.mandate("M-BETA", "BETA", scheme="B2B", import_no=1)
    receipt = scene.collect()
    assert [(file.scheme, file.debits, file.amount) for file in receipt.files] == [("B2B", 1, D("48.40")), ("CORE", 2, D("181.50"))]
    assert texts(file_of(outside, "2026-11/collections/2026-11-20-B2B.xml"), "//p:LclInstrm/p:Cd") == ["B2B"]


def test_a_second_month_is_recurring(outside: Outside, scene: CollectingScene) -> None:
    scene.collect()
    run = scene.close("2026-11", date(2026, 11, 28))
    scene.invoice(run, "BETA", "10.00")
    scene.issued(run)
    scene.collect(date(2026, 12, 18))
    assert scene.items() == [*ALL, "5 10.00 RCUR CORE M-BETA 2026-12-28"]


def test_a_preview_says_what_would_be_collected_and_makes_nothing(outside: Outside, scene: CollectingScene) -> None:
    assert str(preview(outside, MADE)) == (
        "direct debit 2026-11-20: 3 debits would be made\n"
        "  2026-000001: 121.00 EUR of ALFA on 2026-11-27, CORE mandate M-ALFA, FRST\n"
        "  2026-000002: 60.50 EUR of ALFA on 2026-11-27, CORE mandate M-ALFA, RCUR\n"
        "  2026-000003: 48.40 EUR of BETA on 2026-11-27, CORE mandate M-BETA, FRST"
    )
    assert scene.say("select count(*) from collection") == [(0,)]
    assert not outside.out.exists(CORE)


def test_a_file_that_cannot_be_published_is_published_by_the_next_run(outside: Outside, scene: CollectingScene) -> None:
    in_the_way = Path(outside.settings.out) / "2026-11"
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    moved = in_the_way.with_name("2026-11-moved")
    if in_the_way.exists():
        in_the_way.rename(moved)
    in_the_way.write_bytes(b"")
    with pytest.raises(StoreFailed):
        scene.collect()
    assert scene.say("select accepted, published from collection") == [(True, False)]
    in_the_way.unlink()
    scene.collect(date(2026, 11, 23))
    assert scene.items() == ALL
    assert texts(file_of(outside), "//p:GrpHdr/p:MsgId") == [MESSAGE]


KILLED = """
import os, signal, sys
from datetime import date
from tasks.collecting import collect, recording
from tasks.outside import open_outside
where = sys.argv[1]
def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "before the file is noted":
    real = recording.sql.run
    recording.sql.run = lambda conn, name, **given: die() if name == "collecting/note_published" else real(conn, name, **given)
collect(open_outside(), date(2026, 11, 20), die if where == "at the gate" else None)
"""


@pytest.mark.parametrize("where", ["at the gate", "before the file is noted"])
def test_a_kill_anywhere_leaves_one_file_and_one_row_an_invoice(outside: Outside, scene: CollectingScene, where: str) -> None:
    settings = outside.settings
    env = dict(os.environ, BILLING_DATABASE_URL=settings.database_url, BILLING_STATE=str(settings.state), BILLING_OUT=settings.out)
    killed = subprocess.run([sys.executable, "-c", KILLED, where], env=env, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr.decode()
    locks_given_back(settings.database_url)
    scene.collect()
    assert scene.items() == ALL
    assert scene.say("select count(*), bool_and(published) from collection") == [(1, True)]
    assert outside.out.paths("2026-11/collections") == (CORE,)
    assert scene.say("select content from collection")[0][0] == file_of(outside)


def test_a_file_that_the_bank_may_have_never_changes(outside: Outside, scene: CollectingScene) -> None:
    scene.collect()
    for change in (
        "update collection set content = 'x'",
        "update collection set accepted = false",
        "delete from collection_item",
        "update collection_item set amount = 1",
    ):
        with pytest.raises(IntegrityError):
            scene.say(change)


def test_two_attempts_at_once_are_one(outside: Outside, scene: CollectingScene) -> None:
    def again(_outside: Outside, on: date) -> None:
        with pytest.raises(Stopped, match="direct debit is being worked on by another process"):
            collect(outside, on)

    collect(outside, MADE, again)
    assert scene.items() == ALL


# ---------------------------------------------------------------- the gate
def staged(outside: Outside, scene: CollectingScene, change: str = "select 1") -> None:
    """The files of the day, recorded and then changed behind the back of the rules."""
    with pytest.raises(Stopped, match="the gate is shut"):
        collect(outside, MADE, _stops)
    for statement in change.split(";"):
        scene.say(statement)


CAUGHT = [
    ("paid_invoice", "insert into payment (invoice_id, amount, paid_on) select invoice_id, 121, '2026-11-20' from invoice where number = '2026-000001'"),
    ("above_open", "insert into payment (invoice_id, amount, paid_on) select invoice_id, 21, '2026-11-20' from invoice where number = '2026-000001'"),
    ("disputed_invoice", ("insert into feed_record (table_name, record_id, version, valid_import, record) values ('disputes', 'D', 1, 1,"
     " '{\"invoice_number\": \"2026-000001\", \"opened_on\": \"2026-11-01\", \"amount\": \"5.00\"}')")),
    ("before_due", "update collection set collected_on = '2026-11-26'"),
    ("without_mandate", "update feed_record set superseded_import = 1 where record_id = 'M-BETA'"),
    ("without_mandate", "update collection_item set iban = 'BE00' where mandate_id = 'M-BETA'"),
    ("collected_twice", ("alter table collection_item drop constraint collection_item_invoice_id_key; insert into collection (collected_on, scheme,"
     " made_on, message_id, path, sha256, content, accepted) values ('2026-11-01', 'CORE', '2026-10-20', 'DD', 'x', 'x', 'x', true); insert into"
     " collection_item select (select max(collection_no) from collection), invoice_id, mandate_id, sequence, iban, amount, 'other' from collection_item"
     " where end_to_end_id = '2026-000003'")),
    ("file_differs", "update collection_item set amount = 120 where end_to_end_id = '2026-000001'"),
    ("file_differs", "delete from collection_item where end_to_end_id = '2026-000001'"),
    ("file_differs", "update collection set content = convert_to(replace(convert_from(content, 'UTF8'), '<CtrlSum>229.90', '<CtrlSum>230.90'), 'UTF8')"),
    ("file_differs", "update collection set content = convert_to(replace(convert_from(content, 'UTF8'), '<NbOfTxs>2<', '<NbOfTxs>1<'), 'UTF8')"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "change"), CAUGHT, ids=[f"{n} {case[0]}" for n, case in enumerate(CAUGHT)])
def test_the_gate_catches(outside: Outside, scene: CollectingScene, check: str, change: str) -> None:
    staged(outside, scene, change)
    assert [one.check for one in examine_collections(outside, MADE).findings if not one.passed] == [check]


def test_the_gate_lets_good_files_through_and_a_stop_publishes_nothing(outside: Outside, scene: CollectingScene) -> None:
    staged(outside, scene)
    assert examine_collections(outside, MADE).state == "7 checks passed"

    def check(outside: Outside, on: date) -> None:
        scene.say("update feed_record set superseded_import = 1 where record_id = 'M-ALFA'")
        check_collections(outside, on)

    with pytest.raises(GateStopped, match=r"check mandates\.csv"):
        collect(outside, MADE, check)
    assert scene.items() == []
    assert not Store(outside.settings.out).exists(CORE)


# ---------------------------------------------------------------- dunning
@pytest.mark.clause("GC-5.2")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-21", {"1", "2", "3"}),
        ("2026-12-04", {"1", "2", "3"}),  # the fifth working day after the debit
        ("2026-12-05", set()),
    ],
)
def test_what_is_collected_is_not_reminded_until_its_money_could_be_there(
    outside: Outside, scene: CollectingScene, on: str, expected: set[str]
) -> None:
    for made in (False, True):
        if made:
            scene.collect()
        with outside.engine.connect() as conn:
            found = under_collection(conn, outside.settings, date.fromisoformat(on))
        assert {number[-1] for number in found} == expected, made


def test_who_withdraws_his_mandate_is_asked_to_pay(outside: Outside, scene: CollectingScene) -> None:
    scene.mandate("M-BETA", "BETA", ends_on="2026-11-20", import_no=2)
    with outside.engine.connect() as conn:
        assert under_collection(conn, outside.settings, DEBITED) == {"2026-000001", "2026-000002"}
