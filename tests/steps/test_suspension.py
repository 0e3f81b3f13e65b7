"""Minimum service from the feed and by hand, what it holds, what a correction lets through, and that its fees go on."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

import sql
from flows.command_line import main
from tasks import gates
from tasks.barring_failures import barring_failures
from tasks.export import write_files
from tasks.feed.importing import import_feed
from tasks.feed.rejects import Reject
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.suspending import restore, suspend
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Call, utc
from tests.rules.test_roaming import BELGIUM, LINE
from tests.steps.charging_operator import operator
from tests.steps.rating_database import Stored
from tests.world import csv_bytes, world

COLUMNS = ("suspension_id", "end_client_id", "starts_on", "ends_on", "reason_clause", "note")
WAY_OUT = "correct one of the two, an end client is suspended once at a time"


def rows(*given: Sequence[str]) -> bytes:
    return csv_bytes(COLUMNS, [dict(zip(COLUMNS, row, strict=False)) for row in given])


def rejects(outside: Outside) -> list[tuple[int, str, str, str]]:
    import_feed(outside)
    with outside.engine.connect() as conn:
        found = sql.rows(conn, Reject, "feed/open_rejects")
    return [(one.line, one.column_name, one.value, one.reason) for one in found if one.path == "suspensions.csv"]


def in_force(outside: Outside) -> list[tuple[object, ...]]:
    with outside.engine.connect() as conn:
        newest = int(sql.scalar(conn, "runs/newest_import"))
        known = conn.execute(
            text("select suspension_id, end_client_id, starts_on, ends_on, clause from suspension_at(:n) order by 2, 3"), {"n": newest}
        )
        return [tuple(row) for row in known]


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_a_suspension_that_cannot_be_is_refused_and_one_that_overlaps_another_names_it(outside: Outside) -> None:
    feed = Path(outside.settings.feed)
    world().write(feed)
    file = feed / "suspensions.csv"
    file.write_bytes(
        rows(
            ("S1", "CL-LUX", "2026-10-05", "2026-10-10", "GC-9.1.a"),
            ("S2", "CL-LUX", "2026-10-10", "", "GC-9.1.a"),
            ("S3", "CL-LUX", "2026-10-11", "", "CG-2.c"),
            ("S4", "CL-SIP", "2026-10-05", "2026-10-04", "ST-2.f"),
            ("S5", "NOBODY", "2026-10-05", "", "GC-9.1.b"),
            ("S6", "CL-SIP", "2026-10-05", "", "BT-2.a"),
            ("S7", "CL-SIP", "", "", "GC-9.2"),
        )
    )
    clauses = "CG-2.c, CG-2.f, GC-9.1.a, GC-9.1.b, GC-9.1.c, GC-9.1.d, GC-9.2, BT-2.k, ST-2.f"
    assert rejects(outside) == [
        (3, "starts_on", "2026-10-10", f"suspension S1 of CL-LUX holds days of it already (from 2026-10-05 to 2026-10-10); {WAY_OUT}"),
        (5, "ends_on", "2026-10-04", "before starts_on 2026-10-05; it is the last day of minimum service, at the earliest the first"),
        (6, "end_client_id", "NOBODY", "there is no party of this id; correct it, or deliver it in parties and import again"),
        (7, "reason_clause", "BT-2.a", f"not a clause that allows a suspension; give one of {clauses}"),
        (8, "starts_on", "", "empty; a value is needed"),
    ]
    kept = [
        ("S1", "CL-LUX", date(2026, 10, 5), date(2026, 10, 10), "GC-9.1.a"),
        ("S3", "CL-LUX", date(2026, 10, 11), None, "CG-2.c"),
    ]
    assert in_force(outside) == kept
    # A later file: one that meets a stored one, a correction that may be, and one that may not.
    file.write_bytes(
        rows(
            ("S8", "CL-LUX", "2026-12-01", "", "GC-9.1.a"),
            ("S1", "CL-LUX", "2026-10-05", "2026-10-08", "GC-9.1.a"),
            ("S3", "CL-LUX", "2026-10-08", "", "CG-2.c"),
        )
    )
    assert [(line, column, reason.split(";")[0]) for line, column, _, reason in rejects(outside)] == [
        (2, "starts_on", "suspension S3 of CL-LUX holds days of it already (from 2026-10-11 on)"),
        (4, "starts_on", "suspension S1 of CL-LUX holds days of it already (from 2026-10-05 to 2026-10-08)"),
    ]
    assert in_force(outside) == [("S1", "CL-LUX", date(2026, 10, 5), date(2026, 10, 8), "GC-9.1.a"), kept[1]]
    with pytest.raises(Stopped, match=r"suspension S3 comes with the feed; give its ends_on in suspensions.csv"):
        restore(outside.engine, "CL-LUX", date(2026, 11, 1))
    with pytest.raises(Stopped, match="suspension S1 of CL-LUX holds days of it already"):
        suspend(outside.engine, "CL-LUX", date(2026, 10, 1), "GC-9.1.a")


@pytest.fixture
def stored(outside: Outside) -> Stored:
    filled = Stored(outside)
    filled.fill(World([LINE], [BELGIUM]))
    with outside.engine.begin() as conn:
        conn.execute(
            text(
                "insert into party (party_id, version, valid_import, role, name, language, delivery, country)"
                " values ('E1', 1, 1, 'client', 'One', 'fr', 'portal', 'BE')"
            )
        )
    return filled


def voice(number: int, started: str, callee: str = "3223456789", outgoing: bool = True) -> Call:
    return Call(number, f"u{number}", 1, "voice", outgoing, callee, utc(started), 60)


def test_what_is_set_by_hand_is_a_version_of_its_own_and_done_again_changes_nothing(stored: Stored) -> None:
    engine = stored.engine
    assert suspend(engine, "E1", date(2026, 10, 5), "GC-9.1.a", "unpaid").startswith(
        "E1 is on minimum service from 2026-10-05 (GC-9.1.a), import "
    )
    assert suspend(engine, "E1", date(2026, 10, 5), "GC-9.1.a", "unpaid").endswith("already; nothing changed")
    assert "ends with 2026-10-12, import " in restore(engine, "E1", date(2026, 10, 12))
    assert restore(engine, "E1", date(2026, 10, 12)).endswith("already; nothing changed")
    assert suspend(engine, "E1", date(2026, 10, 5), "GC-9.1.b").startswith("E1 is on minimum service")
    assert in_force(stored.outside) == [("E1 2026-10-05", "E1", date(2026, 10, 5), date(2026, 10, 12), "GC-9.1.b")]
    with engine.connect() as conn:
        versions = conn.execute(text("select count(*), count(superseded_import) from feed_record where table_name = 'suspensions'")).one()
        feeds = conn.execute(text("select feed, finished_at is not null from import_run where feed = 'by hand'")).all()
    assert tuple(versions) == (3, 2)
    assert [tuple(row) for row in feeds] == [("by hand", True)] * 3


@pytest.mark.parametrize(
    ("end_client", "starts_on", "clause", "says"),
    [
        pytest.param(
            "NOBODY", date(2026, 10, 5), "GC-9.1.a", "end_client_id NOBODY: there is no party of this id", id="an end client unknown"
        ),
        pytest.param("E1", date(2026, 10, 5), "BT-2.a", "reason_clause BT-2.a: not a clause that allows", id="a clause that allows none"),
    ],
)
def test_by_hand_the_same_is_refused_as_from_the_feed(stored: Stored, end_client: str, starts_on: date, clause: str, says: str) -> None:
    with pytest.raises(Stopped, match=says):
        suspend(stored.engine, end_client, starts_on, clause)
    with pytest.raises(Stopped, match="E1 has no minimum service that began by 2026-10-04"):
        restore(stored.engine, "E1", date(2026, 10, 4))
    with stored.engine.connect() as conn:
        assert conn.execute(text("select count(*) from import_run where feed = 'by hand'")).scalar_one() == 0


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_what_the_barring_let_through_is_held_listed_and_billed_once_the_dates_are_corrected(stored: Stored) -> None:
    suspend(stored.engine, "E1", date(2026, 10, 5), "GC-9.1.a")
    stored.add_calls(
        [
            voice(1, "2026-10-04T21:59:59"),  # a second before midnight in Brussels
            voice(2, "2026-10-04T22:00:00"),
            voice(3, "2026-10-20T10:00:00"),
            voice(4, "2026-10-20T11:00:00", "s112"),
            voice(5, "2026-10-20T12:00:00", outgoing=False),
        ]
    )
    rated = stored.close("2026-10", date(2026, 10, 28))
    assert {number: answer.status for number, answer in rated.items()} == {1: "charged", 2: "held", 3: "held", 4: "free", 5: "free"}
    run = stored.open("2026-10", date(2026, 10, 28))
    (found,) = [each for each in gates.examine(stored.outside, _seen(stored, run), "rating").findings if not each.passed]
    assert (found.check, found.severity, found.found) == ("barring_failures", "warning", 2)
    assert dict(found.examples[0])["for instance to"] == "+322345xxxx"
    first, second = barring_failures(stored.outside, _seen(stored, run))
    assert (first.usage_id, first.callee, first.started_at, first.suspension_id) == (
        "u2",
        "3223456xxx",
        "2026-10-04T22:00:00Z",
        "E1 2026-10-05",
    )
    assert (second.usage_id, second.clause, second.starts_on, second.ends_on) == ("u3", "GC-9.1.a", date(2026, 10, 5), None)
    # It had ended on 19 October: what was made on the 20th is billed by the next close, what was made on the 5th stays held.
    restore(stored.engine, "E1", date(2026, 10, 19))
    assert {number: answer.status for number, answer in stored.close("2026-11", date(2026, 11, 28)).items()} == {2: "held", 3: "charged"}


def _seen(stored: Stored, run: Run) -> Run:
    """The run with the import its rating read."""
    with stored.engine.connect() as conn:
        number = conn.execute(text("select import_no from run_step where run_id = :n and step = 'rating'"), {"n": run.run_id}).scalar_one()
    return replace(run, import_no=number)


@pytest.mark.clause("GC-5.5")
def test_suspended_services_go_on_being_charged(outside: Outside) -> None:
    op = operator(outside)
    op.line("L1", quantity=2)
    op.snapshot("2026-10-28", {"L1": {"user": 2}})
    record = '{"suspension_id": "S1", "end_client_id": "P1", "starts_on": "2026-10-05", "ends_on": null, "reason_clause": "GC-9.1.a"}'
    op.say("insert into feed_record values ('suspensions', 'S1', 1, 1, null, cast(:record as jsonb))", record=record)
    assert op.charged(op.close("2026-10")) == ["L1 2026-11-01..2026-11-30 2 62.00"]


def test_the_commands_put_an_end_client_on_minimum_service_and_end_it(
    stored: Stored, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suspend", "E1", "--from", "2026-10-05", "--clause", "GC-9.1.a", "--note", "unpaid since August"]) == 0
    assert main(["restore", "E1", "--on", "2026-10-04"]) == 1
    assert main(["restore", "E1", "--on", "2026-10-11"]) == 0
    said = capsys.readouterr()
    assert said.err == "billing: E1 has no minimum service that began by 2026-10-04; check the end client and the day\n"
    assert said.out.splitlines()[1].startswith("the minimum service of E1 from 2026-10-05 ends with 2026-10-11, import ")
    assert in_force(stored.outside) == [("E1 2026-10-05", "E1", date(2026, 10, 5), date(2026, 10, 11), "GC-9.1.a")]
    quoted = ["quote", "+3223456789", "--line", "L1", "--seconds", "60", "--at"]
    assert main([*quoted, "2026-10-11T23:59"]) == 0
    assert "made while on minimum service: barring failed" in capsys.readouterr().out
    assert main([*quoted, "2026-10-12T00:00", "--visited", "NO"]) == 0
    assert "visited   NO, in the EU or EEA: rated as at home" in capsys.readouterr().out


def test_the_list_of_failures_is_a_file_of_the_month(stored: Stored) -> None:
    stored.add_calls([voice(1, "2026-10-06T10:00:00")])
    suspend(stored.engine, "E1", date(2026, 10, 6), "CG-2.c")
    stored.close("2026-10", date(2026, 10, 28))
    run = _seen(stored, stored.open("2026-10", date(2026, 10, 28)))
    write_files(stored.outside, run)
    (row,) = csv.DictReader(io.StringIO(stored.outside.out.read("2026-10/barring_failures.csv").decode()))
    assert row == {
        "end_client_id": "E1", "line_id": "L1", "usage_id": "u1", "kind": "voice", "started_at": "2026-10-06T10:00:00Z",
        "callee": "3223456xxx", "quantity": "60", "suspension_id": "E1 2026-10-06", "starts_on": "2026-10-06", "ends_on": "",
        "clause": "CG-2.c",
    }  # fmt: skip
