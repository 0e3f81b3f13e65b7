"""The import as a whole: in once, in versions, in any form and order, and again when what was missing has come."""

import gzip
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from sqlalchemy import text

import sql
from tasks.feed import ImportReceipt, import_feed, importing
from tasks.feed.rejects import Reject
from tasks.ledger import RunLocked, Stopped, only_one
from tasks.outside import Outside
from tests.world import USAGE_COLUMNS, World, csv_bytes, usage_row, world


@pytest.fixture
def feed(outside: Outside) -> Path:
    """The folder of the feed."""
    return Path(outside.settings.feed)


def deliver(outside: Outside, small: World) -> ImportReceipt:
    small.write(Path(outside.settings.feed))
    return import_feed(outside)


def open_rejects(outside: Outside) -> list[Reject]:
    with outside.engine.connect() as conn:
        return sql.rows(conn, Reject, "feed/open_rejects")


def table(outside: Outside, query: str) -> list[tuple[object, ...]]:
    with outside.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


CONTENT = {
    "party": "party_id, version, role, partner_id, name, language, billing_emails, delivery, country, vat_number",
    "contract": "contract_id, version, payer_id, terms, signed_on, deposit_required, confirmed_on, term_months, payment_days",
    "order_line": "line_id, version, contract_id, end_client_id, product, quantity, unit_price, starts_on, ends_on, min_months, charged_through",
    "product": "product, version, service, kind, timing, name_fr",
    "price": "product, valid_from, version, unit_price, announced_on",
    "pack": "product, valid_from, destination_group, version, minutes, data_mb",
    "rate": "deck, prefix, valid_from, version, destination_group, per_minute_micro, setup_micro, first_increment, next_increment",
    "inventory_snapshot": "snapshot_on, element_count, content_hash",
    "inventory_element": "snapshot_on, element_id, kind, label",
    "usage_record": "usage_id, (select line_id from line where line.line_no = usage_record.line_no), kind, outgoing, caller, callee, "
    "callee_key, started_at, quantity, visited_country",
}


def content(outside: Outside) -> dict[str, list[tuple[object, ...]]]:
    """All that an import brings in, without the numbers of imports and rows."""
    return {name: table(outside, f"select {columns} from {name} order by {columns}") for name, columns in CONTENT.items()}


def test_a_whole_feed_goes_in_without_a_reject(outside: Outside) -> None:
    receipt = deliver(outside, world())
    assert (receipt.import_no, receipt.rejected, receipt.open_rejects) == (1, 0, 0)
    assert table(outside, "select count(*), count(distinct line_no) from usage_record") == [(39, 10)]
    assert table(outside, "select count(*) from inventory_snapshot") == [(4,)]
    assert table(outside, "select finished_at is not null from import_run") == [(True,)]


def test_the_values_are_those_of_the_files(outside: Outside) -> None:
    deliver(outside, world())
    assert table(outside, "select role, partner_id from party where party_id = 'PA-ONE'") == [("partner", None)]
    assert table(
        outside, "select per_minute_micro, setup_micro, first_increment from rate where deck = 'business_telephony' and prefix = '32900'"
    ) == [(1_200_000, 500_000, 1)]
    assert table(
        outside,
        "select kind, outgoing, callee_key, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS'), quantity "
        "from usage_record where usage_id = 'U-START-04'",
    ) == [(1, True, -112, "2026-10-24 09:15:00", 30)]
    assert table(outside, "select kind, outgoing from usage_record where usage_id in ('U-TLX-03', 'U-PACK-05') order by 1") == [
        (1, False),
        (2, True),
    ]
    assert table(outside, "select term_months, payment_days, deposit_required from contract where contract_id = 'C-PORTAL'") == [
        (24, 14, None)
    ]


def test_usage_is_numbered_from_the_oldest_to_the_newest(outside: Outside) -> None:
    small = world()
    small.usage = [usage_row(f"U{n}", "L-LUX-USER", f"2026-10-01T0{9 - n}:00:00Z", "112", 1) for n in range(1, 6)]
    deliver(outside, small)
    assert table(outside, "select usage_id from usage_record order by usage_no") == [("U5",), ("U4",), ("U3",), ("U2",), ("U1",)]


def test_importing_twice_changes_nothing(outside: Outside) -> None:
    deliver(outside, world())
    before = content(outside)
    again = import_feed(outside)
    assert (again.import_no, again.files_read, again.accepted) == (None, 0, 0)
    assert content(outside) == before
    assert table(outside, "select count(*) from import_run") == [(1,)]


def test_importing_twice_changes_nothing_either_when_rows_were_refused(outside: Outside) -> None:
    small = world()
    small.call("U-LUX-01")["line_id"] = "L-NOBODY"
    small.row("prices", "bt-phone")["unit_price"] = "-1"
    first = deliver(outside, small)
    assert (first.rejected, first.open_rejects) == (2, 2)
    again = import_feed(outside)
    assert (again.import_no, again.open_rejects) == (None, 2)
    assert table(outside, "select count(*), count(resolved_import) from feed_reject") == [(2, 0)]


