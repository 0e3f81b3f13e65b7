"""Late charges told in months: 1000.00 EUR with VAT were due on 28 November 2026, and debit notes are made on the 1st of each month."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks import credit, gates, issue
from tasks.ledger import Step, find_run, open_credit, run_step
from tasks.measured import charged_too_much
from tasks.outside import Outside
from tests.steps.late_scene import LateScene

D = Decimal
DUE = "2026-11-28"
OURS = """
on_top_of = "contract"

[[version]]
valid_from = 2020-01-01
source = "our own terms"

[version.late_charges]
interest_per_month = "0.01"
reactivation_fee = "45.00"
debit_note_at_least = "5.00"
charge_day = 10
"""


@pytest.fixture
def scene(outside: Outside) -> LateScene:
    return LateScene(outside)


@pytest.mark.clause("CG-2.e")
def test_a_month_late_costs_one_percent_on_a_debit_note_of_its_own_series_outside_vat(scene: LateScene) -> None:
    scene.due(DUE)
    assert scene.day("2026-12-01") == "late charges 2026-12: 0 debit notes over EUR 0.00"
    assert scene.whole_day("2027-01-01") == "late charges 2027-01: 1 debit note over EUR 10.00"
    assert scene.debit_notes() == [("D2027-000001", "ALFA", date(2027, 1, 1), date(2027, 1, 31), D("10.00"))]
    assert scene.say(
        "select charge, from_day, to_day, l.net, vat_category, vat_rate, clause from invoice_line l join invoice using (invoice_id)"
        " where kind = 'debit_note'"
    ) == [("interest", date(2026, 11, 29), date(2026, 12, 28), D("10.00"), "O", D("0.00"), "CG-2.e")]


@pytest.mark.clause("CG-2.e")
def test_a_year_of_months_asks_each_month_once_also_after_the_principal_is_paid(scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.paid(number, "400.00", "2027-01-10")
    for month in range(1, 5):
        scene.day(f"2027-{month:02d}-01")
        scene.day(f"2027-{month:02d}-15")  # charged already
    scene.paid(number, "600.00", "2027-04-10")
    for month in range(5, 13):
        scene.day(f"2027-{month:02d}-02")
    assert scene.charged() == [
        "ALFA interest 2026-000001 10.00",  # to 28 December: 1000.00
        "ALFA interest 2026-000001 6.00 after 10.00",  # to 28 January: 600.00
        "ALFA interest 2026-000001 6.00 after 16.00",
        "ALFA interest 2026-000001 6.00 after 22.00",  # to 28 March; paid on 10 April
    ]
    assert [row[0] for row in scene.debit_notes()] == [f"D2027-00000{seq}" for seq in range(1, 5)]
    assert scene.say("select count(*) from run where kind = 'late_charges'") == [(12,)]


@pytest.mark.clause("CG-2.d")
def test_the_fee_of_a_letter_is_charged_once_and_that_of_one_that_came_back_never(scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.letter(number, "2026-12-12")
    bounced = scene.letter(number, "2026-12-19", level=3)
    scene.came_back(bounced, "2026-12-21")
    scene.letter(number, "2026-12-28", level=3)  # four days old on 1 January: it may still come back
    scene.letter(number, "2026-12-29", level=3, state="failed")
    scene.day("2027-01-01")
    scene.day("2027-02-01")
    scene.day("2027-03-01")
    assert [one for one in scene.charged() if "fee" in one] == ["ALFA reminder_fee 2 10.00", "ALFA reminder_fee 3 10.00"]
    assert scene.charged("2027-01") == ["ALFA interest 2026-000001 10.00", "ALFA reminder_fee 2 10.00"]
    assert scene.say(
        "select charge, description, from_day, l.net, clause from invoice_line l join invoice using (invoice_id)"
        " where number = 'D2027-000001' and line_seq = 2"
    ) == [("fee", "Reminder fee, letter of 12/12/2026", date(2026, 12, 12), D("10.00"), "CG-2.d")]


@pytest.mark.clause("GC-9.3")
def test_a_dispute_holds_its_interest_until_it_is_closed_against_the_payer(scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.contests(number, "400.00", "2026-12-15")
    scene.day("2027-01-01")
    scene.contests(number, "400.00", "2026-12-15", closed_on="2027-01-20")
    scene.day("2027-02-01")
    assert scene.charged() == ["ALFA interest 2026-000001 6.00", "ALFA interest 2026-000001 14.00 after 6.00"]  # 2 x 10.00 in all


@pytest.mark.clause("CG-2.e", "GC-5.2")
def test_costs_reactivations_and_interest_of_telavox_terms_stand_on_one_debit_note(scene: LateScene) -> None:
    scene.someone("BETA", terms="telavox", days=14, language="fr")
    number = scene.due(DUE, payer_id="BETA")
    scene.cost("K-1", "25.00", "2026-12-20", payer_id="BETA")
    scene.day("2027-01-01")
    assert scene.charged() == [f"BETA interest {number} 10.00", "BETA recovery_cost K-1 25.00"]
    assert [row[1:] for row in scene.debit_notes()] == [("BETA", date(2027, 1, 1), date(2027, 1, 15), D("35.00"))]
    scene.day("2027-02-01")
    assert scene.charged("2027-02") == [f"BETA interest {number} 10.00 after 10.00"]


@pytest.mark.clause("CG-2.e", "GC-5.2")
def test_each_payer_is_charged_by_the_policy_of_its_segment(outside: Outside) -> None:
    by_segment = outside.settings.model_copy(update={"dunning_policies": {"consumer": "article119"}})
    scene = LateScene(Outside(by_segment, outside.engine, outside.out))
    scene.someone("BETA")
    scene.record("segments", "S-1", payer_id="BETA", segment="consumer", valid_from="2026-01-01")
    for payer_id in ("ALFA", "BETA"):
        scene.due(DUE, "4000.00", payer_id=payer_id)
        scene.cost(f"K-{payer_id}", "25.00", "2026-12-20", payer_id=payer_id)
    scene.day("2027-01-01")
    assert scene.charged() == [
        "ALFA interest 2026-000001 40.00",
        "ALFA recovery_cost K-ALFA 25.00",
        "BETA interest 2026-000002 15.00",  # a twelfth of 4.5 percent; recovery costs are capped at nothing
    ]
    assert scene.say("select distinct payer_id, policy from late_charge order by 1") == [("ALFA", "contract"), ("BETA", "article119")]


DEARER = """
[[version]]
valid_from = 2027-01-10
source = "our own terms of 2027"

