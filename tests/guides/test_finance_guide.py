"""The guide for finance names what there is: every deployment, every field of every form, every picture, every hour."""

import importlib
import inspect
import re
import tomllib
from datetime import time

import pytest
import yaml

from flows.review_form import CHOICES, ReviewForm
from tasks.settings import Settings
from tests.guides.blocks import ROOT, blocks_of

GUIDE = ROOT / "docs" / "finance.md"
TEXT = GUIDE.read_text(encoding="utf-8")
DEPLOYMENTS = {one["name"]: one for one in yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]}
FORMS = {
    found[1]: re.findall(r"^\| `(\w+)` \|", found[2], re.MULTILINE)
    for found in re.finditer(r"^### `([\w-]+)`\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def section(title: str) -> str:
    """The text of a section of the guide."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def fields_of(deployment: str) -> list[str]:
    module, _, name = DEPLOYMENTS[deployment]["entrypoint"].rpartition(".")
    return list(inspect.signature(getattr(importlib.import_module(module), name).fn).parameters)


def test_every_deployment_is_in_the_guide_and_nothing_else() -> None:
    assert sorted(FORMS) == sorted(DEPLOYMENTS)


@pytest.mark.parametrize("deployment", sorted(DEPLOYMENTS))
def test_every_field_of_a_form_is_explained_in_its_order(deployment: str) -> None:
    assert FORMS.get(deployment) == fields_of(deployment)


@pytest.mark.parametrize("deployment", sorted(DEPLOYMENTS))
def test_what_runs_by_itself_is_said_with_its_hour(deployment: str) -> None:
    said = re.search(rf"^### `{deployment}`\n\n(.*)$", TEXT, re.MULTILINE)
    assert said
    for schedule in DEPLOYMENTS[deployment].get("schedules", []):
        minute, hour = schedule["cron"].split()[:2]
        hours = f"{time(int(hour), int(minute)):%H:%M}" if hour.isdigit() else "every hour"
        assert hours in said[1], schedule
        assert schedule["timezone"] == "Europe/Brussels"
    assert ("By itself" in said[1]) == bool(DEPLOYMENTS[deployment].get("schedules"))


def test_the_form_of_the_review_is_explained_field_by_field() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| ", section("The 28th: read and decide"), re.MULTILINE)
    titles = [field.title for field in ReviewForm.model_fields.values()]
    assert [row for row in rows if row in titles] == titles


def test_every_choice_of_the_review_is_explained() -> None:
    rows = re.findall(r"^\| ([^|,]+?)(?:,[^|]*)? \| ", section("The 28th: read and decide"), re.MULTILINE)
    assert set(CHOICES) <= set(rows)


def test_a_word_in_code_that_looks_like_a_job_is_one() -> None:
    known = set(DEPLOYMENTS) | set(Settings.model_fields) | {name for form in FORMS.values() for name in form}
    words = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))
    assert words <= known, words - known


def test_the_settings_a_reader_copies_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_CONFIG", "/nowhere/billing.toml")
    (block,) = blocks_of(GUIDE, "toml")
    given = tomllib.loads(block.text)
    read = Settings(**given)
    assert read.approvals_needed == 2
    assert len(read.approvers) == 3


def test_the_parts_of_the_report_are_those_it_has() -> None:
    headings = re.findall(r"<h2>([^<{]+)</h2>", (ROOT / "reports" / "templates" / "close_report.html").read_text(encoding="utf-8"))
    table = section("The 28th: read and decide")
    named = [part.strip().lower() for row in re.findall(r"^\| ([A-Z][^|]+?) \|", table, re.MULTILINE) for part in row.split(",")]
    for heading in (
        "Largest changes by payer",
        "Exceptions and parked payers",
        "Quality gates",
        "Reconciliation",
        "Receivables and dunning",
    ):
        assert heading in headings
        assert heading.lower() in named