def test_the_same_rows_in_a_file_that_differs_are_known(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    small.tables["parties"].reverse()
    again = deliver(outside, small)
    assert (again.accepted, again.known) == (0, len(small.tables["parties"]))
    assert table(outside, "select max(version) from party") == [(1,)]


def test_a_changed_row_becomes_a_new_version_and_the_old_one_stays(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    small.row("order_lines", "L-LUX-USER")["quantity"] = "7"
    assert deliver(outside, small).accepted == 1
    assert table(
        outside, "select version, quantity, valid_import, superseded_import from order_line where line_id = 'L-LUX-USER' order by 1"
    ) == [(1, 1, 1, 2), (2, 7, 2, None)]
    assert table(outside, "select quantity from order_line_at(1) where line_id = 'L-LUX-USER'") == [(1,)]
    assert table(outside, "select quantity from order_line_at(2) where line_id = 'L-LUX-USER'") == [(7,)]
    assert table(outside, "select count(distinct line_no) from order_line where line_id = 'L-LUX-USER'") == [(1,)]


def test_a_row_changed_back_becomes_a_third_version(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    for quantity in ("7", "1"):
        small.row("order_lines", "L-LUX-USER")["quantity"] = quantity
        deliver(outside, small)
    assert table(outside, "select version, quantity from order_line where line_id = 'L-LUX-USER' order by 1") == [(1, 1), (2, 7), (3, 1)]


@pytest.mark.parametrize(
    ("name", "key", "column", "value"),
    [
        ("parties", "CL-LUX", "name", "Another name"),
        ("contracts", "C-LUX", "confirmed_on", ""),
        ("products", "bt-user", "name_nl", "Anders"),
        ("prices", "bt-user", "unit_price", "32.00"),
        ("packs", "bt-pack", "minutes", "11"),
    ],
)
def test_each_table_of_reference_data_keeps_versions(outside: Outside, name: str, key: str, column: str, value: str) -> None:
    small = world()
    deliver(outside, small)
    small.row(name, key)[column] = value
    assert deliver(outside, small).accepted == 1
    singular = {"parties": "party"}.get(name, name.removesuffix("s"))
    assert table(
        outside, f"select count(*), max(version), count(superseded_import) from {singular} where version = 2 or superseded_import = 2"
    ) == [(2, 2, 1)]


def test_a_rate_that_changes_keeps_the_number_of_the_old_version_for_what_was_rated_by_it(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    next(row for row in small.tables["rates"] if row["prefix"] == "32800")["per_minute"] = "0.01"
    deliver(outside, small)
    assert table(
        outside,
        "select version, per_minute_micro, count(distinct rate_no) from rate where prefix = '32800' "
        "and deck = 'business_telephony' group by 1, 2 order by 1",
    ) == [(1, 0, 1), (2, 10_000, 1)]


def test_a_row_that_leaves_the_file_stays_in_force(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    small.tables["prices"] = [row for row in small.tables["prices"] if row["product"] != "bt-phone"]
    assert deliver(outside, small).accepted == 0
    assert table(outside, "select superseded_import from price where product = 'bt-phone'") == [(None,)]


def test_refused_usage_goes_in_once_its_line_has_come(outside: Outside) -> None:
    small = world()
    late = next(row for row in small.tables["order_lines"] if row["line_id"] == "L-LUX-USER")
    small.tables["order_lines"].remove(late)
    first = deliver(outside, small)
    assert {(reject.path.split("/")[0], reject.column_name, reject.value) for reject in open_rejects(outside)} == {
        ("usage", "line_id", "L-LUX-USER"),
        ("inventory", "line_id", "L-LUX-USER"),
    }
    assert first.open_rejects == 7  # two calls, and elements in four inventories (two in the last)
    small.tables["order_lines"].append(late)
    second = deliver(outside, small)
    assert second.open_rejects == 0
    assert table(outside, "select count(*) from usage_record where usage_id like 'U-LUX-%'") == [(2,)]
    assert table(outside, "select element_count from inventory_snapshot where snapshot_on = '2026-10-29'") == [
        (len(small.inventory["2026-10-29"]),)
    ]
    assert table(outside, "select distinct resolved_import from feed_reject") == [(2,)]


def test_a_file_read_again_counts_all_its_rows(outside: Outside) -> None:
    small = world()
    small.usage = [
        usage_row("U1", "L-LUX-USER", "2026-10-07T08:00:00Z", "112", 1),
        usage_row("U2", "L-NEW", "2026-10-07T09:00:00Z", "112", 1),
    ]
    deliver(outside, small)
    small.tables["order_lines"].append({**small.row("order_lines", "L-LUX-USER"), "line_id": "L-NEW"})
    deliver(outside, small)
    assert table(outside, "select rows_read, rows_accepted, rows_known, rows_rejected from feed_file where path like 'usage/%'") == [
        (2, 1, 1, 0)
    ]


def test_an_id_used_twice_with_other_content_is_refused_and_the_first_stays(outside: Outside) -> None:
    small = world()
    deliver(outside, small)
    other = usage_row("U-LUX-01", "L-LUX-USER", "2026-10-07T08:00:00Z", "+352621123456", 61)
    (Path(outside.settings.feed) / "usage" / "late.csv").write_bytes(csv_bytes(USAGE_COLUMNS, [other, small.call("U-LUX-02")]))
    receipt = import_feed(outside)
    assert (receipt.accepted, receipt.known, receipt.rejected) == (0, 1, 1)
    (refused,) = open_rejects(outside)
    assert (refused.path, refused.line, refused.column_name, refused.value) == ("usage/late.csv", 2, "usage_id", "U-LUX-01")
    assert refused.reason == (
        "this id is stored already with other content (quantity); a usage id is used once: "
        "give the record an id of its own, or take the row out"
    )
    assert table(outside, "select quantity from usage_record where usage_id = 'U-LUX-01'") == [(60,)]


def test_an_id_twice_in_one_file_keeps_its_first_row(outside: Outside) -> None:
    small = world()
    first = usage_row("U1", "L-LUX-USER", "2026-10-07T09:00:00Z", "112", 5)
    small.usage = [first, dict(first), {**first, "started_at": "2026-10-07T08:00:00Z", "quantity": "6"}]
    receipt = deliver(outside, small)
    (refused,) = open_rejects(outside)
    assert (refused.line, refused.value) == (4, "U1")
    assert "(started_at, quantity)" in refused.reason
    assert receipt.rejected == 1
    assert table(outside, "select quantity from usage_record") == [(5,)]


def test_parquet_csv_and_compressed_csv_bring_in_the_same(outside: Outside, feed: Path) -> None:
    world().write(feed)
    expected: dict[str, list[tuple[object, ...]]] | None = None
    for form in (_as_csv, _as_gzip, _as_parquet_text, _as_parquet_typed):
        folder = feed.with_name(form.__name__)
        for path in sorted(feed.rglob("*.csv*")):
            form(path, folder / path.relative_to(feed).parent, path.name.partition(".csv")[0])
        here = replace(outside, settings=outside.settings.model_copy(update={"feed": str(folder)}))
        _forget_everything(here)
        receipt = import_feed(here)
        assert (receipt.rejected, open_rejects(here)) == (0, [])
        expected = expected or content(here)
        assert content(here) == expected


def _forget_everything(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        conn.execute(text("set session_replication_role = replica"))
        for name in [*CONTENT, "line", "feed_file", "feed_reject", "import_run"]:
            conn.execute(text(f"delete from {name}"))
        conn.execute(text("set session_replication_role = origin"))


def _plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _put(folder: Path, name: str, body: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)


def _as_csv(path: Path, folder: Path, name: str) -> None:
    _put(folder, f"{name}.csv", _plain(path))


def _as_gzip(path: Path, folder: Path, name: str) -> None:
    _put(folder, f"{name}.csv.gz", gzip.compress(_plain(path)))


def _as_parquet_text(path: Path, folder: Path, name: str) -> None:
    columns = _plain(path).split(b"\n", 1)[0].decode().split(",")
    _as_parquet(path, folder, name, dict.fromkeys(columns, pa.string()))


def _as_parquet_typed(path: Path, folder: Path, name: str) -> None:
    """Numbers, days and instants in types of their own, as a data platform writes them."""
    types: dict[str, pa.DataType] = {
        "quantity": pa.int64(),
        "unit_price": pa.decimal128(14, 6),
        "starts_on": pa.date32(),
        "valid_from": pa.date32(),
        "started_at": pa.timestamp("ms", "UTC"),
        "per_minute": pa.decimal128(14, 6),
        "setup": pa.float64(),
    }
    columns = _plain(path).split(b"\n", 1)[0].decode().split(",")
    _as_parquet(path, folder, name, {column: types.get(column, pa.string()) for column in columns})


def _as_parquet(path: Path, folder: Path, name: str, types: dict[str, pa.DataType]) -> None:
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    rows = pyarrow.csv.read_csv(io.BytesIO(_plain(path)), convert_options=options)
    body = io.BytesIO()
    pyarrow.parquet.write_table(rows, body)
    _put(folder, f"{name}.parquet", body.getvalue())


def test_the_order_of_the_rows_and_of_the_usage_files_does_not_matter(outside: Outside, feed: Path) -> None:
    small = world()
    deliver(outside, small)
    expected = content(outside)
    _forget_everything(outside)
    for path in (feed / "usage").iterdir():
        path.unlink()
    for rows in (*small.tables.values(), *small.inventory.values()):
        rows.reverse()
    shuffled = replace(small, usage=[])
    shuffled.write(feed)
    backwards = small.usage[::-1]
    for n in range(5):
        (feed / "usage" / f"{n}.csv").write_bytes(csv_bytes(USAGE_COLUMNS, backwards[n::5]))
    assert import_feed(outside).rejected == 0
    assert content(outside) == expected


def test_the_feed_may_be_a_url(outside: Outside, feed: Path) -> None:
    world().write(feed)
    memory = fsspec.filesystem("memory")
    memory.put(f"{feed}/", "/url-feed", recursive=True)
    try:
        receipt = import_feed(replace(outside, settings=outside.settings.model_copy(update={"feed": "memory://url-feed"})))
    finally:
        memory.rm("/url-feed", recursive=True)
    assert (receipt.rejected, receipt.open_rejects) == (0, 0)
    assert table(outside, "select path from feed_file where path like 'inv%' order by 1 limit 1") == [("inventory/2026-10-26.csv",)]


def test_without_a_feed_the_import_says_which_setting_is_wrong(outside: Outside) -> None:
    with pytest.raises(Stopped, match=r"there is no feed at .*; create it or change the setting `feed`"):
        import_feed(outside)


def test_two_imports_never_work_at_once(outside: Outside, feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world().write(feed)
    monkeypatch.setattr(importing, "WAIT_S", 0)
    with only_one(outside.engine, "the import"), pytest.raises(RunLocked):
        import_feed(outside)
    assert import_feed(outside).import_no == 1


def test_an_import_waits_for_another_to_end(outside: Outside, feed: Path) -> None:
    world().write(feed)
    with ThreadPoolExecutor(4) as workers:
        receipts = list(workers.map(lambda _: import_feed(outside), range(4)))
    assert sorted(receipt.import_no or 0 for receipt in receipts) == [0, 0, 0, 1]


def test_later_tables_are_kept_with_their_versions(outside: Outside) -> None:
    small = world()
    small.tables["deposits"] = [{"deposit_id": "D1", "payer_id": "CL-LUX", "on": "2026-10-01", "amount": "240.50", "kind": "deposit"}]
    small.tables["terminations"] = [
        {"termination_id": "T1", "contract_id": "C-LUX", "by": "client", "received_on": "2026-10-09", "client_breach": "true"}
    ]
    deliver(outside, small)
    small.tables["deposits"][0]["amount"] = "250"
    deliver(outside, small)
    assert table(outside, "select record ->> 'amount', version, superseded_import from feed_record where record_id = 'D1' order by 2") == [
        ("240.5", 1, 2),
        ("250", 2, None),
    ]
    assert table(
        outside,
        "select record ->> 'received_on', record -> 'client_breach', record -> 'line_id' from feed_record "
        "where table_name = 'terminations'",
    ) == [("2026-10-09", True, None)]


def test_two_hundred_thousand_records_go_in_and_a_second_time_are_known(outside: Outside, feed: Path) -> None:
    small = world()
    small.usage = []
    small.write(feed)
    rows = "".join(
        f"B{n},L-LUX-USER,voice,out,+3226000000,+3247{n % 9000:07d},2026-10-{1 + n % 27:02d}T{n % 24:02d}:{n % 60:02d}:00Z,{n % 600},\n"
        for n in range(200_000)
    )
    header = ",".join(USAGE_COLUMNS) + "\n"
    (feed / "usage" / "bulk.csv").write_text(header + rows)
    assert import_feed(outside).accepted >= 200_000
    assert table(outside, "select count(*), sum(quantity) from usage_record") == [(200_000, sum(n % 600 for n in range(200_000)))]
    (feed / "usage" / "bulk.csv").write_text(header + rows + "B-LAST,L-LUX-USER,voice,out,,112,2026-10-01T00:00:00+02:00,1,\n")
    again = import_feed(outside)
    assert (again.accepted, again.known, again.rejected) == (1, 200_000, 0)
    assert table(outside, "select started_at = '2026-09-30T22:00:00Z' from usage_record where usage_id = 'B-LAST'") == [(True,)]


def test_the_import_notes_each_file_with_its_counts(outside: Outside) -> None:
    small = world()
    small.row("prices", "bt-phone")["unit_price"] = "1,50"
    deliver(outside, small)
    prices = len(small.tables["prices"])
    assert table(outside, "select rows_read, rows_accepted, rows_known, rows_rejected from feed_file where path = 'prices.csv'") == [
        (prices, prices - 1, 0, 1)
    ]
    assert date.fromisoformat("2026-10-28") in {row[0] for row in table(outside, "select snapshot_on from inventory_snapshot")}
