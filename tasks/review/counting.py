"""Whether an answer about the drafts of a close counts, and in words why not (the readings of decision 9)."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.review.records import DONE_TO_DRAFTS, Answer, Approval, Ask, Decision, Exclusion, moment, same_name


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer meets: the drafts as they are, who was asked and who decided what before. `ask` is the form it answers."""

    run_name: str
    given_at: datetime
    approval: Approval
    drafts_hash: str
    ask: Ask | None
    decisions: Sequence[Decision]
    payers: frozenset[str]
    left_out: Mapping[str, Exclusion]
    approvers: Sequence[str]


def why_not(answer: Answer, standing: Standing) -> str:
    """Why the answer does not count, "" when it does: what is over first, then who says it, then what is said."""
    return _over(standing) or _unknown_person(answer, standing) or _incomplete(answer, standing)


def _over(standing: Standing) -> str:
    approval, ask = standing.approval, standing.ask
    if approval.issued:
        return f"{_approved(approval)} and the invoices are issued; correct with a credit note"
    if approval.approved_by is not None:
        return f"{_approved(approval)}; `billing {standing.run_name} --from-step drafts` takes that back before the invoices are issued"
    if ask is None:
        return ""
    if standing.given_at > ask.deadline:
        return f"the deadline was {moment(ask.deadline)}; run the close again, it asks again"
    # A form answered in time may be read after the deadline was noted.
    is_over = ask.ended_at is not None and (ask.ended_how != "expired" or bool(_decided_since(ask, standing.decisions)))
    if ask.drafts_hash != standing.drafts_hash or is_over:
        return _replaced(ask, standing.decisions)
    return ""


def _approved(approval: Approval) -> str:
    return (
        f"{approval.approved_by} approved it already on {moment(approval.approved_at)}"
        if approval.approved_at
        else "it is approved already"
    )


def _decided_since(ask: Ask, decisions: Sequence[Decision]) -> list[Decision]:
    """What was decided since the asking that had the drafts made again."""
    return [one for one in decisions if one.counts and one.decision != "approve" and one.decided_at >= ask.asked_at]


def _replaced(ask: Ask, decisions: Sequence[Decision]) -> str:
    """The drafts shown are not those that stand: somebody decided meanwhile, or they were made anew."""
    since = _decided_since(ask, decisions)
    if since:
        return f"{since[-1].decided_by} {DONE_TO_DRAFTS[since[-1].decision]} the drafts meanwhile, on {moment(since[-1].decided_at)}"
    return "the drafts were made anew after they were shown; look at the new ones"


def _unknown_person(answer: Answer, standing: Standing) -> str:
    if answer.channel == "setting" or not standing.approvers or any(same_name(answer.by, name) for name in standing.approvers):
        return ""
    return f"{answer.by} is not among `approvers`: {', '.join(standing.approvers)}"


def _incomplete(answer: Answer, standing: Standing) -> str:
    if answer.decision == "approve":
        return _approving(answer, standing)
    if answer.decision == "reject":
        return "" if answer.comment.strip() else "a rejection needs a comment that says what is wrong"
    return _excluding(answer, standing)


def _approving(answer: Answer, standing: Standing) -> str:
    if not answer.has_read:
        return "the report was not read; read it, then say so in the form"
    if answer.payers:
        return f"payers to leave out were named ({', '.join(answer.payers)}), so choose to exclude them; nothing is approved"
    before = [one for one in standing.decisions if one.is_standing_approval and same_name(one.decided_by, answer.by)]
    if before:
        return f"{before[-1].decided_by} approved these drafts already on {moment(before[-1].decided_at)}; another person has to"
    return ""


def _excluding(answer: Answer, standing: Standing) -> str:
    if not answer.payers:
        return "no payer to leave out was named"
    unknown = [payer for payer in answer.payers if payer not in standing.payers]
    if unknown:
        return "; ".join(_unknown_payer(payer, standing) for payer in unknown)
    if standing.payers <= set(answer.payers):
        return "that leaves nobody to bill; reject the drafts instead"
    return ""


def _unknown_payer(payer: str, standing: Standing) -> str:
    if payer in standing.left_out:
        return f"{payer} is left out already, by {standing.left_out[payer].excluded_by}"
    near = difflib.get_close_matches(payer, sorted(standing.payers), n=1)
    return f"there is no draft for the payer {payer}" + (f"; did you mean {near[0]}?" if near else "")