[version.late_charges]
interest_per_month = "0.02"
reactivation_fee = "45.00"
debit_note_at_least = "5.00"
charge_day = 1
"""


@pytest.mark.clause("CG-2.e", "GC-5.2")
def test_a_dearer_version_of_the_policy_prices_the_delays_that_begin_under_it_and_no_earlier_one(outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ours.toml").write_text(OURS + DEARER, "utf-8")
    ours = outside.settings.model_copy(update={"policy_folder": str(tmp_path / "policies"), "dunning_policy": "ours"})
    scene = LateScene(Outside(ours, outside.engine, outside.out))
    number = scene.due(DUE)
    for day in ("2027-01-10", "2027-02-01", "2027-03-01"):
        scene.day(day)
    assert scene.charged() == [
        f"ALFA interest {number} 10.00",  # the month from 29 November
        f"ALFA interest {number} 10.00 after 10.00",  # the month from 29 December began at 1 percent
        f"ALFA interest {number} 20.00 after 20.00",  # the month from 29 January
    ]
    assert scene.say("select distinct from_day, per_month from interest_delay order by 1") == [
        (date(2026, 11, 29), D("0.01")), (date(2026, 12, 29), D("0.01")), (date(2027, 1, 29), D("0.02")),
    ]  # fmt: skip


@pytest.mark.clause("CG-2.e", "GC-5.2")
def test_a_payer_who_comes_under_the_caps_of_the_law_has_them_from_that_day_and_nothing_charged_before_is_too_much(
    outside: Outside,
) -> None:
    by_segment = outside.settings.model_copy(update={"dunning_policies": {"consumer": "article119"}})
    scene = LateScene(Outside(by_segment, outside.engine, outside.out))
    number = scene.due(DUE, "4000.00")
    scene.day("2027-01-01")
    scene.record("segments", "S-1", payer_id="ALFA", segment="consumer", valid_from="2027-01-15")
    scene.day("2027-02-01")
    scene.day("2027-03-01")
    assert scene.charged() == [
        f"ALFA interest {number} 40.00",
        f"ALFA interest {number} 40.00 after 40.00",  # the month from 29 December began before the caps
        f"ALFA interest {number} 15.00 after 80.00",  # from 29 January: a twelfth of 4.5 percent
    ]
    assert scene.say("select receipt ->> 'charged too much' from run_step where step = 'late_charges' order by run_id") == [(None,)] * 3


@pytest.mark.clause("CG-2.c", "CG-2.e")
def test_a_restored_service_and_the_costs_a_letter_carries_are_charged_once_each(outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ours.toml").write_text(OURS, "utf-8")
    ours = outside.settings.model_copy(update={"policy_folder": str(tmp_path / "policies"), "dunning_policy": "ours"})
    scene = LateScene(Outside(ours, outside.engine, outside.out))
    scene.letter(scene.due(DUE), "2026-12-20", level=3, fee="10.00", cost="40.00")
    scene.restored("2026-12-28")
    scene.restored("2027-01-20")
    assert scene.day("2027-01-05") == ""  # this operator charges on the 10th
    scene.day("2027-01-10")
    scene.day("2027-02-10")
    assert scene.charged("2027-01") == [
        "ALFA interest 2026-000001 10.00",
        "ALFA reminder_fee 3 10.00",
        "ALFA recovery_cost 3 40.00",
        "ALFA reactivation order 45.00",
    ]
    assert scene.charged("2027-02") == ["ALFA interest 2026-000001 10.00 after 10.00", "ALFA reactivation order 45.00"]


@pytest.mark.clause("CG-2.c", "CG-2.e")
def test_restoring_what_was_never_in_force_costs_nothing(outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ours.toml").write_text(OURS, "utf-8")
    ours = outside.settings.model_copy(update={"policy_folder": str(tmp_path / "policies"), "dunning_policy": "ours"})
    scene = LateScene(Outside(ours, outside.engine, outside.out))
    scene.restored("2026-12-28")
    scene.say("update suspension_order set state = 'sent', acknowledged_on = null, effective_on = null where measure = 'minimum_service'")
    scene.day("2027-01-10")  # its answer was lost, so it was ordered back in case it had arrived
    assert scene.charged() == []


@pytest.mark.clause("CG-2.b")
def test_a_payer_without_an_address_is_parked_and_charged_all_of_it_the_month_after(scene: LateScene) -> None:
    scene.someone("GAMMA", mail="")
    scene.due(DUE, payer_id="GAMMA")
    assert scene.day("2027-01-01") == "late charges 2027-01: 0 debit notes over EUR 0.00, 1 payer parked"
    assert scene.charged() == []
    scene.readdressed("GAMMA", "gamma@payer.example")
    assert scene.day("2027-02-01") == "late charges 2027-02: 1 debit note over EUR 20.00"


@pytest.mark.clause("CG-2.b")
def test_a_payer_whose_vat_number_cannot_be_right_is_parked_and_charged_all_of_it_the_month_after(scene: LateScene) -> None:
    scene.due(DUE)
    scene.say("update party set vat_number = 'BE0999000130' where party_id = 'ALFA'")
    assert scene.day("2027-01-01") == "late charges 2027-01: 0 debit notes over EUR 0.00, 1 payer parked"
    [(reason, advice)] = scene.say("select reason, advice from parked_payer")
    assert reason == "vat_number 'BE0999000130' has wrong check digits"
    assert advice == "correct vat_number of ALFA in parties.csv; the debit note of the next month charges it"
    scene.say("update party set vat_number = 'BE0999000129' where party_id = 'ALFA'")
    assert scene.day("2027-02-01").startswith("late charges 2027-02: 1 debit note over EUR ")


@pytest.mark.clause("CG-2.e")
def test_a_credit_note_after_the_interest_is_named_for_finance_who_credits_the_debit_note(outside: Outside, scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.day("2027-01-01")
    credited(outside, number, "750.00", date(2027, 1, 5))
    scene.day("2027-02-01")
    assert scene.charged("2027-02") == []
    [(run_id, receipt)] = scene.say(
        "select run_id, receipt ->> 'charged too much' from run_step join run using (run_id) where step = 'late_charges' and run_on = '2027-02-01'"
    )
    named = charged_too_much(outside, find_run(outside.engine, int(str(run_id))))["charged_too_much"]
    assert (receipt, named) == ("1", ({"payer": "ALFA", "invoice": number, "charged": "10.00", "due": "5.00", "to credit": "5.00"},))
    assert credited(outside, "D2027-000001", "5.00", date(2027, 2, 3)).startswith("invoice D2027-000001 is credited by C2027-000002")
    scene.day("2027-03-01")
    assert scene.charged("2027-03") == []  # 2.50 are less than a debit note wants
    scene.day("2027-04-01")
    assert scene.charged("2027-04") == [f"ALFA interest {number} 5.00 after 5.00"]  # 4 months of 250.00


def test_a_run_that_was_begun_keeps_its_day_and_is_finished_before_the_next(
    outside: Outside, scene: LateScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.due(DUE)
    monkeypatch.setattr("tasks.issue.stage", _killed)
    with pytest.raises(RuntimeError):
        scene.day("2027-01-03")
    monkeypatch.undo()
    assert scene.day("2027-02-01") == (
        "late charges 2027-01: 1 debit note over EUR 10.00; late charges 2027-02: 1 debit note over EUR 10.00"
    )
    assert [row[2] for row in scene.debit_notes()] == [date(2027, 1, 3), date(2027, 2, 1)]
    assert scene.day("2026-12-05") == ""  # a month before one that was charged


@pytest.mark.clause("CG-2.e")
@pytest.mark.parametrize(
    "step",
    [
        "late_charges.charging._write",
        "draft_rows.sql.copy_in",
        "issue._give",
        "documents._draw_one",
        "invoice_mails.send_all",
        "export.write_csv",
    ],
)
def test_ended_at_any_step_and_done_again_it_makes_one_debit_note(scene: LateScene, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    number = scene.due(DUE)
    scene.letter(number, "2026-12-12")
    monkeypatch.setattr(f"tasks.{step}", _killed)
    with pytest.raises(RuntimeError):
        scene.whole_day("2027-01-01")
    monkeypatch.undo()
    assert scene.whole_day("2027-01-01") == "late charges 2027-01: 1 debit note over EUR 20.00"
    assert scene.whole_day("2027-01-01") == ""
    assert scene.charged() == [f"ALFA interest {number} 10.00", "ALFA reminder_fee 2 10.00"]
    assert scene.say("select count(*), count(distinct message_id) from delivery where purpose = 'invoice'") == [(1, 1)]


def _killed(*_: object, **__: object) -> None:
    raise RuntimeError("the process ends here")


def credited(outside: Outside, number: str, amount: str, on: date) -> str:
    """Finance credits an amount of the first line of a document; what is said of it."""
    asked = credit.Request(number, "agreed", (1,), D(amount), again=False)
    with outside.engine.begin() as conn:
        credit.refuse(conn, asked, on)
    run = open_credit(outside.engine, number, on, asked.text, check=lambda _conn: None)
    for name, stage in (("drafts", credit.stage), ("issue", issue.stage)):
        run_step(outside, run, Step(name, stage), gates.check)
    with outside.engine.connect() as conn:
        return credit.sentence(conn, run)
