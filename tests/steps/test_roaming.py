"""Roaming on a real PostgreSQL: limits across closes, the group on the invoice, the gate, and the report on fair use."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from pyarrow import parquet
from sqlalchemy import text

import sql
from billing.tariff import SURCHARGE
from billing.visited import UNION, code_of
from tasks import gates, issue, rated_usage_export, rating
from tasks.drafts import ChargedLine
from tasks.export import write_files
from tasks.outside import Outside
from tasks.quote import QuoteRefused, quote
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Answer, Call, utc
from tests.rules.test_roaming import BUNDLE, LINE, MB, PACK, RATES, data
from tests.steps.rating_database import Stored

FIRST = utc("2026-07-03T12:00:00")
OCTOBER, NOVEMBER = ("2026-10", date(2026, 10, 28)), ("2026-11", date(2026, 11, 28))


@pytest.fixture
def stored(outside: Outside) -> Stored:
    filled = Stored(outside)
    filled.fill(World([LINE], RATES, [PACK], [BUNDLE]))
    return filled


def voice(number: int, visited: str, callee: str = "3223456789", seconds: int = 60) -> Call:
    return Call(number, f"u{number}", 1, "voice", True, callee, utc(f"2026-10-07T10:{number:02}:00"), seconds, visited)


def roamed(stored: Stored) -> dict[tuple[str, date], int]:
    with stored.engine.connect() as conn:
        return {(row.sim, row.month): row.bytes for row in conn.execute(text("select sim, month, bytes from roaming_use"))}


@pytest.mark.clause("GC-6.2", "GC-6.3")
def test_the_limit_of_a_month_goes_on_in_the_next_close_and_a_rerun_counts_nothing_twice(stored: Stored) -> None:
    stored.add_calls([data(1, 3, 90), data(2, 4, 5, sim="+32470000002")])
    run = stored.open(*OCTOBER)
    receipts = [rating.stage(stored.outside, run) for _ in range(2)]
    assert receipts[0] == receipts[1]
    first = stored.close(*OCTOBER)
    assert first[1] == Answer(3, 90 * MB, 0, Decimal(0), "in_pack")
    stored.add_calls([data(3, 30, 25), data(4, 3, 25, month=11)])
    second = stored.close(*NOVEMBER)
    # October has 10 MB left for this user, of which the pool holds 5; November is another month.
    assert second[3] == Answer(3, 5 * MB, 20 * MB, Decimal("3.50"), "charged", 15 * MB)
    assert second[4] == Answer(3, 25 * MB, 0, Decimal(0), "in_pack")
    with stored.engine.connect() as conn:
        rows = conn.execute(
            text("select period, sim, month, bytes / 1000000 from roaming_use join run using (run_id) order by 1, 2, 3")
        ).all()
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    assert [tuple(row) for row in rows] == [
        (october, "+32470000001", october, 90),
        (october, "+32470000002", october, 5),
        (november, "+32470000001", october, 10),
        (november, "+32470000001", november, 25),
    ]


@pytest.mark.clause("GC-6.2")
def test_the_operators_cap_is_a_dated_setting(stored: Stored) -> None:
    capped = replace(stored.outside, settings=stored.outside.settings.model_copy(update={"roaming_data_cap_mb": {date(2026, 10, 1): 30}}))
    stored.add_calls([data(1, 3, 50)])
    assert Stored(capped).close(*OCTOBER)[1].beyond == 20 * MB


@pytest.mark.clause("GC-6.2")
def test_what_an_invoice_taken_back_used_of_a_limit_is_free_again(stored: Stored) -> None:
    stored.add_calls([data(1, 3, 90)])
    stored.close(*OCTOBER)
    with stored.engine.begin() as conn:
        conn.execute(text("alter table roaming_use disable trigger all"))
        conn.execute(text("update roaming_use set released_by = 1"))
    stored.add_calls([data(2, 30, 95)])
    assert stored.close(*NOVEMBER)[2].beyond == 0


@pytest.mark.clause("GC-6.2")
def test_the_limits_of_a_parked_payer_are_given_back_with_his_usage(stored: Stored) -> None:
    stored.add_calls([data(1, 3, 90)])
    stored.close(*OCTOBER)
    run = stored.open(*OCTOBER)
    with stored.engine.begin() as conn:
        conn.execute(text("insert into parked_payer values (:run_id, 'PAYER', 'drafts', 'no address', 'give one')"), {"run_id": run.run_id})
    issue.stage(stored.outside, run)
    assert roamed(stored) == {}
    assert stored.close(*NOVEMBER)[1] == Answer(3, 90 * MB, 0, Decimal(0), "in_pack")


@pytest.mark.clause("GC-6.3")
def test_a_session_past_the_limit_stands_under_the_group_of_the_surcharge_on_the_invoice_and_in_the_export(stored: Stored) -> None:
    stored.add_calls([data(1, 3, 90), data(2, 4, 25), voice(3, "FR"), voice(4, "US")])
    stored.close(*OCTOBER)
    run = stored.open(*OCTOBER)
    with stored.engine.connect() as conn:
        lines = sql.rows(conn, ChargedLine, "drafts/usage_lines", run_id=run.run_id, import_no=1)
    assert [(line.product, line.quantity, line.net, line.clause, line.note) for line in lines] == [
        ("belgium", 1, Decimal("0.06"), "GC-5.2", "usage seconds=60 in_pack=0"),
        ("roaming_data", 1, Decimal("3.00"), "GC-6.3", "usage bytes=15000000 in_pack=10000000"),
        ("us_home", 1, Decimal("0.95"), "GC-5.2", "usage seconds=60 in_pack=0"),
    ]
    rated_usage_export.export_rated_usage(stored.outside, run)
    rows = parquet.read_table(io.BytesIO(stored.outside.out.read(rated_usage_export.path_of(run)))).to_pylist()
    shown = {row["usage_id"]: (row["destination_group"], row["seconds_in_pack"], row["seconds_charged"], str(row["price"])) for row in rows}
    assert shown["u2"] == ("roaming_data", 10 * MB, 15 * MB, "3.00")
    assert shown["u1"] == ("data", 90 * MB, 0, "0.00")


@pytest.mark.clause("GC-6.1")
def test_the_gate_names_the_country_that_has_no_rate_and_the_first_close_that_has_one_bills_it(stored: Stored) -> None:
    stored.add_calls([voice(1, "MA"), voice(2, "MA"), voice(3, "")])
    assert {number: answer.status for number, answer in stored.close(*OCTOBER).items()} == {1: "unrated", 2: "unrated", 3: "charged"}
    found = {each.check: each for each in gates.examine(stored.outside, stored.open(*OCTOBER), "rating").findings}
    assert found["unrated"].examples[0] | {"first started": ""} == {
        "deck": "telavox", "used in": "MA", "kind": "voice", "numbers starting": "32234…", "records": "2", "first started": "",
        "for instance": "u1",
    }  # fmt: skip
    with stored.engine.begin() as conn:
        conn.execute(
            text(
                "insert into rate (rate_no, deck, prefix, valid_from, version, valid_import, destination, destination_group,"
                " per_minute_micro, setup_micro) overriding system value values (50, 'telavox', 'ma:', '2026-10-01', 1, 1, 'Calls made in Morocco', 'roaming_calls', 2000000, 0)"
            )
        )
    assert {number: answer.price for number, answer in stored.close(*NOVEMBER).items()} == {1: 2, 2: 2}


@pytest.mark.clause("GC-6.1")
def test_the_gate_finds_nothing_in_what_roaming_makes(stored: Stored) -> None:
    stored.add_calls([data(1, 3, 90), data(2, 4, 25), data(3, 4, 4, visited=""), voice(4, "FR"), voice(5, "US"), data(6, 5, 0)])
    stored.close(*OCTOBER)
    failed = [each.check for each in gates.examine(stored.outside, stored.open(*OCTOBER), "rating").findings if not each.passed]
    assert failed == ["fair_use"]  # abroad nearly all the time


def test_the_database_makes_the_same_code_of_a_country_as_the_rule(stored: Stored) -> None:
    countries = ["", "BE", "FR", "US", "ZZ", "AA", *sorted(UNION)]
    stored.add_calls([voice(n, visited) for n, visited in enumerate(countries, start=1) if n < 60])
    with stored.engine.connect() as conn:
        found = dict(conn.execute(text("select visited_country, visited from usage_record")).tuples().all())
    assert found == {country: code_of(country) for country in countries}
    assert SURCHARGE not in map(code_of, UNION)


@pytest.mark.clause("GC-6.1")
def test_a_quote_says_by_which_rates_a_call_abroad_is_priced(stored: Stored) -> None:
    def told(visited: str) -> list[str]:
        return quote(stored.engine, 1, "+3223456789", "L1", 90, "2026-10-30T10:00", visited=visited).explain()

    assert told("US")[3:6] == [
        "visited   US, outside the EU and EEA: only prefixes of us: count, and no pack",
        "prefix    us:32 → us:32, group us_home",
        "rate      in force since 2026-01-01: 0.95 EUR a minute, setup 0.00 EUR",
    ]
    assert told("FR")[3] == "visited   FR, in the EU or EEA: rated as at home"
    assert told("FR")[-1].endswith("BT-2.e, GC-6.1")
    assert "rate      none: no prefix of the number of ma: has a rate on that day" in told("MA")
    assert told("BE") == told("")
    with pytest.raises(QuoteRefused, match="'us' is not a country code of two capitals, as in BE; give it with --visited"):
        told("us")


@pytest.mark.clause("GC-6.1")
def test_the_fair_use_report_names_sims_with_a_sign_over_four_months_and_hides_their_last_digits(stored: Stored) -> None:
    away = [_day(n, FIRST + timedelta(days=n), "FR") for n in range(1, 100)]
    at_home = [_day(100 + n, FIRST + timedelta(days=n), "", "+32470000777") for n in range(1, 100)]
    too_old = [_day(300, FIRST - timedelta(days=3), "")]
    elsewhere = [_day(301, FIRST + timedelta(days=91), "US", "+32470000888")]
    called_at_home = [_called(400 + n, FIRST + timedelta(days=n), "+32470000777") for n in range(1, 5)]
    stored.add_calls([*away, *at_home, *too_old, *elsewhere, *called_at_home])
    stored.close(*OCTOBER)
    write_files(stored.outside, stored.open(*OCTOBER))
    rows = list(csv.DictReader(io.StringIO(stored.outside.out.read("2026-10/fair_use.csv").decode())))
    assert rows == [
        {
            "line_id": "L1", "end_client_id": "E1", "sim": "+32470000xxx", "sim_no": "1", "signs": "a b", "domestic_uses": "0",
            "roaming_uses": "99", "domestic_days": "0", "roaming_days": "99", "longest_without_domestic": "116", "sims_in_turn": "1",
            "window_from": "2026-07-01", "window_to": "2026-10-27",
        }
    ]  # fmt: skip
    assert stored.outside.out.read("2026-10/barring_failures.csv").decode().count("\n") == 1


@pytest.mark.clause("GC-6.1")
def test_a_call_that_comes_in_is_use_of_the_sim_that_was_called(stored: Stored) -> None:
    stored.add_calls([_called(n, FIRST + timedelta(days=n), "+32470000001", "FR") for n in range(1, 100)])
    stored.close(*OCTOBER)
    write_files(stored.outside, stored.open(*OCTOBER))
    rows = list(csv.DictReader(io.StringIO(stored.outside.out.read("2026-10/fair_use.csv").decode())))
    assert [(row["sim"], row["roaming_uses"]) for row in rows] == [("+32470000xxx", "99")]


def _called(number: int, started: datetime, sim: str, visited: str = "") -> Call:
    return replace(_day(number, started, visited, "+3223456789"), outgoing=False, callee=sim)


def _day(number: int, started: datetime, visited: str, sim: str = "+32470000001") -> Call:
    return Call(number, f"u{number}", 1, "voice", True, "3223456789", started, 60, visited, sim)
