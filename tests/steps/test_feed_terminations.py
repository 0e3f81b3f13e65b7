"""Terminations that cannot be are refused one by one, with the column, the value and the way out; a corrected one is no second one."""

from pathlib import Path

import pytest
from sqlalchemy import text

import sql
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tests.world import Row, World, world

SIP = {"contract_id": "C-SIP", "by": "client", "received_on": "2026-10-01"}
EARLIER = "termination T1 ends it already; correct that one, or take one of the two out"


def brought(outside: Outside, small: World, *rows: Row) -> list[Reject]:
    """What of these terminations is refused, with what the feed held before."""
    small.tables["terminations"] = [{"termination_id": f"T{n}", **row} for n, row in enumerate(rows, start=1)]
    small.write(Path(outside.settings.feed))
    import_feed(outside)
    with outside.engine.connect() as conn:
        return sql.rows(conn, Reject, "feed/open_rejects")


def stored(outside: Outside) -> list[str]:
    """The terminations in force, each with the day asked."""
    with outside.engine.connect() as conn:
        found = conn.execute(
            text(
                "select record_id, record ->> 'requested_on' as asked from feed_record "
                "where table_name = 'terminations' and superseded_import is null order by record_id"
            )
        )
        return [f"{row.record_id} {row.asked or '-'}" for row in found]


@pytest.mark.clause("CG-3.b")
@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        pytest.param(
            {**SIP, "line_id": "L-LUX-USER"}, "line_id", "L-LUX-USER",
            "not a line of contract C-SIP but of C-LUX; correct one of the two", id="a line of another contract",
        ),
        pytest.param(
            {**SIP, "line_id": "L-NOBODY"}, "line_id", "L-NOBODY",
            "there is no order line of this id; correct it, or deliver it in order_lines and import again", id="a line nobody ordered",
        ),
        pytest.param(
            {**SIP, "line_id": "L-SIP-CHANNEL", "end_client_id": "CL-LUX"}, "end_client_id", "CL-LUX",
            "line L-SIP-CHANNEL is not of this end client but of CL-SIP; correct one, or leave it empty", id="a line of another end client",
        ),
        pytest.param(
            {**SIP, "end_client_id": "CL-LUX"}, "end_client_id", "CL-LUX",
            "this end client has no line under contract C-SIP; correct one of the two", id="an end client without a line under the contract",
        ),
        pytest.param(
            {**SIP, "received_on": "2025-12-31"}, "received_on", "2025-12-31",
            "before contract C-SIP starts on 2026-01-01; correct the day, or end the order itself with ends_on in order_lines",
            id="a contract before its start",
        ),
        pytest.param(
            {**SIP, "requested_on": "2016-10-31"}, "requested_on", "2016-10-31",
            "before contract C-SIP starts on 2026-01-01; correct the day, or end the order itself with ends_on in order_lines",
            id="a day asked before the start",
        ),
        pytest.param(
            {"contract_id": "C-START", "by": "client", "received_on": "2026-10-10", "line_id": "L-START-USER"}, "received_on", "2026-10-10",
            "before line L-START-USER starts on 2026-10-23; correct the day, or end the order itself with ends_on in order_lines",
            id="a line before its start",
        ),
        pytest.param(
            {**SIP, "by": "bankruptcy", "proof": "judgment"}, "end_client_id", "",
            "empty; a bankruptcy is that of an end client, name it", id="a bankruptcy of nobody",
        ),
        pytest.param(
            {**SIP, "by": "bankruptcy", "end_client_id": "CL-SIP"}, "proof", "",
            "empty; a bankruptcy counts from the day its proof was received, say what the proof is", id="a bankruptcy without proof",
        ),
    ],
)  # fmt: skip
def test_a_termination_is_refused_that_ends(outside: Outside, row: Row, column: str, value: str, reason: str) -> None:
    good = {"contract_id": "C-PACK", "by": "client", "received_on": "2026-10-01"}
    assert brought(outside, world(), good, row) == [Reject("terminations.csv", 3, column, value, reason)]
    assert stored(outside) == ["T1 -"]


