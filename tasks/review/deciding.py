"""Taking an answer about the drafts of a close: kept in one transaction with all it changes, so that it is taken wholly or not at all."""

import logging
from dataclasses import replace

from sqlalchemy import Connection

import sql
from tasks.ledger import Run, Stopped, accepted_steps, reopen_steps
from tasks.outside import Outside
from tasks.review.asking import asks_of, drafts_hash
from tasks.review.counting import Standing, why_not
from tasks.review.records import Answer, Approval, Ask, Decision, Exclusion, same_name

log = logging.getLogger(__name__)


def decide(outside: Outside, run: Run, answer: Answer) -> Decision:
    """Take the answer: keep it and do what it says, or keep it with the reason why it does not count. Called under the lock of the run.

    The answer of a form is taken once: read again, after a kill or by a Retry, it gives what was decided then.
    Raises Stopped when the run has no drafts to decide about, or when nobody says his name.
    """
    said = replace(answer, by=" ".join(answer.by.split()), comment=answer.comment.strip(), payers=_once(answer.payers))
    if not said.by:
        raise Stopped(f"{run.name}: say who decides, with --by NAME")
    with outside.engine.begin() as conn:
        if said.channel == "form" and (before := _taken(conn, run, said)):
            return before
        if "drafts" not in accepted_steps(conn, run.run_id):
            raise Stopped(f"{run.name} has no drafts to decide about; `billing {run.name}` makes them")
        asked = _asked(conn, run, said)
        standing = _standing(conn, outside, run, said, asked)
        reason = why_not(said, standing)
        _keep(conn, run, said, standing, reason)
        made = decisions_of(conn, run)[-1]
        if made.counts:
            _carry_out(conn, outside, run, made)
        if asked is not None and said.channel == "form":  # Prefect shows a form once
            sql.run(conn, "review/end_ask", run_id=run.run_id, ask_no=asked.ask_no, how="answered")
    log.log(logging.INFO if made.counts else logging.WARNING, "%s: %s", run.name, made)
    return made


def decisions_of(conn: Connection, run: Run) -> list[Decision]:
    """What was decided about the run, oldest first."""
    return sql.rows(conn, Decision, "review/decisions", run_id=run.run_id)


def has_approved(outside: Outside, run: Run, by: str) -> bool:
    """Whether the person's approval of the drafts as they are stands."""
    with outside.engine.connect() as conn:
        return any(same_name(one.decided_by, by) for one in decisions_of(conn, run) if one.is_standing_approval)


def exclusions_of(conn: Connection, run: Run) -> dict[str, Exclusion]:
    """The payers left out of the run, by id."""
    return {one.payer_id: one for one in sql.rows(conn, Exclusion, "review/exclusions", run_id=run.run_id)}


def _once(payers: tuple[str, ...]) -> tuple[str, ...]:
    """The payers named, each once; several may stand in one, between commas or blanks."""
    return tuple(dict.fromkeys(one for text in payers for one in text.replace(",", " ").replace(";", " ").split()))


def _taken(conn: Connection, run: Run, answer: Answer) -> Decision | None:
    return next((one for one in decisions_of(conn, run) if one.channel == "form" and one.ask_no == answer.ask_no), None)


def _asked(conn: Connection, run: Run, answer: Answer) -> Ask | None:
    """The ask that is answered, None when nobody was asked."""
    if answer.ask_no is None:
        return None
    return next(ask for ask in asks_of(conn, run) if ask.ask_no == answer.ask_no)


def _standing(conn: Connection, outside: Outside, run: Run, answer: Answer, asked: Ask | None) -> Standing:
    approval = sql.one(conn, Approval, "review/approval", run_id=run.run_id)
    assert approval is not None
    return Standing(
        run_name=run.name,
        given_at=answer.given_at or sql.scalar(conn, "runs/now"),
        approval=approval,
        drafts_hash=drafts_hash(conn, run),
        ask=asked,
        decisions=decisions_of(conn, run),
        payers=frozenset(row["payer_id"] for row in sql.dicts(conn, "review/drafted_payers", run_id=run.run_id)),
        left_out=exclusions_of(conn, run),
        approvers=outside.settings.approvers,
    )


def _keep(conn: Connection, run: Run, answer: Answer, standing: Standing, reason: str) -> None:
    sql.run(
        conn,
        "review/decide",
        run_id=run.run_id,
        ask_no=answer.ask_no,
        decision=answer.decision,
        decided_by=answer.by,
        comment=answer.comment,
        excluded=list(answer.payers) if answer.decision == "exclude" else [],
        drafts_hash=standing.ask.drafts_hash if standing.ask else standing.drafts_hash,
        given_at=standing.given_at,
        channel=answer.channel,
        why_not=reason,
    )


def _carry_out(conn: Connection, outside: Outside, run: Run, made: Decision) -> None:
    if made.decision == "approve":
        _approve(conn, outside, run, made)
        return
    sql.run(conn, "review/end_open", run_id=run.run_id, how="answered")
    asked_by = f"decision {made.decision_no}"
    if made.decision == "reject":
        sql.run(conn, "review/forget_exclusions", run_id=run.run_id)
        reopen_steps(conn, run, "snapshot", asked_by=asked_by)
    else:
        reason = made.comment
        given = [{"run_id": run.run_id, "payer_id": one, "excluded_by": made.decided_by, "reason": reason} for one in made.excluded]
        sql.write_each(conn, "review/exclude", given)
        reopen_steps(conn, run, "drafts", asked_by=asked_by)


def _approve(conn: Connection, outside: Outside, run: Run, made: Decision) -> None:
    """The run is approved when enough people have approved these drafts; a setting stands for all of them."""
    names = [one.decided_by for one in decisions_of(conn, run) if one.is_standing_approval and one.drafts_hash == made.drafts_hash]
    if made.channel == "setting" or len(names) >= outside.settings.approvals_needed:
        sql.run(conn, "runs/approve", run_id=run.run_id, approved_by=" and ".join(names))
        sql.run(conn, "review/end_open", run_id=run.run_id, how="answered")
