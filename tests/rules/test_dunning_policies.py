"""The dunning policies as tables: what is shipped, how a version is chosen, and what a mistake in one says."""

from datetime import date
from decimal import Decimal

import pytest

from billing.dunning import Caps, PolicyError
from tasks.policies import policy_in_force, policy_names, read_policy

D = Decimal
ON = date(2026, 11, 28)

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
"""


def test_two_policies_are_shipped() -> None:
    assert policy_names() == ("article119", "contract")


@pytest.mark.clause("CG-2.d", "GC-9.1.a")
def test_the_contract_reminds_after_7_days_free_and_after_14_for_10_euro() -> None:
    policy = policy_in_force("contract", ON)
    assert [(s.level, s.days_overdue_at_least, s.days_after_previous_at_least, s.fee, s.clause) for s in policy.stages] == [
        (1, 7, 0, D("0.00"), "CG-2.d"),
        (2, 14, 7, D("10.00"), "CG-2.d"),
    ]
    assert (policy.suspension.days_overdue_at_least, policy.suspension.days_after_reminder_at_least) == (21, 7)
    assert policy.caps is None


@pytest.mark.clause("CG-2.d")
def test_article_119_caps_the_fees_of_the_contract_and_names_its_source() -> None:
    policy = policy_in_force("article119", ON)
    assert policy.name == "article119"
    assert policy.stages == policy_in_force("contract", ON).stages
    assert policy.caps == Caps(first_reminder=D("0.00"), later_reminder=D("10.00"))
    assert "13 June 2005" in policy.source
    assert policy.fee_of(policy.stages[1]) == D("10.00")


@pytest.mark.clause("CG-2.d")
def test_a_change_holds_from_its_day_and_the_old_table_answers_for_the_days_before() -> None:
    changed = STAGES + STAGES.replace("2020-01-01", "2027-01-01").replace("days_overdue_at_least = 7", "days_overdue_at_least = 10")
    assert [read_policy({"own": changed}, "own", on).stages[0].days_overdue_at_least for on in (date(2026, 12, 31), date(2027, 1, 1))] == [
        7,
        10,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "version = .*Field required"),
        ("version = 3", "version = 3"),
        ("[[version]\n", "is not valid TOML: .*mend that line"),
        (STAGES.replace("fee =", "fees ="), "fees = '0.00': Extra inputs are not permitted"),
        (STAGES.replace('"0.00"', '"ten"'), "version.0.stage.0.fee = 'ten'"),
        (STAGES.replace("level = 1", 'level = "one"'), "version.0.stage.0.level = 'one'"),
        (STAGES.replace('source = "CG-2.d"', 'source = ""'), "version.0.source = ''"),
        (STAGES.replace("days_overdue_at_least = 7", "days_overdue_at_least = 0"), "days_overdue_at_least = 0; expected 1 or more"),
        (STAGES.split("[version.suspension]", maxsplit=1)[0], "has no .version.suspension."),
        (STAGES + STAGES, "two versions with one valid_from"),
        (STAGES.replace("2020-01-01", "2030-01-01"), "is not in force on 2026-11-28; its first version is valid from 2030-01-01"),
        ('on_top_of = "nothing"\n' + STAGES, "there is no dunning policy 'nothing'; dunning_policy may be own"),
    ],
)
def test_a_mistake_in_a_policy_names_the_value(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        read_policy({"own": text}, "own", ON)


def test_a_policy_with_more_levels_than_letters_is_refused() -> None:
    more = "".join(
        f'[[version.stage]]\nlevel = {level}\ndays_overdue_at_least = {level * 10}\ndays_after_previous_at_least = 7\nfee = "0.00"\nclause = "CG-2.d"\n'
        for level in (2, 3)
    )
    with pytest.raises(PolicyError, match="has 3 levels; letters exist for 2"):
        read_policy({"own": STAGES.replace("[version.suspension]", more + "[version.suspension]")}, "own", ON)


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(PolicyError, match="there is no dunning policy 'contrat'; dunning_policy may be article119, contract"):
        policy_in_force("contrat", ON)


@pytest.mark.clause("CG-2.d")
def test_caps_lie_on_top_of_one_policy_not_of_another_cap() -> None:
    top = 'on_top_of = "{0}"\n[[version]]\nvalid_from = 2020-01-01\nsource = "law"\n'
    texts = {"base": STAGES, "cap": top.format("base"), "cap_of_cap": top.format("cap")}
    assert read_policy(texts, "cap", ON).source == "CG-2.d; law"
    with pytest.raises(PolicyError, match="on_top_of = 'cap', which lies on top of another"):
        read_policy(texts, "cap_of_cap", ON)