@pytest.mark.clause("CG-3.b", "CG-3.e")
@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        pytest.param({}, {}, "contract_id", id="the same contract"),
        pytest.param({}, {"by": "partner"}, "contract_id", id="the same contract by partner and client"),
        pytest.param({"line_id": "L-SIP-CHANNEL"}, {"line_id": "L-SIP-CHANNEL"}, "line_id", id="the same line"),
        pytest.param({}, {"line_id": "L-SIP-CHANNEL"}, "line_id", id="a line after its whole contract"),
        pytest.param({}, {"end_client_id": "CL-SIP"}, "end_client_id", id="an end client after the whole contract"),
        pytest.param({"end_client_id": "CL-SIP"}, {"line_id": "L-SIP-CHANNEL"}, "line_id", id="a line after all of its end client"),
        pytest.param(
            {"by": "bankruptcy", "end_client_id": "CL-SIP", "proof": "judgment"},
            {"by": "bankruptcy", "end_client_id": "CL-SIP", "proof": "another"}, "end_client_id", id="the same bankruptcy",
        ),
    ],
)  # fmt: skip
def test_what_is_terminated_is_not_terminated_again(outside: Outside, first: Row, second: Row, column: str) -> None:
    rows = ({**SIP, **first}, {**SIP, "received_on": "2026-10-05", **second})
    (refused,) = brought(outside, world(), *rows)
    assert (refused.line, refused.column_name, refused.reason) == (3, column, EARLIER)
    assert stored(outside) == ["T1 -"]


@pytest.mark.clause("CG-3.b", "CG-3.e", "GC-13.3")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"line_id": "L-PACK-USER"}, {"line_id": "L-PACK-USER-2"}, id="another line"),
        pytest.param({"line_id": "L-PACK-USER"}, {}, id="the whole contract after one of its lines"),
        pytest.param({}, {"by": "operator", "client_breach": "true"}, id="the operator after a breach, of a contract already terminated"),
        pytest.param(
            {}, {"by": "bankruptcy", "end_client_id": "CL-PACK", "proof": "judgment"}, id="a bankruptcy of a client who had terminated"
        ),
    ],
)
def test_a_second_termination_is_taken_of(outside: Outside, first: Row, second: Row) -> None:
    usual = {"contract_id": "C-PACK", "by": "client", "received_on": "2026-10-01"}
    assert brought(outside, world(), {**usual, **first}, {**usual, **second}) == []
    assert stored(outside) == ["T1 -", "T2 -"]


@pytest.mark.clause("CG-3.b")
def test_a_corrected_letter_is_a_new_version_of_the_same_one(outside: Outside) -> None:
    small = world()
    assert brought(outside, small, {**SIP, "requested_on": "2026-10-31"}) == []
    assert brought(outside, small, {**SIP, "requested_on": "2026-11-30"}) == []
    assert stored(outside) == ["T1 2026-11-30"]


@pytest.mark.clause("CG-3.b")
def test_a_correction_that_cannot_be_leaves_the_letter_as_it_was_and_a_second_one_out(outside: Outside) -> None:
    small = world()
    brought(outside, small, {**SIP, "requested_on": "2026-10-31"})
    refused = brought(outside, small, {**SIP, "requested_on": "2016-10-31"}, {**SIP, "line_id": "L-SIP-CHANNEL"})
    assert [(one.line, one.column_name) for one in refused] == [(2, "requested_on"), (3, "line_id")]
    assert stored(outside) == ["T1 2026-10-31"]


@pytest.mark.clause("CG-3.b")
def test_one_terminated_by_an_earlier_import_is_not_terminated_again_by_a_later_one(outside: Outside) -> None:
    small = world()
    brought(outside, small, {**SIP, "requested_on": "2026-10-31"})
    small.tables["terminations"] = [{"termination_id": "T9", **SIP}]
    small.write(Path(outside.settings.feed))
    import_feed(outside)
    with outside.engine.connect() as conn:
        (refused,) = sql.rows(conn, Reject, "feed/open_rejects")
    assert (refused.line, refused.reason) == (2, EARLIER)


@pytest.mark.clause("CG-3.b")
def test_a_letter_received_before_the_start_that_asks_for_a_later_day_is_taken(outside: Outside) -> None:
    assert brought(outside, world(), {**SIP, "received_on": "2025-12-20", "requested_on": "2026-01-31"}) == []
