import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from stdnum.be import vat as belgian_vat
from stdnum.fr import tva as french_vat
from stdnum.lu import tva as luxembourg_vat

import sql
from tasks.demo.dialling import KINDS, numbers_of
from tasks.demo.feed import deliver, write_feed
from tasks.demo.number_ranges import leading_digits, mobile_ranges
from tasks.demo.stories import STORIES
from tasks.demo.tariff_deck import FORGOTTEN_PREFIX, destinations
from tasks.demo.trouble import MALFORMED
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside

Row = dict[str, str]
CALLS = 20_000
BRUSSELS = ZoneInfo("Europe/Brussels")
DECK_OF = {"user": "business_telephony", "channel": "sip_trunking", "tlx-user": "telavox", "mobile": "telavox"}


class Feed:
    """A feed as somebody else reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.usage = [(date.fromisoformat(file.name[:10]), row) for file in sorted((folder / "usage").iterdir()) for row in _read(file)]
        self.lines = {row["line_id"]: row for row in self.table("order_lines")}
        self.contracts = {row["contract_id"]: row for row in self.table("contracts")}
        self.parties = {row["party_id"]: row for row in self.table("parties")}
        self.products = {row["product"]: row for row in self.table("products")}

    def table(self, name: str) -> list[Row]:
        return _read(self.folder / f"{name}.csv")

    def inventory(self, day: str) -> list[Row]:
        return _read(self.folder / "inventory" / f"{day}.csv")

    def counted(self, day: str, line_id: str) -> int:
        return sum(row["line_id"] == line_id for row in self.inventory(day))


def _read(file: Path) -> list[Row]:
    text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return list(csv.DictReader(text.decode().splitlines()))


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    folder = tmp_path_factory.mktemp("feed")
    write_feed(folder, calls=CALLS)
    return Feed(folder)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    folder = tmp_path_factory.mktemp("calm")
    write_feed(folder, calls=CALLS, trouble=False)
    return Feed(folder)


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def _well_formed(feed: Feed) -> Iterator[tuple[date, Row]]:
    return ((day, row) for day, row in feed.usage if "-X" not in row["usage_id"])


def _digits(callee: str) -> str:
    return callee.removeprefix("+") if callee.startswith("+") else f"s{callee}"


def _brussels_day(started_at: str) -> date:
    return datetime.fromisoformat(started_at).astimezone(BRUSSELS).date()


def _group(feed: Feed, deck: str, callee: str) -> str | None:
    prefixes = {row["prefix"]: row["destination_group"] for row in feed.table("rates") if row["deck"] == deck}
    digits = _digits(callee)
    return next((prefixes[digits[:n]] for n in range(len(digits), 0, -1) if digits[:n] in prefixes), None)


# ------------------------------------------------------------------------------------------------ the same again
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        write_feed(tmp_path / name, seed=seed, calls=2_000)
    one, again, other = (_bytes_of(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one.keys() == other.keys()
    assert one["usage/2026-10-05.csv.gz"] != other["usage/2026-10-05.csv.gz"]
    assert one["parties.csv"] != other["parties.csv"]


def test_there_is_one_inventory_and_one_usage_file_for_every_day(feed: Feed) -> None:
    inventory, usage = (sorted(file.name[:10] for file in (feed.folder / name).iterdir()) for name in ("inventory", "usage"))
    assert inventory == usage
    assert (inventory[0], inventory[-1], len(inventory)) == ("2026-08-01", "2026-10-31", 92)


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ({"payers": 20}, "20 payers are too few"),
        ({"months": ("2026-08", "2026-10")}, "do not follow one another"),
        ({"months": ()}, "do not follow one another"),
    ],
)
def test_a_feed_that_cannot_tell_its_stories_is_refused(tmp_path: Path, ways: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        write_feed(tmp_path, calls=10, **ways)  # type: ignore[arg-type]


def test_two_months_and_another_year_work_too(tmp_path: Path) -> None:
    write_feed(tmp_path, calls=500, payers=43, months=("2027-12", "2028-01", "2028-02"))
    made = Feed(tmp_path)
    assert made.lines["CL001-user"]["starts_on"] == "2028-02-23"
    assert made.lines["CL004-user"]["starts_on"] == "2028-02-29"
    assert made.lines["PA01-E01-user"]["charged_through"] == "2027-12-31"


# ------------------------------------------------------------------------------------------------ everything refers to something
def test_every_line_belongs_to_a_contract_of_the_payer_of_its_end_client(feed: Feed) -> None:
    for line in feed.lines.values():
        client, contract = feed.parties[line["end_client_id"]], feed.contracts[line["contract_id"]]
        assert contract["payer_id"] == (client["partner_id"] or client["party_id"]), line
        assert line["starts_on"] >= contract["starts_on"], line
        assert (contract["terms"] == "telavox") == (feed.products[line["product"]]["service"] == "telavox"), line


def test_every_line_has_a_price_when_it_starts_to_be_charged(feed: Feed) -> None:
    since = defaultdict(list)
    for price in feed.table("prices"):
        since[price["product"]].append(price["valid_from"])
    for line in feed.lines.values():
        assert line["unit_price"] or min(since[line["product"]]) <= max(line["starts_on"], "2026-08-01"), line


def test_every_line_from_before_the_feed_says_how_far_it_was_charged(feed: Feed) -> None:
    for line in feed.lines.values():
        product = feed.products[line["product"]]
        if line["starts_on"] >= "2026-08-01":
            assert line["charged_through"] == "", line
        elif product["timing"] == "advance":
            assert line["charged_through"] == "2026-08-31", line
        elif product["timing"] == "arrears":
            assert line["charged_through"] == "2026-07-31", line
        else:
            assert line["charged_through"] >= line["starts_on"], line


def test_contracts_are_signed_then_approved_then_confirmed_then_start(feed: Feed) -> None:
    for contract in feed.contracts.values():
        dates = [contract[name] for name in ("signed_on", "credit_approved_on", "deposit_received_on", "confirmed_on", "starts_on")]
        given = [day for day in dates if day]
        assert given == sorted(given), contract


def test_the_platform_shows_only_elements_of_lines_and_of_the_kind_of_their_product(feed: Feed) -> None:
    for day in ("2026-08-01", "2026-09-28", "2026-10-31"):
        shown = feed.inventory(day)
        assert len({row["element_id"] for row in shown}) == len(shown)
        assert all(row["kind"] == feed.products[feed.lines[row["line_id"]]["product"]]["kind"] for row in shown)


def test_casework_names_contracts_lines_and_payers_that_exist(feed: Feed) -> None:
    for table in ("charges", "credits", "terminations"):
        assert all(row["contract_id"] in feed.contracts for row in feed.table(table)), table
    assert all(row["line_id"] in feed.lines for row in feed.table("terminations") if row["line_id"])
    assert all(row["payer_id"] in feed.parties for row in feed.table("deposits"))
    assert all(row["product"] in feed.products for row in feed.table("charges") if row["product"])


def test_every_pack_gives_something_for_a_group_of_the_deck(feed: Feed) -> None:
    groups = {row["destination_group"] for row in feed.table("rates")}
    assert all(feed.products[row["product"]]["kind"] == "pack" and row["destination_group"] in groups for row in feed.table("packs"))


# ------------------------------------------------------------------------------------------------ who
def test_sixty_payers_of_whom_eight_are_partners_with_three_to_twelve_end_clients(feed: Feed) -> None:
    payers = {contract["payer_id"] for contract in feed.contracts.values()}
    behind = Counter(party["partner_id"] for party in feed.parties.values() if party["partner_id"])
    assert len(payers) == 60
    assert len(behind) == 8
    assert all(3 <= clients <= 12 for clients in behind.values())
    assert {party["language"] for party in feed.parties.values()} == {"fr", "nl", "en"}


def test_vat_numbers_are_valid_and_of_the_invented_range(feed: Feed) -> None:
    checks = {"BE": belgian_vat, "FR": french_vat, "LU": luxembourg_vat}
    for party in feed.parties.values():
        if party["vat_number"]:
            assert checks[party["country"]].is_valid(party["vat_number"]), party
    assert all(party["vat_number"].startswith("BE0999") for party in feed.parties.values() if party["country"] == "BE")
    assert feed.parties["CL013"]["vat_number"] == feed.parties["CL012"]["vat_number"] == ""


def test_mail_goes_to_example_domains_only_and_one_payer_has_no_address(feed: Feed) -> None:
    mails = {party["party_id"]: party["billing_emails"] for party in feed.parties.values()}
    assert all(address.endswith(".example") for emails in mails.values() for address in emails.split(";") if address)
    assert {party for party, emails in mails.items() if not emails} == {"CL014", "CL015", "CL016"}
    assert {party for party in mails if feed.parties[party]["delivery"] == "portal"} == {"CL014", "CL015"}


def test_names_do_not_come_back(feed: Feed) -> None:
    assert len({party["name"] for party in feed.parties.values()}) == len(feed.parties)


# ------------------------------------------------------------------------------------------------ the planted stories
def test_every_story_has_its_customer(feed: Feed) -> None:
    assert STORIES.keys() <= feed.parties.keys()


@pytest.mark.parametrize(
    ("client", "starts_on"),
    [
        ("CL001", "2026-10-23"),
        ("CL002", "2026-10-28"),
        ("CL003", "2026-10-29"),
        ("CL004", "2026-10-31"),
    ],
)
def test_customers_start_around_the_close_date(feed: Feed, client: str, starts_on: str) -> None:
    assert feed.lines[f"{client}-user"]["starts_on"] == starts_on


def test_a_contract_never_confirmed_and_one_without_its_deposit_have_usage(feed: Feed) -> None:
    assert feed.contracts["C-CL006"]["confirmed_on"] == ""
    assert feed.contracts["C-CL027-T"]["deposit_received_on"] == ""
    using = Counter(row["line_id"] for _, row in _well_formed(feed))
    assert using["CL006-user"] > 10
    assert using["CL027-tlx-user"] > 0


@pytest.mark.parametrize(
    ("line", "day", "count"),
    [
        ("CL007-user", "2026-09-28", 40),
        ("CL007-user", "2026-10-11", 40),
        ("CL007-user", "2026-10-12", 31),
        ("CL008-number-int-story", "2026-10-05", 2),
        ("CL008-number-int-story", "2026-10-28", 1),
        ("CL009-user", "2026-08-01", 12),
        ("CL009-user", "2026-10-28", 19),
        ("CL005-recording-ends", "2026-10-15", 4),
        ("CL005-recording-ends", "2026-10-16", 0),
        ("CL022-user", "2026-10-01", 0),
        ("CL022-user", "2026-10-02", 5),
        ("CL001-user", "2026-10-22", 0),
        ("CL001-user", "2026-10-23", 11),
    ],
)
def test_the_platform_counts(feed: Feed, line: str, day: str, count: int) -> None:
    assert feed.counted(day, line) == count


def test_one_telavox_price_is_announced_twenty_days_ahead(feed: Feed) -> None:
    days = [(date.fromisoformat(row["valid_from"]) - date.fromisoformat(row["announced_on"])).days for row in feed.table("prices")]
    short = [row for row, notice in zip(feed.table("prices"), days, strict=True) if notice < 30]
    assert [(row["product"], row["valid_from"], row["announced_on"]) for row in short] == [("tlx-user", "2026-10-01", "2026-09-11")]


def test_one_destination_gets_dearer_in_the_middle_of_the_last_month(feed: Feed) -> None:
    changed = {(row["destination"], row["valid_from"]) for row in feed.table("rates") if row["valid_from"] != "2026-01-01"}
    assert changed == {("United Kingdom mobile", "2026-10-15")}
    rows = [row for row in feed.table("rates") if row["deck"] == "business_telephony" and row["destination"] == "United Kingdom mobile"]
    versions = {row["valid_from"]: row["per_minute"] for row in rows if row["prefix"] == rows[0]["prefix"]}
    assert Decimal(versions["2026-10-15"]) == (Decimal(versions["2026-01-01"]) * Decimal("1.25")).quantize(Decimal("0.0001"))


# ------------------------------------------------------------------------------------------------ the deck
@pytest.mark.parametrize(
    ("callee", "group"),
    [
        ("+32475123456", "belgium_mobile"),
        ("+32450123456", "belgium_mobile"),
        ("+32499123456", "belgium_mobile"),
        ("+3224567890", "belgium_fixed"),
        ("+3242223344", "belgium_fixed"),
        ("+3281234567", "belgium_fixed"),
        ("+3280012345", "free_number"),
        ("+3290012345", "premium"),
        ("+3270221234", "shared_cost"),
        ("+3278351234", "shared_cost"),
        ("+32770012345", "m2m"),
        ("112", "emergency"),
        ("101", "emergency"),
        ("116000", "emergency"),
        ("1207", "short_service"),
        ("+352621123456", "eu_mobile"),
        ("+35227123456", "eu_fixed"),
        ("+33612345678", "eu_mobile"),
        ("+33123456789", "eu_fixed"),
        ("+4915112345678", "eu_mobile"),
        ("+31612345678", "eu_mobile"),
        ("+12025550123", "world_1"),
        ("+14165550123", "world_1"),
        ("+18765551234", "world_3"),
        ("+447400123456", "world_1"),
        ("+77012345678", "world_3"),
        ("+79161234567", "world_2"),
        ("+5351234567", "world_4"),
        ("+80012345678", "free_number"),
        ("+38344123456", None),
    ],
)
def test_the_deck_knows_where_a_number_is(feed: Feed, callee: str, group: str | None) -> None:
    for deck in ("business_telephony", "sip_trunking", "telavox"):
        assert _group(feed, deck, callee) == group


def test_luxembourg_mobile_is_a_destination_of_its_own(feed: Feed) -> None:
    rates = [row for row in feed.table("rates") if row["destination"] == "Luxembourg mobile" and row["deck"] == "telavox"]
    assert "352621" in {row["prefix"] for row in rates}


def test_a_deck_has_some_300_destinations_and_some_1200_prefixes_none_of_them_twice(feed: Feed) -> None:
    places = destinations()
    prefixes = [prefix for place in places for prefix in place.prefixes]
    assert 200 <= len(places) <= 320
    assert 1_000 <= len(prefixes) <= 3_000
    assert len(set(prefixes)) == len(prefixes)
    keys = [(row["deck"], row["prefix"], row["valid_from"]) for row in feed.table("rates")]
    assert len(set(keys)) == len(keys)


def test_free_and_emergency_numbers_cost_nothing_and_all_others_something(feed: Feed) -> None:
    for row in feed.table("rates"):
        free = row["destination_group"] in {"free_number", "emergency"}
        assert (Decimal(row["per_minute"]) + Decimal(row["setup"]) == 0) == free, row


def test_sip_trunking_has_increments_and_the_other_decks_none(feed: Feed) -> None:
    used = defaultdict(set)
    for row in feed.table("rates"):
        used[row["deck"]].add((row["first_increment"], row["next_increment"]))
    assert used == {"sip_trunking": {("1", "1"), ("30", "6"), ("60", "60")}, "business_telephony": {("", "")}, "telavox": {("", "")}}


@pytest.mark.parametrize(
    ("pattern", "depth", "starts"),
    [
        ("4[5-9]\\d{7}", 3, {f"4{n}{m}" for n in range(5, 10) for m in range(10)}),
        ("(?:1[0-2]|2\\d)\\d{3,5}", 2, {"10", "11", "12"} | {f"2{n}" for n in range(10)}),
        ("7?8(?:0|1[579])\\d", 3, {"780", "781", "817", "815", "819"} | {f"80{n}" for n in range(10)}),
        ("[1-35]\\d", 1, {"1", "2", "3", "5"}),
        ("", 3, set()),
    ],
)
def test_the_leading_digits_of_a_numbering_plan(pattern: str, depth: int, starts: set[str]) -> None:
    assert leading_digits(pattern, depth) == starts


def test_belgian_mobiles_start_with_045_to_049() -> None:
    assert mobile_ranges("BE", 3) == ("45", "46", "47", "48", "49")


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_people_call_is_in_the_deck(calm: Feed, kind: str) -> None:
    prefixes = {prefix for place in destinations() for prefix in place.prefixes}
    for number in numbers_of(kind, Random(3)):
        digits = _digits(number)
        assert any(digits[:n] in prefixes for n in range(1, len(digits) + 1)), number


# ------------------------------------------------------------------------------------------------ the calls
def test_a_calm_feed_has_as_many_records_as_asked_and_nothing_wrong(calm: Feed) -> None:
    assert len(calm.usage) == CALLS
    assert len({row["usage_id"] for _, row in calm.usage}) == CALLS
    assert all(row["line_id"] in calm.lines for _, row in calm.usage)
    assert not any(row["callee"].startswith(f"+{FORGOTTEN_PREFIX}") for _, row in calm.usage)
    assert any(row["prefix"] == FORGOTTEN_PREFIX for row in calm.table("rates"))


def test_every_record_lies_in_the_file_of_its_brussels_day_and_its_id_says_so(calm: Feed) -> None:
    for day, row in calm.usage:
        assert datetime.fromisoformat(row["started_at"]).astimezone(BRUSSELS).date() == day
        assert row["usage_id"][:10] == f"U{day:%Y%m%d}-"


def test_no_line_is_used_before_it_starts_or_after_it_ends(calm: Feed) -> None:
    for day, row in calm.usage:
        line = calm.lines[row["line_id"]]
        assert line["starts_on"] <= day.isoformat() <= (line["ends_on"] or "9999")


def test_offices_call_in_office_hours_on_workdays_before_and_after_the_clocks_change(calm: Feed) -> None:
    for first, last in (("2026-10-12", "2026-10-16"), ("2026-10-26", "2026-10-30")):
        starts = [row["started_at"] for day, row in calm.usage if first <= day.isoformat() <= last]
        hours = [datetime.fromisoformat(start).astimezone(BRUSSELS).hour for start in starts]
        assert sum(8 <= hour < 18 for hour in hours) > 0.85 * len(hours)
        assert sum(hour < 6 for hour in hours) < 0.03 * len(hours)
    by_weekday = Counter(day.weekday() for day, _ in calm.usage)
    assert by_weekday[6] < by_weekday[5] < min(by_weekday[n] for n in range(5)) / 2


def test_calls_are_mostly_belgian_with_every_other_kind_among_them(calm: Feed) -> None:
    rates = {row["prefix"]: row["destination_group"] for row in calm.table("rates") if row["deck"] == "business_telephony"}
    groups: Counter[str] = Counter()
    for _, row in calm.usage:
        if row["direction"] == "out" and row["kind"] == "voice":
            digits = _digits(row["callee"])
            groups[next(rates[digits[:n]] for n in range(len(digits), 0, -1) if digits[:n] in rates)] += 1
    assert 0.70 < (groups["belgium_fixed"] + groups["belgium_mobile"]) / groups.total() < 0.90
    seldom = {"world_1", "world_2", "free_number", "emergency", "short_service", "premium", "shared_cost"}
    assert {"eu_fixed", "eu_mobile"} | seldom <= groups.keys()


def test_incoming_calls_come_from_people_and_reach_a_number_of_the_customer(calm: Feed) -> None:
    for _, row in calm.usage:
        ours = row["callee"] if row["direction"] == "in" else row["caller"]
        assert ours.startswith(("+3225880", "+32468")), row
        if row["direction"] == "in":
            assert row["caller"].startswith("+"), row
            assert not row["caller"].startswith(("+32800", "+3290", "+3270", "+3278")), row


def test_mobiles_send_messages_use_data_and_roam_in_the_union(calm: Feed) -> None:
    mobile = [row for _, row in calm.usage if row["line_id"] == "CL017-mobile"]
    assert {row["kind"] for row in mobile} == {"voice", "sms", "data"}
    assert all(row["callee"] == "" and row["direction"] == "out" for row in mobile if row["kind"] == "data")
    assert {row["visited_country"] for row in mobile} > {"", "FR", "NL"}
    assert not any(row["visited_country"] for _, row in calm.usage if "-mobile" not in row["line_id"])


# ------------------------------------------------------------------------------------------------ leaving, suspended, abroad
def test_everybody_in_the_casework_has_a_story(feed: Feed) -> None:
    told = {
        row["line_id"].partition("-")[0] or row["contract_id"].removeprefix("C-").removesuffix("-T") for row in feed.table("terminations")
    }
    told |= {row["end_client_id"] for name in ("charges", "credits", "suspensions") for row in feed.table(name)}
    told |= {row["payer_id"] for row in feed.table("deposits")}
    assert told <= STORIES.keys()


def test_who_left_is_off_the_platform_and_calls_no_more(feed: Feed) -> None:
    last_days = {"PA01-E02": "2026-10-07", "CL030": "2026-10-12", "CL032": "2026-10-14", "CL035": "2026-09-30"}
    for client, last in last_days.items():
        lines = {line_id for line_id, line in feed.lines.items() if line["end_client_id"] == client}
        starts = {row["started_at"] for _, row in _well_formed(feed) if row["line_id"] in lines}
        assert max(_brussels_day(start) for start in starts) <= date.fromisoformat(last), client
        assert not any(row["line_id"] in lines for row in feed.inventory("2026-10-28")), client


def test_each_of_three_cards_takes_the_place_of_the_one_before(feed: Feed) -> None:
    days = defaultdict(set)
    for _, row in _well_formed(feed):
        if row["line_id"] == "CL034-mobile-shared" and row["direction"] == "out":
            days[row["caller"]].add(_brussels_day(row["started_at"]))
    first, second, third = (days[f"+3246810002{card}"] for card in (1, 2, 3))
    assert max(first) < date(2026, 9, 1) <= min(second)
    assert max(second) < date(2026, 10, 1) <= min(third)


# ------------------------------------------------------------------------------------------------ the trouble
def test_late_records_come_in_one_of_the_first_ten_files_of_the_month_after(feed: Feed) -> None:
    first: dict[str, date] = {}
    for day, row in _well_formed(feed):
        first.setdefault(row["usage_id"], day)  # a record that comes twice is late only when its first file is
    late = [(day, usage_id) for usage_id, day in first.items() if day.strftime("%Y%m") > usage_id[1:7]]
    assert len(late) == 60  # 0.3 % of 20,000
    assert all(day.day <= 10 and int(usage_id[7:9]) < 28 for day, usage_id in late)
    assert {(usage_id[1:7], day.strftime("%Y%m")) for day, usage_id in late} == {("202608", "202609"), ("202609", "202610")}


def test_duplicates_are_identical_and_five_ids_come_back_with_another_duration(feed: Feed) -> None:
    rows = defaultdict(list)
    for _, row in _well_formed(feed):
        rows[row["usage_id"]].append(tuple(row.values()))
    assert len(rows) == CALLS
    again = [versions for versions in rows.values() if len(versions) > 1]
    assert all(len(versions) == 2 for versions in again)
    assert sum(len(set(versions)) == 1 for versions in again) == 40  # 0.2 %
    assert sum(len(set(versions)) == 2 for versions in again) == 5


def test_the_only_calls_that_no_prefix_covers_go_to_the_forgotten_country(feed: Feed) -> None:
    prefixes = {row["prefix"] for row in feed.table("rates")}
    unrated = set()
    for _, row in _well_formed(feed):
        digits = _digits(row["callee"])
        if row["kind"] == "voice" and row["direction"] == "out" and not any(digits[:n] in prefixes for n in range(1, len(digits) + 1)):
            unrated.add((row["usage_id"], digits[:3]))
    assert len(unrated) == 40  # 0.2 %
    assert {start for _, start in unrated} == {"383"}


def test_each_kind_of_malformed_row_stands_there_once(feed: Feed) -> None:
    malformed = {row["usage_id"][-6:]: row for _, row in feed.usage if "-X" in row["usage_id"]}
    assert len(malformed) == len(MALFORMED) == 8
    for number, (_, cells) in enumerate(MALFORMED, 1):
        assert cells.items() <= malformed[f"X{number:05d}"].items()
    assert len(feed.usage) == CALLS + 40 + 5 + 8


# ------------------------------------------------------------------------------------------------ as it would come in
def test_a_delivery_brings_the_daily_files_up_to_its_day_and_nothing_twice(feed: Feed, tmp_path: Path) -> None:
    assert deliver(feed.folder, tmp_path, through=date(2026, 8, 28)) == 56
    assert sorted(file.name[:10] for file in (tmp_path / "usage").iterdir())[-1] == "2026-08-28"
    assert deliver(feed.folder, tmp_path, through=date(2026, 8, 28)) == 0
    assert deliver(feed.folder, tmp_path, through=date(2026, 10, 31)) == 2 * 92 - 56
    assert _bytes_of(tmp_path) == _bytes_of(feed.folder)


# ------------------------------------------------------------------------------------------------ taken in by the product
def test_the_import_takes_the_feed_and_refuses_only_what_was_planted(outside: Outside) -> None:
    write_feed(Path(outside.settings.feed), calls=5_000)
    import_feed(outside)
    with outside.engine.connect() as conn:
        refused = Counter((reject.path.split("/")[0], reject.column_name) for reject in sql.rows(conn, Reject, "feed/open_rejects"))
        records = conn.execute(text("select count(*) from usage_record")).scalar_one()
    assert records == 5_000
    assert refused == {
        ("usage", "started_at"): 2,
        ("usage", "quantity"): 2,
        ("usage", "line_id"): 2,
        ("usage", "callee"): 1,
        ("usage", "direction"): 1,
        ("usage", "usage_id"): 5,
    }
