"""Which dunning policy a payer comes under: that of its segment, else the default one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.dunning import Policy, PolicyError
from tasks.policies import policy_in_force, policy_versions
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class PayerSegment:
    """The segment of a payer on a day."""

    payer_id: str
    segment: str


@dataclass(frozen=True, slots=True)
class SegmentFrom:
    """The segment of a payer from a day on."""

    payer_id: str
    segment: str
    valid_from: date


@carries_out("CG-2.d")
def policies_of(
    conn: Connection, settings: Settings, payer_ids: Iterable[str], on: date, import_no: int | None = None
) -> Mapping[str, tuple[str, Policy]]:
    """Returns by payer its segment on a day, "" without one, and the policy in force for it then, as of an import (None = the newest).

    A segment that the setting dunning_policies does not name has the default policy. Raises PolicyError for a policy that cannot be used.
    """
    by_segment = policies_in_use(settings, on)
    segments = segments_of(conn, payer_ids, on, import_no)
    return {payer_id: (segment, by_segment.get(segment, by_segment[""])) for payer_id, segment in segments.items()}


@carries_out("CG-2.e", "GC-5.2")
def policies_before(
    conn: Connection, settings: Settings, payer_ids: Iterable[str], on: date, import_no: int | None = None
) -> Mapping[str, tuple[tuple[date, Policy], ...]]:
    """Returns by payer the policies it came under before the one of a day, oldest first, each with the first day it no longer did.

    Those whose policy and segment never changed are left out. A policy that began later than its segment counts from the beginning.
    """
    known = sql.scalar(conn, "runs/newest_import") if import_no is None else import_no
    segments: dict[str, list[SegmentFrom]] = {payer_id: [] for payer_id in payer_ids}
    for row in sql.rows(conn, SegmentFrom, "segments/until", import_no=known, payer_ids=sorted(segments), on=on):
        segments[row.payer_id].append(row)
    versions = {segment: policy_versions(name, on, settings.policy_folder) for segment, name in named_policies(settings).items()}
    found = {payer_id: _history(rows, versions) for payer_id, rows in segments.items()}
    return {
        payer_id: tuple((past, policy) for (_, policy), (past, _) in pairwise(held)) for payer_id, held in found.items() if len(held) > 1
    }


def named_policies(settings: Settings) -> Mapping[str, str]:
    """Returns the name of the policy by segment, "" being the default."""
    return {"": settings.dunning_policy, **settings.dunning_policies}


def _history(rows: Sequence[SegmentFrom], versions: Mapping[str, Sequence[tuple[date, Policy]]]) -> list[tuple[date, Policy]]:
    """The policies of a payer by the day from which it came under each, one after the other never the same."""
    names = [(date.min, ""), *((row.valid_from, row.segment if row.segment in versions else "") for row in rows)]
    held: list[tuple[date, Policy]] = []
    for (first, segment), (past, _) in pairwise([*names, (date.max, "")]):
        theirs = versions[segment]
        for (since, policy), (until, _) in pairwise([*theirs, (date.max, theirs[-1][1])]):
            begins = first if (since, policy) == theirs[0] else max(first, since)
            if begins < min(past, until) and (not held or held[-1][1] != policy):
                held.append((begins, policy))
    return held


def segments_of(conn: Connection, payer_ids: Iterable[str], on: date, import_no: int | None = None) -> Mapping[str, str]:
    """Returns by payer its segment on a day, "" without one: the latest that is valid by then, as of an import (None = the newest)."""
    wanted = sorted(set(payer_ids))
    known = sql.scalar(conn, "runs/newest_import") if import_no is None else import_no
    found = sql.rows(conn, PayerSegment, "segments/of_payers", import_no=known, payer_ids=wanted, on=on)
    by_payer = {each.payer_id: each.segment for each in found}
    return {payer_id: by_payer.get(payer_id, "") for payer_id in wanted}


def policies_in_use(settings: Settings, on: date) -> Mapping[str, Policy]:
    """Returns by segment, "" being the default, the policy in force on a day. Raises PolicyError naming the setting."""
    return {segment: _policy_of(settings, segment, on) for segment in ("", *sorted(settings.dunning_policies))}


def _policy_of(settings: Settings, segment: str, on: date) -> Policy:
    if not segment:
        return policy_in_force(settings.dunning_policy, on, settings.policy_folder)
    try:
        return policy_in_force(settings.dunning_policies[segment], on, settings.policy_folder)
    except PolicyError as error:
        raise PolicyError(f"setting dunning_policies, segment {segment!r}: {error}") from error


__all__ = [
    "PayerSegment", "SegmentFrom", "named_policies", "policies_before", "policies_in_use", "policies_of", "segments_of",
]  # fmt: skip
