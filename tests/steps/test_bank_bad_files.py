"""What a bank, a disk or a person may put into `bank/`: each with its clear word, nothing lost, nothing booked by half or twice."""

import os
import subprocess
import sys
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tasks.bank.importing import import_statements
from tasks.bank.receipt import BankReceipt
from tasks.feed.reading import Feed
from tasks.outside import Outside
from tests.bank_files import OURS, PAYERS, Paid, StatementOf, camt, coda
from tests.steps.delivery_scene import Scene

D = Decimal
DAY = date(2026, 11, 10)
ALFA1 = "260000000170"
MEGABYTE = 1 << 20
PAYMENT = StatementOf(7, DAY, "10.00", (Paid("121.00", ALFA1, PAYERS["ALFA"], "Société Alfa"),))


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA owes 2026-000001 of 121.00."""
    scene = Scene(outside)
    scene.payer("ALFA")
    scene.invoice(scene.close(), "ALFA", "121.00")
    return scene


def folder(outside: Outside) -> Path:
    path = Path(outside.settings.feed) / "bank"
    path.mkdir(parents=True, exist_ok=True)
    return path


def delivered(outside: Outside, name: str, content: bytes) -> BankReceipt:
    """One file put into the folder, and what the import says of all there is."""
    (folder(outside) / name).write_bytes(content)
    return import_statements(outside)


def refusals(receipt: BankReceipt) -> list[str]:
    return [f"{one.path}:{one.line}: {one.reason}" for one in receipt.rejects]


def booked(scene: Scene) -> list[tuple[object, ...]]:
    """Statements, movements, their sum, and what is paid of invoices."""
    return scene.say(
        "select (select count(*) from bank_statement), count(*), coalesce(sum(amount), 0), (select coalesce(sum(amount), 0) from payment)"
        " from bank_movement"
    )


NOTHING = [(0, 0, D("0"), D("0"))]
ONCE = [(1, 1, D("121.00"), D("121.00"))]

NINE_LEVELS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE lolz [<!ENTITY l0 "ha">{NINE_LEVELS}]>\n'
OUTER_FILE = '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://localhost:9/x.dtd"> %p;]>\n'


@pytest.mark.parametrize(
    "head", [BILLION_LAUGHS, OUTER_FILE, PARAMETER], ids=["a billion laughs", "a file from outside", "a parameter entity"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_xml_with_entities_is_refused_before_one_is_looked_at(outside: Outside, scene: Scene, head: str, encoding: str) -> None:
    body = camt(PAYMENT, head=head).decode().replace("Société", "&l9;").replace("UTF-8", encoding.upper())
    tracemalloc.start()
    [said] = refusals(delivered(outside, "a.xml", body.encode(encoding)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith("bank/a.xml:")
    assert "document type" in said or "broken XML" in said
    assert peak < 20 * MEGABYTE
    assert booked(scene) == NOTHING


def test_a_file_of_200_mb_is_refused_unread(outside: Outside, scene: Scene) -> None:
    with (folder(outside) / "huge.xml").open("wb") as huge:
        huge.truncate(200 * MEGABYTE)
    tracemalloc.start()
    [said] = refusals(delivered(outside, "good.cod", coda(PAYMENT)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == (
        "bank/huge.xml:0: the file has 200 MB and at most 50 are read (setting bank_file_mb_at_most); "
        "have the bank deliver each day in a file of its own"
    )
    assert peak < 20 * MEGABYTE
    assert booked(scene) == ONCE


def test_a_file_that_grew_beyond_the_limit_after_it_was_measured_is_refused_too(
    outside: Outside, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, measured = folder(outside) / "a.cod", Feed.size

    def then_grown(feed: Feed, name: str) -> int:
        size = measured(feed, name)
        with path.open("ab") as file:
            file.truncate(51 * MEGABYTE)
        return size

    monkeypatch.setattr(Feed, "size", then_grown)
    [said] = refusals(delivered(outside, "a.cod", coda(PAYMENT)))
    assert said.startswith("bank/a.cod:0: the file has 51 MB and at most 50 are read")
    assert booked(scene) == NOTHING


@pytest.mark.parametrize("layout", ["cod", "xml"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95], ids=["the first third", "a good half", "almost all"])
def test_a_file_read_while_the_bank_still_writes_it_is_refused_and_booked_once_it_is_whole(
    outside: Outside, scene: Scene, layout: str, share: float
) -> None:
    whole = coda(PAYMENT) if layout == "cod" else camt(PAYMENT)
    [said] = refusals(delivered(outside, f"a.{layout}", whole[: int(len(whole) * share)]))
    assert said.startswith(f"bank/a.{layout}:")
    assert booked(scene) == NOTHING
    receipt = delivered(outside, f"a.{layout}", whole)
    assert (receipt.statements, refusals(receipt)) == (1, [])
    assert booked(scene) == ONCE


@pytest.mark.parametrize("layout", ["cod", "xml"])
def test_a_file_that_grew_by_a_statement_brings_only_that_one(outside: Outside, scene: Scene, layout: str) -> None:
    write = coda if layout == "cod" else camt
    later = StatementOf(8, date(2026, 11, 11), "131.00", (Paid("5.00", "?"),))
    delivered(outside, f"a.{layout}", write(PAYMENT))
    receipt = delivered(outside, f"a.{layout}", write(PAYMENT, later))
    assert (receipt.statements, receipt.known, refusals(receipt)) == (1, 1, [])
    assert booked(scene) == [(2, 2, D("126.00"), D("121.00"))]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.cod", b"", "bank/a.cod:1: not a CODA file: its first line does not begin with 0", id="an empty CODA file"),
        pytest.param("a.xml", b"", "bank/a.xml:0: broken XML", id="an empty XML file"),
        pytest.param("a.cod", b"\r\n\r\n", "bank/a.cod:1: not a CODA file", id="line ends alone"),
        pytest.param("a.xml", b"   \n", "bank/a.xml:", id="white space alone"),
        pytest.param("a.xml", coda(PAYMENT), "bank/a.xml:1: broken XML", id="CODA called .xml"),
        pytest.param("a.cod", camt(PAYMENT), "bank/a.cod:1: not a CODA file", id="CAMT called .cod"),
        pytest.param("a.XML", b"\x00\x01\x02\xff", "bank/a.XML:1: broken XML", id="bytes that are no text"),
    ],
)
def test_a_file_that_is_no_statement_says_so(outside: Outside, scene: Scene, name: str, content: bytes, reason: str) -> None:
    [said] = refusals(delivered(outside, name, content))
    assert said.startswith(reason)
    assert booked(scene) == NOTHING


def test_a_folder_called_like_a_statement_hinders_nothing_and_what_is_in_it_is_read(outside: Outside, scene: Scene) -> None:
    (folder(outside) / "archive.xml" / "empty.cod").mkdir(parents=True)
    (folder(outside) / "archive.xml" / "a.cod").write_bytes(coda(PAYMENT))
    receipt = import_statements(outside)
    assert (receipt.statements, refusals(receipt)) == (1, [])
    assert booked(scene) == ONCE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.cod", coda(PAYMENT), id="CODA, which is windows-1252"),
        pytest.param("a.cod", coda(PAYMENT).decode("windows-1252").encode("utf-8"), id="CODA saved as UTF-8"),
        pytest.param("a.cod", coda(PAYMENT).replace(b"\r\n", b"\n"), id="CODA with the line ends of Unix"),
        pytest.param("a.cod", coda(PAYMENT) + b"\x1a", id="CODA with an end-of-file mark"),
        pytest.param("a.xml", camt(PAYMENT).decode().replace("UTF-8", "windows-1252").encode("windows-1252"), id="CAMT in windows-1252"),
        pytest.param("a.xml", b"\xef\xbb\xbf" + camt(PAYMENT), id="CAMT with a byte order mark"),
        pytest.param("a.xml", camt(PAYMENT).decode().replace("UTF-8", "UTF-16").encode("utf-16"), id="CAMT in UTF-16"),
    ],
)
def test_a_name_is_read_as_the_bank_wrote_it_whatever_the_encoding(outside: Outside, scene: Scene, name: str, content: bytes) -> None:
    assert refusals(delivered(outside, name, content)) == []
    assert scene.say("select counterparty_name from bank_movement") == [("Société Alfa",)]
    assert booked(scene) == ONCE


def test_a_name_in_letters_windows_1252_does_not_have_is_marked_and_the_money_is_booked(outside: Outside, scene: Scene) -> None:
    content = coda(PAYMENT).replace("Société".encode("windows-1252"), b"Soci\x81t\x8d")
    assert refusals(delivered(outside, "a.cod", content)) == []
    assert scene.say("select counterparty_name from bank_movement") == [("Soci\ufffdt\ufffd Alfa",)]
    assert booked(scene) == ONCE


def test_every_line_of_a_coda_file_cut_short_is_refused_with_its_number(outside: Outside, scene: Scene) -> None:
    lines = coda(PAYMENT).splitlines()
    for number in range(1, len(lines) + 1):
        cut = [line[:127] if place == number else line for place, line in enumerate(lines, start=1)]
        [said] = refusals(delivered(outside, "a.cod", b"\r\n".join(cut)))
        assert said.startswith(f"bank/a.cod:{number}: the line has 127 characters and not 128")
    assert booked(scene) == NOTHING


def test_a_statement_comes_again_in_every_way_and_is_booked_once(outside: Outside, scene: Scene) -> None:
    """The same file, another name, the other format, another version, and a file that holds it with the next one."""
    later = StatementOf(8, date(2026, 11, 11), "131.00", (Paid("5.00", "?"),))
    for name, content in {
        "a.cod": coda(PAYMENT), "b.cod": coda(PAYMENT), "c.xml": camt(PAYMENT), "d.xml": camt(PAYMENT, version="02"),
        "e.cod": coda(PAYMENT, later), "f.xml": camt(later, PAYMENT),
    }.items():  # fmt: skip
        assert refusals(delivered(outside, name, content)) == []
    assert booked(scene) == [(2, 2, D("126.00"), D("121.00"))]


IMPORTING = "from tasks.outside import open_outside; from tasks.bank.importing import import_statements; print(import_statements(open_outside()).statements)"


def test_two_imports_at_once_book_each_statement_once(here: Path, database: Engine) -> None:
    """Whoever comes second waits for the first, and finds nothing left to do."""
    bank = here / "feed" / "bank"
    bank.mkdir(parents=True)
    for n in range(12):
        one = StatementOf(1 + n, date(2026, 11, 1 + n), f"{n}.00", (Paid("1.00", "?"),))
        (bank / f"{n:02d}.{'xml' if n % 2 else 'cod'}").write_bytes(camt(one) if n % 2 else coda(one))
    both = [
        subprocess.Popen([sys.executable, "-c", IMPORTING], env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(int(out) for out, _ in said) == [0, 12]
    with database.connect() as conn:
        assert conn.execute(text("select count(*), count(distinct number) from bank_statement")).one() == (12, 12)
        assert conn.execute(text("select count(*), sum(amount) from bank_movement")).one() == (12, D("12.00"))


def test_an_account_of_ours_in_another_currency_and_an_account_that_is_not_ours_stop_no_other_statement(
    outside: Outside, scene: Scene
) -> None:
    strange = (StatementOf(3, DAY, "1.00", currency="USD"), StatementOf(3, DAY, "1.00", iban="BE62510007547061"))
    receipt = delivered(outside, "a.xml", camt(strange[0], PAYMENT, strange[1]))
    assert [said.split(": ", 1)[1][:60] for said in refusals(receipt)] == [
        f"the account {OURS} is in USD; only statements in EUR are booked"[:60],
        "statement BE62510007547061/2026/3 is of an account that is not ours"[:60],
    ]
    assert booked(scene) == ONCE
