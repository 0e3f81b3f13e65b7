"""The usage by destination group, and which calls nobody may see."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text as statement

from billing.phone_numbers import key
from reports.call_detail import may_be_shown
from reports.invoice_pdf import render
from reports.records import DATA, SMS, VOICE, CallRecord, InvoiceRecord, Language, LineCalls, PackUse
from reports.wording import LANGUAGES, wording
from tasks.documents import stage
from tasks.outside import Outside
from tests.documents import closed_month
from tests.documents.reading import plain, text
from tests.documents.samples import invoice, partner_invoice

D = Decimal
AT = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)


def call(callee: int, group: str, quantity: int, in_pack: int, cents: int, kind: int = VOICE) -> CallRecord:
    return CallRecord(AT, kind, callee, "Destination", group, quantity, in_pack, cents)


CALLS = (
    call(32475111222, "belgium_mobile", 60, 60, 0),
    call(32475111333, "belgium_mobile", 3665, 60, 721),  # an hour and a minute outside, 60 seconds in the pack
    call(33140000444, "eu_fixed", 90, 0, 14),
    call(32475111222, "sms_belgium", 2, 1, 10, SMS),
    call(0, "data_eu", 2_500_000, 1_000_000, 300, DATA),
)
PACK = PackUse("belgium_mobile", "seconds", date(2026, 10, 1), 7500, 18000)


def with_usage(language: Language, *packs: PackUse) -> InvoiceRecord:
    record = invoice(2, language=language)
    section = replace(record.end_clients[0], calls=(LineCalls("L-0", "", CALLS),), packs=packs)
    return replace(record, end_clients=(section,))


@pytest.mark.clause("BT-2.c")
@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "fr",
            (
                "Communications par destination",
                "Belgique mobile 2 1:00:05 2:00 7,21",
                "UE fixe 1 1:30 – 0,14",
                "SMS Belgique 1 1 1 0,10",
                "Données mobiles UE 1 1,50 Mo 1,00 Mo 3,00",
                "Total 5 10,45",
            ),
        ),
        ("nl", ("België mobiel 2 1:00:05 2:00 7,21", "EU vast 1 1:30 – 0,14", "Totaal 5 10,45")),
        ("en", ("Belgium mobile 2 1:00:05 2:00 7.21", "EU fixed 1 1:30 – 0.14", "Total 5 10.45")),
    ],
)
def test_each_group_says_how_many_how_long_outside_and_in_the_pack_and_at_what_price(language: Language, rows: tuple[str, ...]) -> None:
    shown = text(render(with_usage(language)))
    assert [row for row in rows if row not in shown] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Pack, octobre 2026 : 2:05:00 sur 5:00:00"),
        ("nl", "Bundel, oktober 2026: 2:05:00 van 5:00:00"),
        ("en", "Pack, October 2026: 2:05:00 of 5:00:00"),
    ],
)
def test_a_pack_says_how_much_of_it_is_used(language: Language, said: str) -> None:
    assert said in text(render(with_usage(language, PACK)))


def test_a_pack_of_data_stands_under_data_and_of_minutes_under_calls() -> None:
    data = PackUse("data_eu", "bytes", date(2026, 10, 1), 1_000_000, 5_000_000_000)
    other = replace(PACK, destination_group="data_eu")
    shown = plain(text(render(with_usage("fr", data, other))))
    assert "Pack, octobre 2026 : 1,00 Mo sur 5 000,00 Mo" in shown
    assert "2:05:00" not in shown


def test_a_partner_sees_the_usage_of_each_end_client() -> None:
    shown = text(render(partner_invoice(3)))
    title = wording("nl")("title.usage")
    assert shown.count(title) == 1
    after = shown[shown.index(title) : shown.index(wording("nl")("title.calls"))]
    assert [f"Eindklant {number}" in after for number in (1, 2, 3)] == [True] * 3
    assert after.count("2,24") == 3  # 32 calls at 7 cents, the other 8 in the pack


def test_without_calls_there_is_no_such_table() -> None:
    for language in LANGUAGES:
        assert wording(language)("title.usage") not in text(render(invoice(4, language=language)))


# ---------------------------------------------------------------- what nobody may see
@pytest.mark.parametrize(
    "dialled",
    ["0800 12 345", "+32800 12345", "0032 800 12345", "0800123456", "+800 1234 5678", "00800 1234 5678", "100", "101", "103", "107", "110",
     "112", "116000", "116 000", "s112", "+32112", "0032110", "+32116000"],
)  # fmt: skip
@pytest.mark.parametrize("kind", [VOICE, SMS], ids=["call", "sms"])
def test_free_emergency_and_help_numbers_are_hidden_however_they_were_dialled(dialled: str, kind: int) -> None:
    assert not may_be_shown(call(key(dialled), "belgium_fixed", 60, 0, 5, kind))


@pytest.mark.parametrize("dialled", ["+33800123456", "0475 80 08 00", "1207", "+8613912345678", "+3210012345"])
def test_other_numbers_are_shown(dialled: str) -> None:
    assert may_be_shown(call(key(dialled), "world_1", 60, 0, 5))


def test_hidden_calls_are_in_no_sum_either() -> None:
    record = with_usage("fr")
    hidden = call(key("0800 12 345"), "belgium_fixed", 60, 0, 99)
    section = replace(record.end_clients[0], calls=(LineCalls("L-0", "", (*CALLS, hidden)), LineCalls("L-1", "", (hidden,))))
    assert render(replace(record, end_clients=(section,))) == render(record)


@pytest.mark.clause("BT-2.f")
def test_the_pack_of_a_close_comes_from_the_ledger_with_what_closes_before_it_drew(outside: Outside) -> None:
    run = closed_month.fill(outside.engine)
    with outside.engine.begin() as conn:
        earlier = conn.execute(
            statement("insert into run (kind, period, run_on) values ('close', '2026-09-01', '2026-09-28') returning run_id")
        ).scalar_one()
        for run_id, used, accepted in ((earlier, 300, "2026-09-28"), (run.run_id, 60, "2026-10-28")):
            conn.execute(
                statement("insert into pool_use (run_id, contract_id, end_client_id, destination_group, unit, month, allowance, used)"
                          " values (:run, 'C-2', 'SOLO', 'belgium_mobile', 'seconds', '2026-10-01', 600, :used)"),
                {"run": run_id, "used": used},
            )  # fmt: skip
            conn.execute(
                statement("insert into run_step (run_id, step, state, import_no, staged_at) values (:run, 'drafts', 'accepted', 1, :at)"),
                {"run": run_id, "at": accepted},
            )
    stage(outside, run)
    shown = text(outside.out.read("2026-10/invoices/2026-000002.pdf"))
    assert "Belgique mobile 2 2:05 1:00 0,12" in shown
    assert "Pack, octobre 2026 : 6:00 sur 10:00" in shown
    assert "Europe fixed 1 1:30 – 0,30" in shown
