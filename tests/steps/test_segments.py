"""Segments: which dunning policy a payer comes under on a day, and rows that cannot be."""

from datetime import date
from pathlib import Path

import pytest

import sql
from billing.dunning import PolicyError
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tasks.segments import policies_in_use, policies_of
from tests.world import csv_bytes, world

COLUMNS = ("segment_id", "payer_id", "segment", "valid_from")
ON = date(2026, 11, 28)


def brought(outside: Outside, *rows: tuple[str, str, str, str]) -> list[tuple[int, str, str, str]]:
    """What is refused of these segments, in the feed of the small operator."""
    feed = Path(outside.settings.feed)
    if not feed.exists():
        world().write(feed)
    (feed / "segments.csv").write_bytes(csv_bytes(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows]))
    import_feed(outside)
    with outside.engine.connect() as conn:
        found = sql.rows(conn, Reject, "feed/open_rejects")
    return [(one.line, one.column_name, one.value, one.reason) for one in found if one.path == "segments.csv"]


def policy_of(outside: Outside, payer_id: str, on: date = ON, import_no: int | None = None, **settings: object) -> tuple[str, str]:
    """The segment and the policy of a payer."""
    given = outside.settings.model_copy(update=settings)
    with outside.engine.connect() as conn:
        segment, policy = policies_of(conn, given, [payer_id, "CL-PACK"], on, import_no)[payer_id]
    return segment, policy.name


@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 9, 30), ("", "contract"), id="before its first segment: the default"),
        pytest.param(date(2026, 10, 1), ("small", "article119"), id="from the day of the first one"),
        pytest.param(date(2026, 11, 30), ("small", "article119"), id="until the eve of the second one"),
        pytest.param(date(2026, 12, 1), ("large", "contract"), id="the second one, which no setting gives a policy: the default"),
    ],
)
def test_the_latest_segment_valid_by_a_day_decides(outside: Outside, on: date, expected: tuple[str, str]) -> None:
    assert brought(outside, ("SG2", "CL-SIP", "large", "2026-12-01"), ("SG1", "CL-SIP", "small", "2026-10-01")) == []
    assert policy_of(outside, "CL-SIP", on, dunning_policies={"small": "article119"}) == expected
    assert policy_of(outside, "CL-PACK", on, dunning_policies={"small": "article119"}) == ("", "contract")


@pytest.mark.clause("CG-2.d")
def test_what_an_import_changes_is_not_known_before_it(outside: Outside) -> None:
    brought(outside, ("SG1", "CL-SIP", "small", "2026-10-01"))
    with outside.engine.connect() as conn:
        first = int(sql.scalar(conn, "runs/newest_import"))
    assert brought(outside, ("SG1", "CL-SIP", "large", "2026-10-01")) == []
    small = {"dunning_policies": {"small": "article119"}}
    assert policy_of(outside, "CL-SIP", import_no=first, **small) == ("small", "article119")
    assert policy_of(outside, "CL-SIP", **small) == ("large", "contract")


@pytest.mark.clause("CG-2.d")
def test_a_segment_may_have_a_policy_of_the_operators_own(outside: Outside, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "patient.toml").write_text(
        'on_top_of = "contract"\n[[version]]\nvalid_from = 2026-01-01\nsource = "board, 2026"\nretry_days = 14\n'
    )
    brought(outside, ("SG1", "CL-SIP", "public", "2026-10-01"))
    given = {"policy_folder": str(folder), "dunning_policies": {"public": "patient"}}
    assert policy_of(outside, "CL-SIP", **given) == ("public", "patient")
    used = policies_in_use(outside.settings.model_copy(update=given), ON)
    assert {segment: policy.retry_days for segment, policy in used.items()} == {"": 7, "public": 14}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"dunning_policies": {"small": "art119"}}, "setting dunning_policies, segment 'small': there is no dunning policy 'art119'; .*article119, contract"),
        ({"dunning_policy": "kontract"}, "there is no dunning policy 'kontract'; dunning_policy may be article119, contract"),
        ({"policy_folder": "nowhere"}, "policy_folder names nowhere, which is no folder"),
    ],
)  # fmt: skip
def test_a_policy_that_is_not_there_is_named_with_the_setting(outside: Outside, wrong: dict[str, object], says: str) -> None:
    with outside.engine.connect() as conn, pytest.raises(PolicyError, match=says):
        policies_of(conn, outside.settings.model_copy(update=wrong), [], ON)


def test_a_payer_has_one_segment_from_a_day(outside: Outside) -> None:
    reason = "segment SG1 of CL-SIP begins on 2026-10-01 already; correct one of the two"
    refused = brought(
        outside,
        ("SG1", "CL-SIP", "small", "2026-10-01"), ("SG2", "CL-SIP", "large", "2026-10-01"), ("SG3", "CL-LUX", "large", "2026-10-01"),
        ("SG4", "CL-SIP", "large", "2026-10-02"),
    )  # fmt: skip
    assert refused == [(3, "valid_from", "2026-10-01", reason)]
    assert policy_of(outside, "CL-SIP", date(2026, 10, 1)) == ("small", "contract")


def test_a_segment_that_was_there_stays_when_another_comes_for_the_same_day(outside: Outside) -> None:
    assert brought(outside, ("SG9", "CL-SIP", "small", "2026-10-01")) == []
    reason = "segment SG9 of CL-SIP begins on 2026-10-01 already; correct one of the two"
    both = (("SG1", "CL-SIP", "large", "2026-10-01"), ("SG9", "CL-SIP", "small", "2026-10-01"))
    assert brought(outside, *both) == [(2, "valid_from", "2026-10-01", reason)]
    assert brought(outside, ("SG9", "CL-SIP", "large", "2026-10-01")) == []
    assert policy_of(outside, "CL-SIP") == ("large", "contract")


def test_a_correction_that_is_refused_leaves_the_segment_where_it_was(outside: Outside) -> None:
    assert brought(outside, ("SG1", "CL-SIP", "small", "2026-10-01"), ("SG2", "CL-SIP", "large", "2026-11-01")) == []
    refused = brought(
        outside,
        ("SG1", "CL-SIP", "small", "2026-11-01"), ("SG2", "CL-SIP", "large", "2026-11-01"), ("SG3", "CL-SIP", "public", "2026-10-01"),
    )  # fmt: skip
    assert [(line, reason.split(";")[0]) for line, _, _, reason in refused] == [
        (2, "segment SG2 of CL-SIP begins on 2026-11-01 already"),
        (4, "segment SG1 of CL-SIP begins on 2026-10-01 already"),
    ]
    assert policy_of(outside, "CL-SIP", date(2026, 10, 31)) == ("small", "contract")


def test_two_segments_may_change_places(outside: Outside) -> None:
    assert brought(outside, ("SG1", "CL-SIP", "small", "2026-10-01"), ("SG2", "CL-SIP", "large", "2026-11-01")) == []
    assert brought(outside, ("SG1", "CL-SIP", "small", "2026-11-01"), ("SG2", "CL-SIP", "large", "2026-10-01")) == []
    assert policy_of(outside, "CL-SIP", date(2026, 10, 31)) == ("large", "contract")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("SG1", "NOBODY", "small", "2026-10-01"), "payer_id"),
        (("SG1", "CL-SIP", "", "2026-10-01"), "segment"),
        (("SG1", "CL-SIP", "small", "first of October"), "valid_from"),
    ],
)
def test_a_segment_of_nobody_without_name_or_day_is_refused(outside: Outside, row: tuple[str, str, str, str], column: str) -> None:
    assert [found[1] for found in brought(outside, row)] == [column]
