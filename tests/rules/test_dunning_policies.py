"""The dunning policies as tables: what is shipped, how a version is chosen, an operator's own, and what a mistake in one says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from billing.dunning import Caps, PolicyError
from billing.interest import InterestTerms
from tasks.policies import policies_in_force, policy_in_force, policy_names, read_policy
from tests.rules.ladder import CHARGES, END, FORMAL, FRIENDLY, POLICY, REMINDER, SUSPEND

D = Decimal
ON = date(2026, 11, 28)
CAPS = Caps(D("0.00"), D("10.00"), D("0.00"), D("30.00"), ((date(2026, 1, 1), D("0.045")),))

STAGES = """
[[version]]
valid_from = 2020-01-01
source = "CG-2.d"
[[version.stage]]
level = 1
days_overdue_at_least = 7
fee = "0.00"
clause = "CG-2.d"
[version.suspension]
days_overdue_at_least = 21
days_after_reminder_at_least = 7
clause = "GC-9.1.a"
[version.late_charges]
interest_per_month = "0.01"
reactivation_fee = "0.00"
debit_note_at_least = "5.00"
charge_day = 1
"""
LAW = 'on_top_of = "{0}"\n[[version]]\nvalid_from = 2020-01-01\nsource = "law"\n'


# ------------------------------------------------------------------------------------------------ what is shipped
def test_two_policies_are_shipped() -> None:
    assert policy_names() == ("article119", "contract")


@pytest.mark.clause("CG-2.d", "GC-9.1.a", "GC-12.2.a")
def test_the_contract_has_three_letters_a_suspension_and_a_proposal_to_end() -> None:
    policy = policy_in_force("contract", ON)
    assert policy.stages == (FRIENDLY, REMINDER, FORMAL, SUSPEND, END)
    assert (policy.suspension_stage, policy.end_proposal) == (SUSPEND, END)
    assert (policy.suspension.days_overdue_at_least, policy.suspension.days_after_reminder_at_least) == (21, 7)
    assert (policy.caps, policy.retry_days) == (None, 7)


@pytest.mark.clause("CG-2.e", "GC-5.2")
def test_the_contract_asks_1_percent_a_month_on_a_debit_note_of_5_euro_or_more_each_first_of_the_month() -> None:
    assert policy_in_force("contract", ON).late_charges == CHARGES


@pytest.mark.clause("CG-2.d", "CG-2.e")
def test_article_119_caps_what_the_contract_asks_and_names_its_source() -> None:
    policy = policy_in_force("article119", ON)
    assert policy.name == "article119"
    assert policy.stages == policy_in_force("contract", ON).stages
    assert policy.caps is not None
    assert replace(policy.caps, interest_per_year=CAPS.interest_per_year) == CAPS
    assert "13 June 2005" in policy.source
    assert [policy.fee_of(stage) for stage in policy.stages] == [D("0.00"), D("10.00"), D("10.00"), D("0.00"), D("0.00")]


@pytest.mark.clause("CG-2.e")
@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2018, 7, 1), "0.02"),
        (date(2019, 12, 31), "0.02"),
        (date(2020, 1, 1), "0.0175"),
        (date(2021, 6, 1), "0.0175"),
        (date(2022, 12, 31), "0.015"),
        (date(2023, 1, 1), "0.0525"),
        (date(2024, 2, 29), "0.0575"),
        (date(2025, 1, 1), "0.045"),
        (date(2026, 12, 31), "0.045"),
        pytest.param(date(2031, 5, 1), "0.045", id="a year that is not known yet keeps the last rate"),
        pytest.param(date(2017, 12, 31), "0.02", id="a year before the first has the first"),
    ],
)
def test_the_legal_rate_of_a_day_is_that_of_its_year(day: date, rate: str) -> None:
    caps = policy_in_force("article119", ON).caps
    assert caps is not None
    assert InterestTerms(D("0.01"), most_per_year=caps.interest_per_year).share_on(day) == Fraction(rate) / 12


@pytest.mark.clause("CG-2.d", "CG-2.e")
@pytest.mark.parametrize(("asked", "charged"), [("0.00", "0.00"), ("25.00", "25.00"), ("45.00", "30.00")])
def test_a_reactivation_costs_at_most_what_the_law_allows(asked: str, charged: str) -> None:
    charges = replace(CHARGES, reactivation_fee=D(asked))
    assert replace(POLICY, late_charges=charges, caps=CAPS).reactivation_fee == D(charged)
    assert replace(POLICY, late_charges=charges).reactivation_fee == D(asked)


@pytest.mark.clause("CG-2.d")
def test_a_fee_on_level_1_above_the_cap_is_no_mistake_but_is_not_charged() -> None:
    dear = STAGES.replace('fee = "0.00"', 'fee = "5.00"')
    caps = '[version.caps]\nfirst_reminder = "0.00"\nlater_reminder = "10.00"\nrecovery_cost = "0.00"\nreactivation = "30.00"\n[version.caps.interest_per_year]\n2026-01-01 = "0.045"\n'
    policy = read_policy({"own": dear + caps}, "own", ON)
    assert (policy.stages[0].fee, policy.fee_of(policy.stages[0])) == (D("5.00"), D("0.00"))


# ------------------------------------------------------------------------------------------------ versions, and one on top of another
@pytest.mark.clause("CG-2.d")
def test_a_change_holds_from_its_day_and_the_old_table_answers_for_the_days_before() -> None:
    changed = STAGES + STAGES.replace("2020-01-01", "2027-01-01").replace("days_overdue_at_least = 7", "days_overdue_at_least = 10")
    found = [read_policy({"own": changed}, "own", on).stages[0].days_overdue_at_least for on in (date(2026, 12, 31), date(2027, 1, 1))]
    assert found == [7, 10]


@pytest.mark.clause("CG-2.d")
def test_caps_lie_on_top_of_one_policy_not_of_another_cap() -> None:
    texts = {"base": STAGES, "cap": LAW.format("base"), "cap_of_cap": LAW.format("cap")}
    assert read_policy(texts, "cap", ON).source == "CG-2.d; law"
    with pytest.raises(PolicyError, match="on_top_of = 'cap', which lies on top of another"):
        read_policy(texts, "cap_of_cap", ON)


def test_what_a_policy_on_top_says_counts_and_what_it_does_not_say_is_that_of_the_one_below() -> None:
    texts = {"base": STAGES + "", "own": LAW.format("base") + "retry_days = 3\n"}
    policy = read_policy(texts, "own", ON)
    assert (policy.retry_days, policy.late_charges) == (3, CHARGES)


# ------------------------------------------------------------------------------------------------ an operator's own
def test_an_operators_own_policies_lie_in_a_folder_and_may_build_on_those_shipped(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(STAGES)
    (tmp_path / "public.toml").write_text(LAW.format("contract"))
    (tmp_path / "next_year.toml").write_text(STAGES.replace("2020-01-01", "2027-01-01"))
    (tmp_path / "notes.txt").write_text("not a policy")
    assert policy_names(str(tmp_path)) == ("article119", "contract", "next_year", "public", "small")
    assert len(policy_in_force("small", ON, str(tmp_path)).stages) == 1
    assert policy_in_force("public", ON, str(tmp_path)).stages == policy_in_force("contract", ON).stages
    assert [policy.name for policy in policies_in_force(ON, str(tmp_path))] == ["article119", "contract", "public", "small"]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("contract.toml", STAGES.encode(), "contract.toml has the name of a policy that is shipped; give yours another name"),
        ("small.toml", "é".encode("latin-1"), "small.toml is not written in UTF-8; save it so"),
    ],
)
def test_a_file_that_cannot_be_a_policy_is_named(tmp_path: Path, file: str, content: bytes, message: str) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(PolicyError, match=message):
        policy_names(str(tmp_path))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"policy_folder names .*nowhere, which is no folder; create it or empty the setting"):
        policy_in_force("contract", ON, str(tmp_path / "nowhere"))


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(PolicyError, match="there is no dunning policy 'contrat'; dunning_policy may be article119, contract"):
        policy_in_force("contrat", ON)


# ------------------------------------------------------------------------------------------------ mistakes
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "version = .*Field required"),
        ("version = 3", "version = 3"),
        ("[[version]\n", "is not valid TOML: .*mend that line"),
        (STAGES.replace("fee =", "fees ="), "fees = '0.00': Extra inputs are not permitted"),
        (STAGES.replace('"0.00"', '"ten"'), "version.0.stage.0.fee = 'ten'"),
        (STAGES.replace('fee = "0.00"', 'fee = "NaN"', 1), "version.0.stage.0.fee = 'NaN'"),
        (STAGES.replace("level = 1", 'level = "one"'), "version.0.stage.0.level = 'one'"),
        (STAGES.replace("level = 1", 'level = 1\naction = "call"'), "version.0.stage.0.action = 'call'"),
        (STAGES.replace("level = 1", 'level = 1\nwords = "rude"'), "version.0.stage.0.words = 'rude'"),
        (STAGES.replace('source = "CG-2.d"', 'source = ""'), "version.0.source = ''"),
        (STAGES.replace("days_overdue_at_least = 7", "days_overdue_at_least = 0"), "days_overdue_at_least = 0; expected 1 or more"),
        (
            STAGES.replace("days_overdue_at_least = 21", "days_overdue_at_least = 20"),
            "policy own of 2020-01-01: suspension.days_overdue_at_least = 20; expected 21 or more",
        ),
        (STAGES.split("[version.suspension]", maxsplit=1)[0], "has no .version.suspension."),
        (STAGES.split("[version.late_charges]", maxsplit=1)[0], "has no .version.late_charges.; say what lateness costs"),
        (STAGES.replace("charge_day = 1", "charge_day = 31"), "charge_day = 31; expected a day that every month has, 1 to 28"),
        (STAGES + STAGES, "two versions with one valid_from"),
        (STAGES.replace("2020-01-01", "2030-01-01"), "is not in force on 2026-11-28; its first version is valid from 2030-01-01"),
        ('on_top_of = "nothing"\n' + STAGES, "there is no dunning policy 'nothing'; dunning_policy may be own"),
    ],
)
def test_a_mistake_in_a_policy_names_the_value(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        read_policy({"own": text}, "own", ON)


@pytest.mark.clause("CG-2.d", "GC-9.1.a", "GC-12.2.a")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": ()}, "has no stage; give at least level 1"),
        ({"stages": (REMINDER,)}, "level 2: level 2; expected level 1"),
        ({"stages": (FRIENDLY, FORMAL)}, "level 3: level 3; expected level 2"),
        ({"stages": (replace(FRIENDLY, days_overdue_at_least=0),)}, "days_overdue_at_least = 0; expected 1 or more"),
        ({"stages": (FRIENDLY, replace(REMINDER, days_after_previous_at_least=0))}, "days_after_previous_at_least = 0; expected 1 or more"),
        (
            {"stages": (FRIENDLY, replace(REMINDER, days_overdue_at_least=6))},
            "days_overdue_at_least = 6; expected not before level 1, which is due at 7",
        ),
        ({"stages": (replace(FRIENDLY, fee=D("-1")),)}, "fee = -1; expected EUR to the cent"),
        ({"stages": (replace(FRIENDLY, fee=D("1.005")),)}, "fee = 1.005; expected EUR to the cent"),
        ({"stages": (replace(FRIENDLY, recovery_cost=D("-1")),)}, "recovery_cost = -1; expected EUR to the cent"),
        ({"stages": (replace(FRIENDLY, clause=""),)}, "no clause; expected the clause that allows the reminder"),
        ({"stages": (replace(SUSPEND, level=1),)}, "nothing is done before the payer was reminded"),
        (
            {"stages": (FRIENDLY, replace(SUSPEND, level=2), replace(SUSPEND, level=3))},
            "level 3: a suspension; expected one such level at most, after a letter; level 2 is a suspension",
        ),
        (
            {"stages": (FRIENDLY, replace(SUSPEND, level=2), FORMAL)},
            "level 3: a letter; expected none after level 2, which is a suspension",
        ),
        ({"stages": (FRIENDLY, replace(END, level=2))}, "an end_proposal; expected it right after the level that suspends"),
        (
            {"stages": (FRIENDLY, REMINDER, FORMAL, replace(FORMAL, level=4), replace(SUSPEND, level=5))},
            "level 5: action = .suspension.; expected an end_proposal: a payer is written to at levels 1 to 4",
        ),
        ({"stages": (replace(FRIENDLY, words="suspension"),)}, "words = .suspension.; expected the words of a suspension for the level"),
        ({"stages": (FRIENDLY, replace(SUSPEND, level=2, words="reminder"))}, "words = .reminder.; expected the words of a suspension"),
        ({"stages": (FRIENDLY, REMINDER, FORMAL, SUSPEND, replace(END, fee=D("1.00")))}, "fee = 1.00, .*costs the payer nothing"),
        (
            {"stages": (FRIENDLY, REMINDER, FORMAL, SUSPEND, replace(END, months_of_suspension_at_least=0))},
            "months_of_suspension_at_least = 0; expected 1 or more",
        ),
        ({"stages": (replace(FRIENDLY, months_of_suspension_at_least=1),)}, "months_of_suspension_at_least = 1; expected none"),
        ({"caps": replace(CAPS, later_reminder=D("-10"))}, "a cap of -10; write EUR to the cent"),
        ({"caps": replace(CAPS, interest_per_year=())}, "no cap of interest_per_year; give the legal rate by the day it holds from"),
        (
            {"caps": replace(CAPS, interest_per_year=((date(2026, 1, 1), D("4.5")),))},
            "interest_per_year from 2026-01-01 = 4.5; .*0.045 for 4.5",
        ),
        (
            {"late_charges": replace(CHARGES, interest_per_month=D("1"))},
            "interest_per_month = 1; expected a share a month, for example 0.01",
        ),
        ({"late_charges": replace(CHARGES, reactivation_fee=D("-1.00"))}, "reactivation_fee = -1.00; expected EUR to the cent"),
        ({"late_charges": replace(CHARGES, debit_note_at_least=D("0.001"))}, "debit_note_at_least = 0.001; expected EUR to the cent"),
        ({"late_charges": replace(CHARGES, charge_day=0)}, "charge_day = 0; expected a day that every month has"),
        ({"retry_days": 0}, "retry_days = 0; expected 1 or more"),
    ],
)
def test_a_policy_that_cannot_be_used_says_which_value_and_what_is_expected(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        replace(POLICY, **changes)  # type: ignore[arg-type]
