"""The form of a close that waits: who can be chosen, what Prefect refuses before the run goes on, and the answer it makes."""

from typing import Any

import pytest
from prefect._internal.pydantic.v2_schema import create_v2_schema
from prefect.utilities.schema_tools import ValidationError, validate

from flows.review_form import ReviewForm, form_for
from tasks.review import Answer


def schema(*approvers: str) -> dict[str, Any]:
    """What the page of the run draws the form from."""
    shown = form_for(approvers).with_initial_data(description="## close 2026-10")
    return create_v2_schema("ReviewForm", model_base=shown)


def test_every_field_says_what_it_is_for() -> None:
    fields = schema()["properties"]
    titles = ["Decision", "Your name", "Comment", "Payers to leave out", "I have read the report"]
    assert [field["title"] for field in fields.values()] == titles
    assert all(field["description"] for field in fields.values())
    assert fields["decision"]["enum"] == ["approve", "reject", "exclude payers"]


def test_the_name_is_chosen_from_the_approvers_when_they_are_set_and_written_when_not() -> None:
    assert schema("Ann", "Bert")["properties"]["name"]["enum"] == ["Ann", "Bert"]
    assert "enum" not in schema()["properties"]["name"]


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "approve", "name": "Ann"},
        {"decision": "approve", "name": "Ann", "report_read": True, "payers_to_leave_out": ["CL-LUX"]},
        {"decision": "reject", "name": "Ann", "comment": " "},
        {"decision": "exclude payers", "name": "Ann"},
        {"decision": "approve", "name": "Zoe", "report_read": True},
        {"decision": "approve", "report_read": True},
    ],
    ids=["unread", "approved with payers to leave out", "rejected without a word", "nobody left out", "no approver", "no name"],
)
def test_what_is_incomplete_is_refused_in_the_form(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validate(fields, schema("Ann"), raise_on_error=True)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"decision": "approve", "name": "Ann", "report_read": True}, Answer("approve", "Ann", channel="form")),
        (
            {"decision": "reject", "name": "Ann", "comment": "the price of C7"},
            Answer("reject", "Ann", "the price of C7", channel="form", has_read=False),
        ),
        (
            {"decision": "exclude payers", "name": "Ann", "payers_to_leave_out": ["CL-LUX"]},
            Answer("exclude", "Ann", payers=("CL-LUX",), channel="form", has_read=False),
        ),
    ],
    ids=["approved", "rejected", "left out"],
)
def test_a_complete_form_is_the_answer_it_says(fields: dict[str, Any], answer: Answer) -> None:
    validate(fields, schema("Ann"), raise_on_error=True)
    assert ReviewForm(**fields).answer() == answer
