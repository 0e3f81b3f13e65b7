"""One bad row among good ones: the good are in, and the reject list names file, line, column, value and the way out."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

import sql
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tests.world import COLUMNS, USAGE_COLUMNS, Row, World, csv_bytes, usage_row, world

CALLS = "usage/2026-10-07.csv.gz"
GOOD_CALL = usage_row("U-GOOD", "L-LUX-USER", "2026-10-07T08:00:00Z", "+3223456789", 60)
TEMPLATES: dict[str, Row] = {
    "charges": {
        "contract_id": "C-LUX",
        "end_client_id": "CL-LUX",
        "on": "2026-10-01",
        "description": "Visit",
        "quantity": "1",
        "unit_price": "80",
        "reason_clause": "GC-5.1",
    },
    "credits": {"contract_id": "C-LUX", "end_client_id": "CL-LUX", "on": "2026-10-01", "amount": "10.00", "reason": "SLA"},
    "terminations": {"contract_id": "C-LUX", "by": "client", "received_on": "2026-10-01"},
    "deposits": {"payer_id": "CL-LUX", "on": "2026-10-01", "amount": "100.00", "kind": "deposit"},
}
TEMPLATE_KEYS = {"parties": "CL-LUX", "contracts": "C-LUX", "order_lines": "L-LUX-USER", "products": "bt-user", "prices": "bt-user"}

NO_DAY = "not a day; write year-month-day, as in 2026-10-28"
NEVER = "there is no such day; check month and day"
COMMA = "a comma in a number; write the decimals after a point and no thousands separator, as in 1.50"
NO_NUMBER = "not a number; write digits with a decimal point, as in 1.50"
WHOLE = "not a whole number; write digits only, as in 12"
NEGATIVE = "negative; give 0 or more"
EMPTY = "empty; a value is needed"
ALLOWED = "name the clause that allows the charge: BT-2.a, BT-2.j, GC-4.5, GC-5.1, GC-5.4, ST-2.a, WM-2.a"
SIX = "more than 6 decimals; round it to 6"
COUNTRY = "not a country code of two capitals, as in BE"
PREFIX = "not a prefix; write digits without + or 00, as in 324, or a short code after s, as in s112"
CONTROL = "holds a control character or a line break; take it out"
KINDS = (
    "not one of user, channel, national_number, international_number, pack, licence, hardware, activation, installation, porting_out, "
    "usage, other; give one of these, in lower case"
)
QUOTES = "a quotation mark is out of place or not closed on this line; a value holds no line break, and a quotation mark in it is doubled"
SERVICES = "not one of business_telephony, sip_trunking, web_meeting, telavox; give one of these, in lower case"


def nowhere(what: str, where: str) -> str:
    return f"there is no {what} of this id; correct it, or deliver it in {where} and import again"


# table, column, value, reason
BAD_CELLS = (
    ("parties", "role", "reseller", "not one of partner, client; give one of these, in lower case"),
    ("parties", "language", "de", "not one of fr, nl, en; give one of these, in lower case"),
    ("parties", "language", "FR", "not one of fr, nl, en; give one of these, in lower case"),
    ("parties", "delivery", "post", "not one of email, portal; give one of these, in lower case"),
    ("parties", "country", "Belgium", COUNTRY),
    ("parties", "country", "be", COUNTRY),
    ("parties", "country", "UK", f"{COUNTRY}; the United Kingdom is GB"),
    ("parties", "name", "", EMPTY),
    ("parties", "party_id", "", EMPTY),
    ("parties", "party_id", "X" * 201, "longer than 200 characters; shorten it"),
    ("parties", "partner_id", "PA-NOBODY", nowhere("party with the role partner", "parties")),
    ("parties", "partner_id", "CL-SIP", nowhere("party with the role partner", "parties")),
    ("contracts", "payer_id", "CL-NOBODY", nowhere("party", "parties")),
    ("contracts", "payer_id", "", EMPTY),
    ("contracts", "terms", "other", "not one of allocloud, telavox; give one of these, in lower case"),
    ("contracts", "signed_on", "31/10/2026", NO_DAY),
    ("contracts", "confirmed_on", "2026-02-30", NEVER),
    ("contracts", "starts_on", "2026-10-1", NO_DAY),
    ("contracts", "term_months", "-1", NEGATIVE),
    ("contracts", "payment_days", "30 days", WHOLE),
    ("contracts", "payment_days", "99999999999", "more than 2147483647; check the figure"),
    ("contracts", "deposit_required", "yes", f"{NO_NUMBER} (an amount, true or false)"),
    ("contracts", "deposit_required", "-5", f"{NEGATIVE} (an amount, true or false)"),
    ("order_lines", "contract_id", "C-NOBODY", nowhere("contract", "contracts")),
    ("order_lines", "end_client_id", "CL-NOBODY", nowhere("party", "parties")),
    ("order_lines", "product", "bt-unheard-of", nowhere("product", "products")),
    ("order_lines", "quantity", "-1", NEGATIVE),
    ("order_lines", "quantity", "1.5", WHOLE),
    ("order_lines", "quantity", "", EMPTY),
    ("order_lines", "unit_price", "1,50", COMMA),
    ("order_lines", "unit_price", "-1.50", NEGATIVE),
    ("order_lines", "unit_price", "1.1234567", SIX),
    ("order_lines", "unit_price", "EUR 3", NO_NUMBER),
    ("order_lines", "unit_price", "1e3", NO_NUMBER),
    ("order_lines", "unit_price", "123456789.00", "more than 8 digits before the point; check the figure"),
    ("order_lines", "starts_on", "", EMPTY),
    ("order_lines", "ends_on", "2025-12-31", "before starts_on 2026-01-01; a line of one day ends on the day it starts"),
    ("order_lines", "min_months", "twelve", WHOLE),
    ("order_lines", "charged_through", "2025-02-29", NEVER),
    ("products", "service", "fax", SERVICES),
    ("products", "kind", "handset", KINDS),
    ("products", "timing", "later", "not one of at_order, advance, arrears; give one of these, in lower case"),
    ("products", "name_nl", "", EMPTY),
    ("prices", "product", "bt-unheard-of", nowhere("product", "products")),
    ("prices", "unit_price", "-0.01", NEGATIVE),
    ("prices", "unit_price", "", EMPTY),
    ("prices", "unit_price", "31.0000001", SIX),
    ("prices", "announced_on", "soon", NO_DAY),
    ("packs", "minutes", "-10", NEGATIVE),
    ("packs", "minutes", "", "neither minutes nor data_mb is given; give one of them"),
    ("rates", "deck", "voip", SERVICES),
    ("rates", "prefix", "+324", PREFIX),
    ("rates", "prefix", "32x", PREFIX),
    ("rates", "prefix", "US:32", PREFIX),
    ("rates", "prefix", "fr:32", "usage made in FR is rated as at home; take the row out, the surcharge beyond the limit is eu:data"),
    ("rates", "prefix", "eu:32", "eu: stands for the surcharge beyond the roaming limit only; write eu:data"),
    ("rates", "prefix", "qq:32", "there is no country QQ; begin with the two letters of one, as in us:32"),
    ("rates", "prefix", "", EMPTY),
    ("rates", "per_minute", "0.1234567", SIX),
    ("rates", "per_minute", "-0.10", NEGATIVE),
    ("rates", "per_minute", "0,10", COMMA),
    ("rates", "first_increment", "0", "less than 1; give 1 or more"),
    ("charges", "contract_id", "C-NOBODY", nowhere("contract", "contracts")),
    ("charges", "unit_price", "-80", NEGATIVE),
    ("charges", "description", "", "neither product nor description is given; say what is charged"),
    ("charges", "quantity", "0", "0; a charge is for something, give how many"),
    ("charges", "unit_price", "", "neither unit_price nor product is given; give one, a product has its price in the price list"),
    ("charges", "quantity", "12500000", "quantity × unit_price is not below 1000000000 EUR; check both"),
    ("charges", "reason_clause", "", EMPTY),
    ("charges", "reason_clause", "misuse", f"not a clause id; {ALLOWED}"),
    ("charges", "reason_clause", "BT-2.e", f"a clause that allows no ad-hoc charge; {ALLOWED}"),
    ("charges", "reason_clause", "CG-2.d", f"a clause that allows no ad-hoc charge; {ALLOWED}"),
    ("credits", "amount", "0.00", "0; give the amount that is credited, excluding VAT"),
    ("credits", "amount", "10.005", "more than 2 decimals; round it to 2"),
    ("credits", "on", "2026-10-01T00:00:00Z", NO_DAY),
    ("terminations", "line_id", "L-NOBODY", nowhere("order line", "order_lines")),
    ("terminations", "by", "nobody", "not one of client, partner, operator, bankruptcy; give one of these, in lower case"),
    ("terminations", "client_breach", "yes", "not a yes or no; write true or false"),
    ("deposits", "payer_id", "CL-NOBODY", nowhere("party", "parties")),
    ("deposits", "amount", "0", "0; give what was received, or what was given back with a minus"),
    ("deposits", "kind", "cash", "not one of deposit, bank_guarantee; give one of these, in lower case"),
)
BAD_CALLS = (
    ("usage_id", "", EMPTY),
    ("usage_id", "U" * 201, "longer than 200 characters; shorten it"),
    ("line_id", "L-NOBODY", nowhere("order line", "order_lines")),
    ("line_id", "", EMPTY),
    ("kind", "fax", "not one of voice, sms, data; give one of these, in lower case"),
    ("kind", "", EMPTY),
    ("direction", "outgoing", "not one of out, in; give one of these, in lower case"),
    ("started_at", "", EMPTY),
    ("started_at", "2026-10-07 08:00", "the time has no zone; write it in UTC with a Z, as in 2026-10-03T08:15:30Z"),
    ("started_at", "2026-10-07T08:00:00", "the time has no zone; write it in UTC with a Z, as in 2026-10-03T08:15:30Z"),
    ("started_at", "07/10/2026 08:00:00", "not a timestamp; write it in UTC, as in 2026-10-03T08:15:30Z"),
    ("started_at", "2026-02-30T08:00:00Z", "there is no such day or time; check the figures"),
    ("started_at", "2026-10-07T25:00:00Z", "there is no such day or time; check the figures"),
    ("quantity", "-60", NEGATIVE),
    ("quantity", "60.5", WHOLE),
    ("quantity", "", EMPTY),
    ("quantity", "9999999999999999", "more than 1000000000000000; check the figure"),
    ("visited_country", "XX", COUNTRY),
    ("callee", "", "not a number that can be called: no number is given; correct it"),
)
BAD_ELEMENTS = (
    ("line_id", "L-NOBODY", nowhere("order line", "order_lines")),
    ("line_id", "", EMPTY),
    ("element_id", "", EMPTY),
    ("kind", "handset", KINDS),
)


def feed_of(outside: Outside) -> Path:
    return Path(outside.settings.feed)


def rejects_of(outside: Outside, small: World | None = None) -> list[Reject]:
    if small:
        small.write(feed_of(outside))
    import_feed(outside)
    with outside.engine.connect() as conn:
        return sql.rows(conn, Reject, "feed/open_rejects")


def count(outside: Outside, query: str) -> int:
    with outside.engine.connect() as conn:
        return int(conn.execute(text(query)).scalar_one())


def a_new_row(small: World, name: str) -> Row:
    """A good row of the table with a key of its own, put at its end."""
    rows = small.tables[name]
    if name in ("prices", "packs", "rates"):
        row = {**rows[0], "valid_from": f"{2100 + len(rows)}-01-01"}
    else:
        like = TEMPLATES.get(name) or small.row(name, TEMPLATE_KEYS[name])
        row = {**like, COLUMNS[name][0]: f"NEW-{len(rows)}"}
    if name == "terminations":  # a contract can be terminated once
        row["contract_id"] = ("C-LUX", "C-SIP", "C-PACK", "C-ALFA", "C-BETA", "C-PORTAL", "C-TLX")[len(rows)]
    rows.append(row)
    return row


def stored_rows(outside: Outside, name: str) -> int:
    if name in TEMPLATES:
        return count(outside, f"select count(*) from feed_record where table_name = '{name}'")
    return count(outside, f"select count(*) from {'party' if name == 'parties' else name.removesuffix('s')}")


def shown(value: str) -> str:
    return value if len(value) <= 200 else value[:199] + "…"


@pytest.mark.parametrize("name", sorted({case[0] for case in BAD_CELLS}))
def test_a_bad_cell_refuses_its_row_alone(outside: Outside, name: str) -> None:
    small = world()
    expected = []
    for column, value, reason in (case[1:] for case in BAD_CELLS if case[0] == name):
        a_new_row(small, name)[column] = value
        expected.append(Reject(f"{name}.csv", len(small.tables[name]) + 1, column, shown(value), reason))
        a_new_row(small, name)
    assert rejects_of(outside, small) == expected
    assert stored_rows(outside, name) == len(small.tables[name]) - len(expected)


def test_a_bad_cell_refuses_its_call_alone(outside: Outside) -> None:
    small = world()
    rows, expected = [GOOD_CALL], []
    for column, value, reason in BAD_CALLS:
        rows.append({**GOOD_CALL, "usage_id": f"U-BAD-{len(rows)}", column: value})
        expected.append(Reject("usage/odd.csv", len(rows) + 1, column, shown(value), reason))
        rows.append({**GOOD_CALL, "usage_id": f"U-{len(rows)}"})
    small.usage = []
    small.write(feed_of(outside))
    put(outside, "usage/odd.csv", csv_bytes(USAGE_COLUMNS, rows))
    assert rejects_of(outside) == expected
    assert count(outside, "select count(*) from usage_record where usage_id not like '%BAD%' and usage_id <> ''") == len(BAD_CALLS) + 1
    assert count(outside, "select count(*) from usage_record") == len(BAD_CALLS) + 1


def test_a_bad_cell_refuses_its_element_alone(outside: Outside) -> None:
    small = world()
    small.inventory = {"2026-10-28": small.inventory["2026-10-28"]}
    day = small.inventory["2026-10-28"]
    good, expected = len(day), []
    for column, value, reason in BAD_ELEMENTS:
        day.append({**day[0], "element_id": f"E-{len(day)}", column: value})
        expected.append(Reject("inventory/2026-10-28.csv", len(day) + 1, column, value, reason))
    assert rejects_of(outside, small) == expected
    assert count(outside, "select element_count from inventory_snapshot where snapshot_on = '2026-10-28'") == good


def test_each_wrong_cell_of_a_row_is_named(outside: Outside) -> None:
    small = world()
    a_new_row(small, "order_lines").update(quantity="-1", product="", starts_on="1/1/2026")
    assert [(reject.column_name, reject.value) for reject in rejects_of(outside, small)] == [
        ("product", ""),
        ("quantity", "-1"),
        ("starts_on", "1/1/2026"),
    ]


def test_a_called_number_that_cannot_be_read_is_refused_and_kept_masked(outside: Outside) -> None:
    small = world()
    masked = {"anonymous": "anonyxxxx", "+32475ABCDEF": "+3247xxxxxxx", "0": "0", "+3247512345678901234": "+3247xxxxxxxxxxxxxxx"}
    small.usage = [GOOD_CALL, *({**GOOD_CALL, "usage_id": f"U-BAD-{n}", "callee": callee} for n, callee in enumerate(masked))]
    refused = rejects_of(outside, small)
    assert [(one.line, one.column_name, one.value) for one in refused] == [
        (n, "callee", shown) for n, shown in enumerate(masked.values(), start=3)
    ]
    assert all(one.reason.startswith("not a number that can be called: ") for one in refused)
    assert count(outside, "select count(*) from usage_record") == 1


def test_incoming_usage_and_data_need_no_called_number(outside: Outside) -> None:
    small = world()
    small.usage = [
        {**GOOD_CALL, "usage_id": f"U-{callee}-{n}", "callee": callee, **cells}
        for callee in ("", "anonymous")
        for n, cells in enumerate(({"direction": "in"}, {"kind": "data"}))
    ]
    assert rejects_of(outside, small) == []
    assert count(outside, "select count(*) from usage_record where callee_key = 0") == 4


def put(outside: Outside, path: str, body: bytes) -> None:
    full = feed_of(outside) / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(body)


def change(path: str, edit: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def changed(feed: Path) -> None:
        (feed / path).write_bytes(edit((feed / path).read_bytes()))

    return changed


# what is done to the feed, and the one entry it makes
BAD_FILES: dict[str, tuple[Callable[[Path], None], Reject]] = {
    "a column is missing": (
        change("rates.csv", lambda body: body.replace(b",setup,", b",set_up,")),
        Reject(
            "rates.csv",
            1,
            "setup",
            "set_up",
            "the header has no column setup; add it, empty where nothing is given; set_up may be meant for setup",
        ),
    ),
    "two columns are missing": (
        change("rates.csv", lambda body: body.replace(b"deck,prefix,", b"a,b,", 1)),
        Reject("rates.csv", 1, "deck, prefix", "a, b", "the header has no column deck, prefix; add them, empty where nothing is given"),
    ),
    "a column is there twice": (
        change("rates.csv", lambda body: body.replace(b"deck,prefix,", b"deck,deck,prefix,", 1)),
        Reject("rates.csv", 1, "deck", "", "the header has deck more than once; keep one"),
    ),
    "semicolons": (
        change("rates.csv", lambda body: body.replace(b",", b";")),
        Reject("rates.csv", 1, "", ";", "the columns are not separated by commas; save the file with commas"),
    ),
    "an empty file": (
        change("rates.csv", lambda _body: b""),
        Reject("rates.csv", 0, "", "", "the file is empty; deliver it again, with a header and its rows"),
    ),
    "an empty inventory": (
        change("inventory/2026-10-28.csv", lambda body: body.split(b"\n")[0] + b"\n"),
        Reject("inventory/2026-10-28.csv", 0, "", "", "a header and no rows; deliver the file again, with its rows"),
    ),
    "a file of another encoding": (
        change("rates.csv", lambda body: body.decode().encode("utf-16")),
        Reject("rates.csv", 0, "", "", "the file is UTF-16; save it as UTF-8"),
    ),
    "half a gzip file": (
        change(CALLS, lambda body: body[: len(body) // 2]),
        Reject(CALLS, 0, "", "", "not a whole gzip file; deliver it again"),
    ),
    "no gzip file at all": (
        change(CALLS, lambda _body: b"usage_id,line_id"),
        Reject(CALLS, 0, "", "", "not a whole gzip file; deliver it again"),
    ),
    "packs under another form too": (
        lambda feed: (feed / "packs.csv.gz").write_bytes(gzip.compress((feed / "packs.csv").read_bytes())) and None,
        Reject("packs.csv.gz", 0, "", "", "packs.csv holds the same table and was read; keep one of the two"),
    ),
    "an inventory of no day": (
        lambda feed: (feed / "inventory/2026-10-28.csv").rename(feed / "inventory/latest.csv") and None,
        Reject(
            "inventory/latest.csv",
            0,
            "",
            "latest",
            "the name of the file is not a day; name it after the day it shows, as in 2026-10-28.csv",
        ),
    ),
    "usage in a form that is none": (
        lambda feed: (feed / CALLS).rename(feed / "usage/calls.xlsx") and None,
        Reject("usage/calls.xlsx", 0, "", "calls.xlsx", "not a table of the feed; deliver it as .csv, .csv.gz or .parquet"),
    ),
    "the file of prices is named otherwise": (
        lambda feed: (feed / "prices.csv").rename(feed / "price.csv") and None,
        Reject("prices.csv", 0, "", "", "the file is missing; deliver it as .csv, .csv.gz or .parquet; price.csv may be meant"),
    ),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_cannot_be_used_stops_no_other(outside: Outside, what: str) -> None:
    spoil, expected = BAD_FILES[what]
    small = world()
    small.write(feed_of(outside))
    spoil(feed_of(outside))
    assert rejects_of(outside) == [expected]
    assert stored_rows(outside, "order_lines") == len(small.tables["order_lines"])
    assert import_feed(outside).import_no is None
    for path in [path for path in feed_of(outside).rglob("*") if path.is_file()]:
        path.unlink()
    assert rejects_of(outside, small) == []


@pytest.mark.parametrize("name", ["parties", "contracts", "order_lines", "products", "prices"])
def test_a_table_the_close_cannot_do_without_is_missed_when_it_is_absent_or_has_no_rows(outside: Outside, name: str) -> None:
    small = world()
    small.write(feed_of(outside))
    (feed_of(outside) / f"{name}.csv").unlink()
    assert Reject(f"{name}.csv", 0, "", "", "the file is missing; deliver it as .csv, .csv.gz or .parquet") in rejects_of(outside)
    small.tables[name] = []
    small.write(feed_of(outside))
    assert Reject(f"{name}.csv", 0, "", "", "a header and no rows; deliver the file again, with its rows") in rejects_of(outside)


def test_a_column_that_may_be_empty_may_be_left_out_of_the_header(outside: Outside) -> None:
    write_without_column(outside, "order_lines", "min_months")
    assert rejects_of(outside) == []


def test_a_column_left_out_beside_an_unknown_one_may_be_misspelt_and_is_refused(outside: Outside) -> None:
    write_without_column(outside, "order_lines", "charged_through", instead="charged_trough")
    assert [(one.path, one.line, one.column_name, one.value) for one in rejects_of(outside) if one.path == "order_lines.csv"] == [
        ("order_lines.csv", 1, "charged_through", "charged_trough")
    ]


def write_without_column(outside: Outside, table: str, column: str, instead: str = "") -> None:
    world().write(feed_of(outside))
    path = feed_of(outside) / f"{table}.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    place = rows[0].index(column)
    for row in rows:
        del row[place]
    if instead:
        rows[0].append(instead)
        for row in rows[1:]:
            row.append("2026-10-31")
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")


def test_folders_without_a_file_are_missed(outside: Outside) -> None:
    small = world()
    small.usage, small.inventory = [], {}
    assert rejects_of(outside, small) == [
        Reject("inventory", 0, "", "", "there is no file in inventory/; deliver its files"),
    ]
    assert rejects_of(outside, world()) == []


def test_tables_that_are_not_needed_every_month_may_be_absent(outside: Outside) -> None:
    small = world()
    small.write(feed_of(outside))
    for name in ("packs", "charges", "credits", "terminations", "disputes", "deposits"):
        (feed_of(outside) / f"{name}.csv").unlink()
    assert rejects_of(outside) == []


def test_further_columns_and_a_byte_order_mark_and_windows_line_ends_do_no_harm(outside: Outside) -> None:
    world().write(feed_of(outside))
    path = feed_of(outside) / "prices.csv"
    rows = path.read_text().splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(f"{row},{'note' if n == 0 else 'x'}" for n, row in enumerate(rows)).encode())
    assert rejects_of(outside) == []


# a line put between two good ones, and what is said of it
BAD_LINES = {
    "too few cells": (
        b"U-BAD,L-LUX-USER,voice",
        "U-BAD",
        "the row has 3 cells and the header 9; put a value with a comma between quotation marks",
    ),
    "too many cells": (
        b"U-BAD" + b",x" * 9,
        "U-BAD",
        "the row has 10 cells and the header 9; put a value with a comma between quotation marks",
    ),
    "an open quotation mark": (b'U-BAD,"L-LUX-USER,voice,out,,112,2026-10-07T08:00:00Z,1,', "U-BAD", QUOTES),
    "not UTF-8": (b"U-BAD,L-LUX-USER,voice,out,\xe9,112,2026-10-07T08:00:00Z,1,", "U-BAD", "the row is not UTF-8; save the file as UTF-8"),
}


def test_a_line_that_is_no_row_takes_no_other_with_it(outside: Outside) -> None:
    small = world()
    small.usage = []
    small.write(feed_of(outside))
    header, first, second = csv_bytes(USAGE_COLUMNS, [GOOD_CALL, {**GOOD_CALL, "usage_id": "U-LAST"}]).rstrip(b"\n").split(b"\n")
    for what, (line, _, _) in BAD_LINES.items():
        put(outside, f"usage/{what}.csv", b"\n".join([header, first, b"", line, second, b""]))
    assert rejects_of(outside) == [
        Reject(f"usage/{what}.csv", 4, "", first_cell, reason) for what, (_, first_cell, reason) in sorted(BAD_LINES.items())
    ]
    assert count(outside, "select count(*) from usage_record where usage_id in ('U-GOOD', 'U-LAST')") == 2
    assert count(outside, "select rows_read from feed_file where path = 'usage/not UTF-8.csv'") == 3


@pytest.mark.parametrize(
    ("name", "column"), [("parties", "name"), ("prices", "product"), ("usage", "usage_id"), ("usage", "caller"), ("usage", "line_id")]
)
def test_control_characters_never_go_in(outside: Outside, name: str, column: str) -> None:
    small = world()
    rows, path = ([GOOD_CALL], "usage/odd.csv") if name == "usage" else (small.tables[name], f"{name}.csv")
    expected = []
    for character in ("\x00", "\x1b", "\x07", "\x85", "\u2028"):
        key = {"parties": "party_id", "usage": "usage_id"}.get(name)  # a row of its own
        rows.append({**rows[0], **({key: f"NEW-{len(rows)}"} if key else {}), column: f"a{character}b"})
        expected.append((path, len(rows) + 1, column, CONTROL))
    small.write(feed_of(outside))
    put(outside, path, csv_bytes(USAGE_COLUMNS if name == "usage" else COLUMNS[name], rows))
    refused = rejects_of(outside)
    assert [(one.path, one.line, one.column_name, one.reason) for one in refused] == expected
    assert all(one.value.isprintable() for one in refused)


def test_a_key_twice_is_known_when_it_says_the_same_and_refused_when_it_does_not(outside: Outside) -> None:
    small = world()
    first = small.row("parties", "CL-LUX")
    small.tables["parties"] += [dict(first), {**first, "name": "Somebody else"}]
    line = len(small.tables["parties"]) + 1
    at = small.tables["parties"].index(first) + 2
    assert rejects_of(outside, small) == [
        Reject("parties.csv", line, "party_id", "CL-LUX", f"line {at} has it with other content; keep one of the two")
    ]
    assert count(outside, "select count(*) from party where party_id = 'CL-LUX'") == 1


def test_an_element_twice_counts_once(outside: Outside) -> None:
    small = world()
    small.inventory = {"2026-10-28": small.inventory["2026-10-28"]}
    day = small.inventory["2026-10-28"]
    whole = len(day)
    day += [dict(day[0]), {**day[0], "label": "another"}]
    (refused,) = rejects_of(outside, small)
    assert (refused.line, refused.column_name, refused.value) == (whole + 3, "line_id, element_id", "L-START-USER, L-START-USER-1")
    assert count(outside, "select element_count from inventory_snapshot where snapshot_on = '2026-10-28'") == whole


def test_a_partner_may_stand_below_its_clients_and_a_refused_one_takes_them_with_it(outside: Outside) -> None:
    small = world()
    partner = small.row("parties", "PA-ONE")
    small.tables["parties"].remove(partner)
    small.tables["parties"].append(partner)
    assert rejects_of(outside, small) == []
    small.tables["parties"].append({**partner, "party_id": "PA-TWO", "country": "??"})
    small.tables["parties"].append({**small.row("parties", "CL-LUX"), "party_id": "CL-NEW", "partner_id": "PA-TWO"})
    assert [(reject.column_name, reject.value) for reject in rejects_of(outside, small)] == [("country", "??"), ("partner_id", "PA-TWO")]


def test_a_deposit_is_an_amount_or_true_for_any_amount(outside: Outside) -> None:
    small = world()
    read = {"": None, "0": None, "0.00": None, "false": None, "true": "0.01", "500": "500.00", "500.00": "500.00"}
    for cell in read:
        a_new_row(small, "contracts")["deposit_required"] = cell
    assert rejects_of(outside, small) == []
    with outside.engine.connect() as conn:
        found = (
            conn.execute(
                text(
                    "select cast(deposit_required as text) from contract where contract_id like 'NEW-%' "
                    "order by length(contract_id), contract_id"
                )
            )
            .scalars()
            .all()
        )
    assert found == list(read.values())


def test_an_instant_may_be_written_with_any_offset(outside: Outside) -> None:
    small = world()
    at_eight = [
        "2026-10-07T08:00:00Z",
        "2026-10-07T10:00:00+02:00",
        "2026-10-07T10:00:00+0200",
        "2026-10-07 08:00:00Z",
        "2026-10-07T08:00:00.000Z",
        "2026-10-07T03:00:00-05:00",
    ]
    small.usage = []
    small.write(feed_of(outside))
    cells = [*at_eight, "2026-10-07T08:00:00.250Z"]
    put(
        outside,
        "usage/odd.csv",
        csv_bytes(USAGE_COLUMNS, [{**GOOD_CALL, "usage_id": f"U{n}", "started_at": cell} for n, cell in enumerate(cells)]),
    )
    assert rejects_of(outside) == []
    assert count(outside, "select count(*) from usage_record where started_at = '2026-10-07T08:00:00Z'") == 6
    assert count(outside, "select count(*) from usage_record where started_at = '2026-10-07T08:00:00.25Z'") == 1


def test_a_repaired_file_leaves_the_list_and_the_list_remembers_when(outside: Outside) -> None:
    small = world()
    small.row("prices", "bt-phone")["unit_price"] = "89,00"
    assert len(rejects_of(outside, small)) == 1
    small.row("prices", "bt-phone")["unit_price"] = "89.00"
    assert rejects_of(outside, small) == []
    assert count(outside, "select count(*) from price where product = 'bt-phone'") == 1
    assert count(outside, "select resolved_import from feed_reject") == 2


def test_a_bad_change_leaves_the_version_in_force_as_it_is(outside: Outside) -> None:
    small = world()
    rejects_of(outside, small)
    small.row("order_lines", "L-LUX-USER")["quantity"] = "-2"
    (refused,) = rejects_of(outside, small)
    assert (refused.column_name, refused.value) == ("quantity", "-2")
    assert count(outside, "select quantity from order_line where line_id = 'L-LUX-USER' and superseded_import is null") == 1
