"""The form that a suspended close shows: what people decide about its drafts."""

from typing import Annotated, Any, Literal

from prefect.input import RunInput
from pydantic import ConfigDict, Field, create_model

from tasks.review import Answer, Choice

Choices = Literal["approve", "reject", "exclude payers"]
CHOICES: dict[str, Choice] = {"approve": "approve", "reject": "reject", "exclude payers": "exclude"}


def _when(decision: str, then: dict[str, object]) -> dict[str, object]:
    return {"if": {"properties": {"decision": {"const": decision}}, "required": ["decision"]}, "then": then}


# What Prefect refuses before the run goes on: the same is checked again when the answer is taken.
_TOGETHER: list[dict[str, object]] = [
    _when("approve", {"properties": {"report_read": {"const": True}, "payers_to_leave_out": {"maxItems": 0}}, "required": ["report_read"]}),
    _when("reject", {"properties": {"comment": {"pattern": r"\S"}}, "required": ["comment"]}),
    _when("exclude payers", {"properties": {"payers_to_leave_out": {"minItems": 1}}, "required": ["payers_to_leave_out"]}),
]


class ReviewForm(RunInput):
    """What a person decides about the drafts that were shown."""

    model_config = ConfigDict(json_schema_extra={"allOf": _TOGETHER})  # type: ignore[dict-item]  # JSON, deeper than its type says

    decision: Choices = Field(
        title="Decision", description="approve: the invoices are issued. reject: all is put back. exclude payers: ask again without them."
    )
    name: Annotated[str, Field(pattern=r"\S", max_length=200)] = Field(title="Your name", description="Who decides; it is kept.")
    comment: Annotated[str, Field(max_length=4000)] = Field(
        "", title="Comment", description="What is wrong, when you reject; why, when you leave payers out."
    )
    payers_to_leave_out: list[Annotated[str, Field(max_length=200)]] = Field(
        [], title="Payers to leave out", description="Their ids, for example CL-LUX, when you exclude payers; the next close bills them."
    )
    report_read: bool = Field(False, title="I have read the report", description="Needed to approve.")

    def answer(self) -> Answer:
        """The answer as the review takes it."""
        return Answer(
            CHOICES[self.decision], self.name, self.comment, tuple(self.payers_to_leave_out), channel="form", has_read=self.report_read
        )


def form_for(approvers: tuple[str, ...]) -> type[ReviewForm]:
    """The form, with the names of `approvers` to choose from when there are any."""
    if not approvers:
        return ReviewForm
    names: Any = Literal[approvers]
    return create_model("ReviewForm", __base__=ReviewForm, name=(names, Field(title="Your name", description="Who decides; it is kept.")))
