"""The review of the drafts before the issue: who is asked, which answers count, and what they change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.audit import audit
from tasks.ledger import Stopped
from tasks.review import ask_open, drafts_hash
from tests.steps.review_scene import OCTOBER, Waiting, drafted, waiting
from tests.world import EXPECTED_NET, world

__all__ = ["drafted", "waiting"]

STEPS = {"snapshot", "rating", "recurring", "drafts"}
WHOLE = STEPS | {"issue", "documents", "delivery", "report"}


def hash_of(close: Waiting) -> str:
    with close.engine.connect() as conn:
        return drafts_hash(conn, close.run)


def ids(close: Waiting) -> set[int]:
    return {row[0] for row in close.say("select invoice_id from invoice")}


def correct_the_price(close: Waiting) -> None:
    """A feed that says a SIP channel costs 11.00, where it said 10.00."""
    changed = world()
    changed.row("prices", "sip-channel")["unit_price"] = "11.00"
    changed.write(close.folder / "feed")


def test_drafts_made_again_alike_are_the_same_drafts_though_their_ids_are_others(waiting: Waiting) -> None:
    before, had = hash_of(waiting), ids(waiting)
    waiting.close(from_step="drafts")
    assert ids(waiting).isdisjoint(had)
    assert hash_of(waiting) == before


@pytest.mark.parametrize(
    "change",
    [
        "update invoice_line set net = net + 0.01 where invoice_id = (select min(invoice_id) from invoice)",
        "update invoice_line set quantity = quantity + 1 where invoice_id = (select min(invoice_id) from invoice)",
        "update invoice set payment_days = payment_days + 1 where payer_id = 'CL-LUX'",
        "update invoice set vat = vat + 1, gross = gross + 1 where payer_id = 'CL-SIP'",
        "delete from invoice where payer_id = 'CL-SIP'",
    ],
    ids=["a cent on a line", "a quantity", "the days to pay", "the VAT", "a payer less"],
)
def test_drafts_that_bill_something_else_are_other_drafts(waiting: Waiting, change: str) -> None:
    before = hash_of(waiting)
    waiting.say(change)
    assert hash_of(waiting) != before


def test_an_approved_close_issues_and_says_who_approved(waiting: Waiting) -> None:
    waiting.ask()
    assert waiting.in_form("approve", "  Ann   Peeters ").counts
    assert waiting.approved_by() == "Ann Peeters"
    assert [(ask.ask_no, ask.ended_how) for ask in waiting.asks()] == [(1, "answered")]
    assert waiting.close().startswith("close 2026-10 is done: 7 invoices to 7 payers, EUR 747.55 net")
    assert waiting.accepted() == WHOLE


@pytest.mark.parametrize(
    ("decision", "given", "says"),
    [
        ("approve", {"has_read": False}, "the report was not read; read it, then say so in the form"),
        ("approve", {"payers": ("CL-LUX",)}, "payers to leave out were named (CL-LUX), so choose to exclude them; nothing is approved"),
        ("reject", {"comment": "  "}, "a rejection needs a comment that says what is wrong"),
        ("exclude", {}, "no payer to leave out was named"),
        ("exclude", {"payers": ("CL-LUXX",)}, "there is no draft for the payer CL-LUXX; did you mean CL-LUX?"),
        ("exclude", {"payers": ("CL-LUX", "NOBODY-9")}, "there is no draft for the payer NOBODY-9"),
        ("exclude", {"payers": tuple(EXPECTED_NET)}, "that leaves nobody to bill; reject the drafts instead"),
        ("approve", {"by": "Zoe"}, "Zoe is not among `approvers`: Ann, Bert"),
    ],
    ids=[
        "approved unread", "approved with payers to leave out", "rejected without a comment", "nobody to leave out",
        "a payer mistyped", "a payer that is none", "all payers", "not an approver",
    ],
)  # fmt: skip
def test_an_answer_that_does_not_count_is_kept_with_the_reason_and_people_are_asked_again(
    waiting: Waiting, decision: str, given: dict[str, Any], says: str
) -> None:
    waiting.setting(approvers='["Ann", "Bert"]')
    waiting.ask()
    before = waiting.nets()
    made = waiting.in_form(decision, **given)
    assert (made.counts, made.why_not) == (False, says)
    assert waiting.approved_by() is None
    assert waiting.accepted() == STEPS
    assert waiting.nets() == before == EXPECTED_NET
    assert waiting.ask().ask_no == 2


def test_a_name_is_among_the_approvers_whatever_its_case_and_blanks(waiting: Waiting) -> None:
    waiting.setting(approvers='["Ann Peeters"]')
    assert waiting.decide("approve", " ann  PEETERS").counts


def test_an_answer_after_the_deadline_does_not_count_and_a_new_ask_has_a_new_deadline(waiting: Waiting) -> None:
    first = waiting.ask()
    late = waiting.in_form("approve", given_at=first.deadline + timedelta(seconds=1))
    assert not late.counts
    assert late.why_not.startswith("the deadline was 20")
    assert late.why_not.endswith("; run the close again, it asks again")
    second = waiting.ask()
    assert (second.ask_no, second.deadline > first.deadline) == (2, True)
    assert waiting.in_form("approve").counts


def test_an_answer_given_in_time_counts_though_it_is_read_after_the_deadline(waiting: Waiting) -> None:
    ask = waiting.ask()
    waiting.say("update review_request set asked_at = now() - interval '80 hours', deadline = now() - interval '8 hours'")
    assert ask.ended_at is None
    made = waiting.in_form("approve", given_at=datetime.now(UTC) - timedelta(hours=9))
    assert made.counts
    assert waiting.approved_by() == "Ann"


def test_the_deadline_is_as_many_hours_after_the_asking_as_the_setting_says(waiting: Waiting) -> None:
    waiting.setting(approval_hours=5)
    ask = waiting.ask()
    assert ask.deadline - ask.asked_at == timedelta(hours=5)


def test_the_same_form_read_again_gives_the_same_decision_once(waiting: Waiting) -> None:
    ask = waiting.ask()
    first = waiting.in_form("approve", comment="fine")
    again = waiting.decide("reject", "Bert", comment="no", channel="form", ask_no=ask.ask_no)
    assert again == first
    assert len(waiting.decisions()) == 1


def test_an_answer_to_drafts_that_were_made_anew_does_not_count(waiting: Waiting) -> None:
    ask = waiting.ask()
    correct_the_price(waiting)
    waiting.close(from_step="snapshot")
    made = waiting.decide("approve", channel="form", ask_no=ask.ask_no)
    assert made.why_not == "the drafts were made anew after they were shown; look at the new ones"
    assert made.drafts_hash == ask.drafts_hash
    assert waiting.approved_by() is None


def test_the_second_approval_is_told_who_approved_and_when_and_is_kept(waiting: Waiting) -> None:
    ask = waiting.ask()
    waiting.decide("approve", "Ann", given_at=datetime(2026, 10, 29, 8, 12, tzinfo=UTC))
    waiting.say("update run set approved_at = '2026-10-29 08:12+00'")
    second = waiting.decide("approve", "Bert", channel="form", ask_no=ask.ask_no)
    assert not second.counts
    assert second.why_not.startswith("Ann approved it already on 2026-10-29 09:12; ")
    waiting.close()
    third = waiting.decide("reject", "Cid", comment="too late")
    assert third.why_not == "Ann approved it already on 2026-10-29 09:12 and the invoices are issued; correct with a credit note"
    assert [one.counts for one in waiting.decisions()] == [True, False, False]
    assert waiting.approved_by() == "Ann"


def test_under_four_eyes_two_different_people_approve_the_same_drafts(waiting: Waiting) -> None:
    waiting.setting(approvals_needed=2)
    waiting.ask()
    assert waiting.in_form("approve", "Ann").counts
    assert waiting.approved_by() is None
    waiting.ask()
    same = waiting.in_form("approve", "  ANN ")
    assert not same.counts
    assert same.why_not.startswith("Ann approved these drafts already on ")
    assert same.why_not.endswith("; another person has to")
    waiting.ask()
    assert waiting.in_form("approve", "Bert").counts
    assert waiting.approved_by() == "Ann and Bert"


def test_under_four_eyes_an_approval_of_earlier_drafts_is_none_of_the_new_ones(waiting: Waiting) -> None:
    waiting.setting(approvals_needed=2)
    waiting.decide("approve", "Ann")
    waiting.close(from_step="drafts")
    waiting.decide("approve", "Bert")
    assert waiting.approved_by() is None
    waiting.decide("approve", "Ann")
    assert waiting.approved_by() == "Bert and Ann"


def test_the_flag_counts_as_one_approval_and_asking_twice_with_it_stays_one(waiting: Waiting) -> None:
    waiting.setting(approvals_needed=2)
    for _ in range(2):
        assert "waiting for approval" in waiting.close(approve=True, by="Ann")
    assert [one.decided_by for one in waiting.decisions()] == ["Ann"]
    assert waiting.close(approve=True, by="Bert").startswith("close 2026-10 is done")
    assert waiting.approved_by() == "Ann and Bert"


def test_the_flag_of_somebody_who_may_not_approve_stops_the_close(waiting: Waiting) -> None:
    waiting.setting(approvers='["Ann"]')
    with pytest.raises(Stopped, match="close 2026-10: the approval does not count: Zoe is not among `approvers`: Ann"):
        waiting.close(approve=True, by="Zoe")
    assert waiting.accepted() == STEPS


def test_the_setting_that_asks_nobody_approves_for_all(waiting: Waiting) -> None:
    waiting.setting(approval="auto", approvals_needed=2, approvers='["Ann"]')
    assert waiting.close().startswith("close 2026-10 is done")
    assert [(one.decided_by, one.channel) for one in waiting.decisions()] == [("setting approval = auto", "setting")]


def test_a_rejected_close_imports_the_correction_computes_all_again_and_asks_again(waiting: Waiting) -> None:
    waiting.ask()
    made = waiting.in_form("reject", comment="a SIP channel costs 11.00")
    assert made.counts
    assert waiting.accepted() == set()
    correct_the_price(waiting)
    assert "waiting for approval" in waiting.close()
    assert waiting.nets() == EXPECTED_NET | {"CL-SIP": "45.39"}  # 4 channels at 11.00, calls 1.39
    assert [(ask.ask_no, ask.ended_how) for ask in waiting.asks()] == [(1, "answered"), (2, None)]
    assert waiting.decide("approve", "Bert").counts
    assert waiting.close().startswith("close 2026-10 is done")
    assert [str(one).partition(" ")[2].partition(" ")[2] for one in waiting.decisions()] == [
        "rejected by Ann: a SIP channel costs 11.00", "approved by Bert",
    ]  # fmt: skip


def test_payers_left_out_are_parked_with_who_said_so_and_the_rest_is_asked_about_again(waiting: Waiting) -> None:
    waiting.setting(parked_share_at_most=0)  # they do not count towards the share that stops a close
    waiting.ask()
    waiting.in_form("exclude", payers=("CL-SIP, CL-LUX", "CL-SIP"), comment="in dispute")
    assert waiting.accepted() == STEPS - {"drafts"}
    assert "5 invoices to 5 payers, EUR 674.87 net" in waiting.close()
    assert waiting.nets() == {payer: net for payer, net in EXPECTED_NET.items() if payer not in ("CL-SIP", "CL-LUX")}
    assert waiting.say("select payer_id, reason from parked_payer order by 1") == [
        ("CL-LUX", "left out of this close by Ann: in dispute"),
        ("CL-SIP", "left out of this close by Ann: in dispute"),
    ]
    again = waiting.decide("exclude", "Bert", payers=("CL-SIP",))
    assert again.why_not == "CL-SIP is left out already, by Ann"
    assert waiting.decide("approve", "Bert").counts
    assert waiting.close().startswith("close 2026-10 is done: 5 invoices")


def test_what_was_left_out_is_billed_by_the_next_close_and_the_month_recomputes_as_it_was(waiting: Waiting) -> None:
    waiting.decide("exclude", payers=("CL-SIP",))
    waiting.close(approve=True)
    assert audit(waiting.outside, OCTOBER).findings == []
    assert waiting.say("select count(*) from recurring_charge where released_by is null and line_no in "
                       "(select line_no from order_line join contract using (contract_id) where payer_id = 'CL-SIP')") == [(0,)]  # fmt: skip


def test_rejecting_takes_back_who_was_left_out(waiting: Waiting) -> None:
    waiting.decide("exclude", payers=("CL-SIP",))
    waiting.close()
    waiting.decide("reject", comment="not this one")
    waiting.close()
    assert waiting.nets() == EXPECTED_NET


def test_the_same_prefect_run_finds_its_ask_again_as_long_as_the_drafts_are_the_same_and_it_is_in_time(waiting: Waiting) -> None:
    first = waiting.ask("run one")
    assert waiting.ask("run one") == first
    waiting.say("update review_request set asked_at = now() - interval '80 hours', deadline = now() - interval '1 second'")
    second = waiting.ask("run one")
    assert [(ask.ask_no, ask.ended_how) for ask in waiting.asks()] == [(1, "expired"), (2, None)]
    waiting.say("update invoice set payment_days = payment_days + 1 where payer_id = 'CL-LUX'")
    third = waiting.ask("run one")
    assert (second.ask_no, third.ask_no) == (2, 3)
    assert [ask.ended_how for ask in waiting.asks()] == ["expired", "replaced", None]


@pytest.mark.parametrize(("still", "asked"), [(True, (1, "run one")), (False, (2, "run two"))], ids=["waits", "is gone"])
def test_a_second_prefect_run_asks_only_when_the_first_no_longer_waits(waiting: Waiting, still: bool, asked: tuple[int, str]) -> None:
    waiting.ask("run one")
    found = ask_open(waiting.outside, waiting.run, "run two", lambda _: still)
    assert (found.ask_no, found.flow_run) == asked


def test_nothing_is_decided_about_drafts_that_are_not_there(waiting: Waiting) -> None:
    waiting.decide("reject", comment="again")
    with pytest.raises(Stopped, match="close 2026-10 has no drafts to decide about; `billing close 2026-10` makes them"):
        waiting.decide("approve")


def test_a_close_that_people_were_asked_about_can_be_set_aside(waiting: Waiting) -> None:
    from tasks.ledger import abandon

    waiting.ask()
    waiting.in_form("approve", has_read=False)
    abandon(waiting.engine, waiting.run)
    assert waiting.say("select count(*) from review_request") == [(0,)]
