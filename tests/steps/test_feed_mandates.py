"""mandates.csv at the import: what a bank would refuse is refused here, with the line and the way out."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

import sql
from tasks.feed.importing import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tests.steps.collecting_scene import CollectingScene
from tests.world import csv_bytes, world

COLUMNS = ("mandate_id", "payer_id", "iban", "bic", "holder", "signed_on", "scheme", "ends_on")
GOOD = ("M-1", "CL-LUX", "BE68 5390 0754 7034", "gkccbebb", "Lux SRL", "2026-01-05", "CORE", "")
OTHER = "BE43068999999501"
BANKS = "holds characters that banks refuse; letters without accents, digits and + ? / - : ( ) . , ' are taken"
ONE_AT_A_TIME = "give that one its ends_on, or correct this one, an account is debited under one mandate at a time"


def deliver(outside: Outside, *rows: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """Import these mandates; returns what is refused: line, column, value and reason."""
    feed = Path(outside.settings.feed)
    if not feed.exists():
        world().write(feed)
    (feed / "mandates.csv").write_bytes(csv_bytes(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows]))
    import_feed(outside)
    with outside.engine.connect() as conn:
        found = sql.rows(conn, Reject, "feed/open_rejects")
    return [(one.line, one.column_name, one.value, one.reason) for one in found if one.path == "mandates.csv"]


def known(outside: Outside) -> list[tuple[object, ...]]:
    with outside.engine.connect() as conn:
        answer = conn.execute(text("select mandate_id, payer_id, iban, bic, ends_on from mandate_at(1000) order by 1"))
        return [tuple(row) for row in answer]


def changed(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(name, value) for name, value in zip(COLUMNS, GOOD, strict=True))


def test_a_mandate_is_kept_with_its_account_written_one_way(outside: Outside) -> None:
    assert deliver(outside, GOOD, changed(mandate_id="M-2/a+b?:(c).,'", payer_id="CL-SIP", iban=OTHER.lower(), bic="")) == []
    assert known(outside) == [
        ("M-1", "CL-LUX", "BE68539007547034", "GKCCBEBB", None),
        ("M-2/a+b?:(c).,'", "CL-SIP", OTHER, "", None),
    ]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("iban", "BE68539007547035", "not an IBAN; check its digits, as in BE71 0961 2345 6769"),
        ("iban", "BE6853900754703", "not an IBAN; check its digits, as in BE71 0961 2345 6769"),
        ("iban", "", "empty; a value is needed"),
        ("iban", "TR330006100519786457841326", "an account of TR, which SEPA does not reach; give one that it does"),
        ("bic", "GKCC", "not a BIC; write its 8 or 11 characters, as in GKCCBEBB, or leave it empty"),
        ("mandate_id", "M" * 36, "longer than 35 characters; give the reference that stands on the mandate"),
        ("mandate_id", "Mandat n° 7", BANKS),
        ("mandate_id", "M 7", BANKS),
        ("mandate_id", "M//7", "begins or ends with a slash, or has two in a row; banks refuse that, give the reference without"),
        ("scheme", "core", "not one of CORE, B2B; give one of these, in lower case"),
        ("ends_on", "2026-01-04", "before signed_on 2026-01-05; it is the last day of the mandate, at the earliest the first"),
        ("payer_id", "CL-NOBODY", "there is no party of this id; correct it, or deliver it in parties and import again"),
    ],
)
def test_what_a_bank_would_refuse_is_refused_at_the_import(outside: Outside, column: str, value: str, reason: str) -> None:
    found = deliver(outside, changed(mandate_id="M-0", payer_id="CL-SIP", iban=OTHER), changed(**{column: value}))
    assert [(line, name, why) for line, name, _, why in found] == [(3, column, reason)]
    assert [one[0] for one in known(outside)] == ["M-0"]


def test_a_payer_has_one_mandate_at_a_time(outside: Outside) -> None:
    rows = (
        changed(ends_on="2026-06-30"),
        changed(mandate_id="M-2", signed_on="2026-06-30"),
        changed(mandate_id="M-3", signed_on="2026-07-01"),
    )
    reason = f"mandate M-1 of CL-LUX is in force on days of it (from 2026-01-05 to 2026-06-30); {ONE_AT_A_TIME}"
    assert deliver(outside, *rows) == [(3, "signed_on", "2026-06-30", reason)]
    assert [one[0] for one in known(outside)] == ["M-1", "M-3"]


def test_a_mandate_is_ended_and_another_begins_in_one_delivery(outside: Outside) -> None:
    assert deliver(outside, GOOD) == []
    assert deliver(outside, changed(ends_on="2026-06-30"), changed(mandate_id="M-2", signed_on="2026-07-01", iban=OTHER)) == []
    assert [(one[0], str(one[4])) for one in known(outside)] == [("M-1", "2026-06-30"), ("M-2", "None")]


def test_the_account_of_a_mandate_that_was_debited_does_not_change(outside: Outside) -> None:
    CollectingScene(outside).collect()
    world().write(Path(outside.settings.feed))
    found = deliver(outside, changed(mandate_id="M-ALFA", iban=OTHER))
    reason = "BE68539007547034 was debited under this mandate; end it, and give the mandate of the new account its own mandate_id"
    assert found == [(2, "iban", OTHER, reason)]
    assert deliver(outside, changed(mandate_id="M-ALFA", ends_on="2026-12-31")) == []
