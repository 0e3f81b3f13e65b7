"""Why the net of a month differs from the month before, and the sentence that says so."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.change_reasons import Line, Reasons, changes, largest_of, reasons
from billing.change_words import sentence
from billing.line_changes import net_of
from billing.money import ZERO

D = Decimal


def users(quantity: int | str, unit_price: str | None, net: str, *, line: str = "L1", payer: str = "P1", part: bool = False) -> Line:
    """Users of Business user on one line; `part` of a month or the whole of it."""
    price = None if unit_price is None else D(unit_price)
    return Line(payer, line, "Business user", "pro_rata" if part else "recurring", D(quantity), price, D(net), "user")


def calls(net: str, *, line: str = "L1", payer: str = "P1", group: str = "be_mobile") -> Line:
    return Line(payer, line, group, "usage", D(10), None, D(net))


def once(charge: str, product: str, net: str, *, payer: str = "P1") -> Line:
    return Line(payer, "", product, charge, D(1), D(net), D(net))


def r(
    price: str = "0.00", quantity: str = "0.00", traffic: str = "0.00", new: str = "0.00", lost: str = "0.00", one_off: str = "0.00"
) -> Reasons:
    return Reasons(D(price), D(quantity), D(traffic), D(new), D(lost), D(one_off))


def by_payer(before: Sequence[Line], now: Sequence[Line]) -> dict[str, Reasons]:
    return {one.payer_id: one.reasons for one in changes(before, now)}


CASES = [
    pytest.param(
        [users(5, "31.00", "155.00")], [users(5, "31.00", "155.00")],
        r(), "no change", id="the same bill twice",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [users(7, "31.00", "217.00")],
        r(quantity="62.00"), "2 users more on Business user (+62.00)", id="two users more",
    ),
    pytest.param(
        [users(7, "31.00", "217.00")], [users(6, "31.00", "186.00")],
        r(quantity="-31.00"), "1 user fewer on Business user (-31.00)", id="one user fewer",
    ),
    pytest.param(
        [users(9, "31.00", "279.00")], [users(9, "32.00", "288.00")],
        r(price="9.00"), "price +1.00 a user on Business user (+9.00)", id="one euro more for each of nine users",
    ),
    pytest.param(
        [users(7, "31.00", "217.00"), calls("20.00")],
        [users(9, "32.00", "288.00"), calls("12.40"), calls("20.00", group="fr_fixed")],
        r(price="9.00", quantity="62.00", traffic="12.40"),
        "2 users more on Business user (+62.00), calls +12.40, price +1.00 a user on Business user (+9.00)",
        id="more users at a higher price who call more: the new price counts for all nine users, the old one for the two",
    ),
    pytest.param(
        [users(10, "20.00", "200.00")], [users(4, "25.00", "100.00")],
        r(price="20.00", quantity="-120.00"),
        "6 users fewer on Business user (-120.00), price +5.00 a user on Business user (+20.00)",
        id="fewer users at a higher price: it counts for the four that are left",
    ),
    pytest.param(
        [], [users(5, "31.00", "155.00"), calls("4.50"), once("one_off", "Desk phone", "89.00")],
        r(new="248.50"),
        "not billed last month: 5 users on Business user (+155.00), one-off Desk phone (+89.00), calls +4.50",
        id="a new payer: all he is billed is new, what is charged once as well",
    ),
    pytest.param(
        [], [users(5, "31.00", "50.00", part=True), users(5, "31.00", "155.00")],
        r(new="205.00"), "not billed last month: 5 users on Business user (+155.00), first days of Business user (+50.00)",
        id="a new payer who began on 22 October: its first ten days, and the whole of November",
    ),
    pytest.param(
        [users(5, "31.00", "155.00"), calls("4.50")], [],
        r(lost="-159.50"), "not billed this month (-159.50)", id="a payer that is lost",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [users(5, "31.00", "155.00"), once("one_off", "Desk phone", "89.00")],
        r(one_off="89.00"), "one-off Desk phone (+89.00)", id="a telephone bought this month",
    ),
    pytest.param(
        [users(5, "31.00", "155.00"), once("one_off", "Desk phone", "89.00")], [users(5, "31.00", "155.00")],
        r(one_off="-89.00"), "one-off Desk phone of last month (-89.00)", id="a telephone bought last month",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")],
        [users(5, "31.00", "155.00"), once("credit", "", "-15.00"), once("refund", "Business user", "-31.00"), once("balance", "Pack", "7.00")],
        r(one_off="-39.00"),
        "refund Business user (-31.00), credit (-15.00), balance of an ended contract Pack (+7.00)",
        id="an SLA credit, a refund and a balance are charged once",
    ),
    pytest.param(
        [users(5, "31.00", "50.00", part=True), users(5, "31.00", "155.00")], [users(5, "31.00", "155.00")],
        r(quantity="-50.00"), "fewer days of Business user (-50.00)",
        id="after the first bill with ten days of October and November, one with December only",
    ),
    pytest.param(
        [users(5, "31.00", "50.00", part=True), users(5, "31.00", "155.00")], [users(6, "31.00", "186.00")],
        r(quantity="-19.00"), "fewer days of Business user (-50.00), 1 user more on Business user (+31.00)",
        id="fewer days and one user more are told apart",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")],
        [users(5, "31.00", "155.00"), users(3, "31.00", "93.00", line="L2"), users(3, "31.00", "27.00", line="L2", part=True)],
        r(quantity="120.00"), "3 users more on Business user (+93.00), more days of Business user (+27.00)",
        id="a line that starts on 22 October: its users by the month, its nine days besides",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [users(5, "31.00", "155.00"), users(3, "30.00", "27.00", line="L2", part=True)],
        r(quantity="27.00"), "3 users more on Business user (+27.00)", id="a line charged for nine days only has no days besides",
    ),
    pytest.param(
        [users(5, "10.00", "50.00")],
        [users(5, "10.00", "25.00", part=True), users(5, "11.00", "27.50", part=True)],
        r(price="2.50"), "other prices of Business user (+2.50)",
        id="a price that changes half-way through the month counts for half of it",
    ),
    pytest.param(
        [users(5, "10.00", "25.00", part=True), users(5, "11.00", "27.50", part=True)],
        [users(5, "11.00", "55.00")],
        r(price="2.50"), "other prices of Business user (+2.50)",
        id="and for the other half in the month after",
    ),
    pytest.param(
        [users(5, "10.00", "23.33", part=True), users(5, "11.00", "29.33", part=True)], [users(5, "11.00", "55.00")],
        r(price="2.34"), "other prices of Business user (+2.34)",
        id="cents that rounding leaves belong to the price, not to days",
    ),
    pytest.param(
        [users(3, "9.99", "29.97")], [users(3, "9.99", "3.22", part=True), users(3, "9.99", "29.97")],
        r(quantity="3.22"), "more days of Business user (+3.22)", id="a rounded part of a month at the same price is no other price",
    ),
    pytest.param(
        [users(3, None, "30.00")], [users(3, None, "33.00")],
        r(quantity="3.00"), "another amount for Business user (+3.00)", id="without a unit price nothing is known of the price",
    ),
    pytest.param(
        [users(3, None, "30.00")], [users(4, "10.00", "40.00")],
        r(quantity="10.00"), "1 user more on Business user (+10.00)", id="a price in one of the months only is no other price",
    ),
    pytest.param(
        [users(0, "31.00", "0.00")], [users(2, "33.00", "66.00")],
        r(price="4.00", quantity="62.00"), "2 users more on Business user (+62.00), price +2.00 a user on Business user (+4.00)",
        id="from no user to two, at another price",
    ),
    pytest.param(
        [users(2, "31.00", "62.00")], [users(0, "33.00", "0.00")],
        r(quantity="-62.00"), "2 users fewer on Business user (-62.00)", id="to no user at all: the price no longer matters",
    ),
    pytest.param(
        [users(0, "31.00", "0.00")], [users(0, "33.00", "0.00")],
        r(), "no change", id="another price of nothing",
    ),
    pytest.param(
        [users(5, "0.00", "0.00")], [users(5, "31.00", "155.00")],
        r(price="155.00"), "price +31.00 a user on Business user (+155.00)", id="free until now",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [users(5, "0.00", "0.00"), users(5, "0.00", "0.00", part=True)],
        r(price="-155.00"), "price -31.00 a user on Business user (-155.00)", id="free from now on, its part of a month as well",
    ),
    pytest.param(
        [users(1, "0.123456", "0.12")], [users(1000, "0.123457", "123.46")],
        r(price="0.00", quantity="123.34"), "999 users more on Business user (+123.34)", id="a millionth of a euro is lost in rounding",
    ),
    pytest.param(
        [users(10000, "0.123456", "1234.56")], [users(10000, "0.123956", "1239.56")],
        r(price="5.00"), "price +0.0005 a user on Business user (+5.00)", id="a price step of less than a cent is written out",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [replace(users(5, "40.00", "200.00"), product="Business user plus")],
        r(quantity="45.00"), "5 users more on Business user plus (+200.00), 5 users fewer on Business user (-155.00)",
        id="another product on the same line is no other price",
    ),
    pytest.param(
        [users(5, "31.00", "155.00")], [users(5, "32.00", "160.00", line="L2")],
        r(quantity="5.00"), "other lines of Business user (+5.00)", id="the same users on another line are no other price",
    ),
    pytest.param(
        [users(2, "-5.00", "-10.00")], [users(3, "-6.00", "-18.00")],
        r(price="-3.00", quantity="-5.00"), "1 user more on Business user (-5.00), price -1.00 a user on Business user (-3.00)",
        id="a discount has a price below zero",
    ),
    pytest.param([], [users(0, "31.00", "0.00")], r(), "not billed last month: nothing to pay (0.00)", id="new, with nothing to pay"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "expected", "said"), CASES)
def test_why_a_payer_is_billed_another_amount(before: list[Line], now: list[Line], expected: Reasons, said: str) -> None:
    assert reasons(changes(before, now)) == expected
    assert expected.total == net_of(now) - net_of(before)
    assert sentence(before, now) == said


def test_a_line_that_moves_to_another_payer_leaves_the_one_and_comes_to_the_other() -> None:
    before = [
        users(5, "31.00", "155.00", payer="P1"),
        users(2, "31.00", "62.00", line="L2", payer="P1"),
        users(1, "31.00", "31.00", line="L3", payer="P2"),
    ]
    now = [
        users(5, "31.00", "155.00", payer="P1"),
        users(2, "32.00", "64.00", line="L2", payer="P2"),
        users(1, "31.00", "31.00", line="L3", payer="P2"),
    ]
    assert by_payer(before, now) == {"P1": r(quantity="-62.00"), "P2": r(quantity="64.00")}
    assert reasons(changes(before, now)) == r(quantity="2.00")
    assert [one.explanation for one in changes(before, now)] == [
        "2 users fewer on Business user (-62.00)", "2 users more on Business user (+64.00)",
    ]  # fmt: skip


def test_a_client_that_moves_with_all_its_lines_is_lost_by_the_one_payer_and_new_with_the_other() -> None:
    before, now = [users(5, "31.00", "155.00", payer="P1")], [users(5, "31.00", "155.00", payer="P2")]
    assert by_payer(before, now) == {"P1": r(lost="-155.00"), "P2": r(new="155.00")}
    assert reasons(changes(before, now)) == r(lost="-155.00", new="155.00")
    assert reasons(changes(before, now)).total == D("0.00")


def test_a_sentence_names_three_causes_and_sums_the_rest() -> None:
    before = [users(7, "31.00", "217.00"), once("one_off", "Desk phone", "89.00"), once("credit", "", "-5.00")]
    now = [users(9, "32.00", "288.00"), calls("12.40")]
    assert sentence(before, now) == (
        "one-off Desk phone of last month (-89.00), 2 users more on Business user (+62.00), calls +12.40, 2 other causes (+14.00)"
    )


def test_one_cause_beyond_the_third_is_one_other_cause() -> None:
    now = [users(9, "32.00", "288.00"), calls("12.40"), once("credit", "", "-5.00")]
    assert sentence([users(7, "31.00", "217.00")], now).endswith("price +1.00 a user on Business user (+9.00), 1 other cause (-5.00)")


def test_causes_that_make_up_for_each_other_are_still_told() -> None:
    before, now = [users(5, "31.00", "155.00"), calls("31.00")], [users(6, "31.00", "186.00")]
    assert sentence(before, now) == "1 user more on Business user (+31.00), calls -31.00"


def test_lines_of_a_product_are_told_together() -> None:
    before = [users(5, "31.00", "155.00"), users(2, "31.00", "62.00", line="L2"), users(1, "31.00", "31.00", line="L3")]
    now = [users(6, "32.00", "192.00"), users(4, "32.00", "128.00", line="L2")]
    assert sentence(before, now) == "2 users more on Business user (+62.00), price +1.00 a user on Business user (+10.00)"


def test_two_price_steps_of_one_product_have_no_single_price() -> None:
    before = [users(5, "31.00", "155.00"), users(2, "31.00", "62.00", line="L2")]
    now = [users(5, "32.00", "160.00"), users(2, "33.00", "66.00", line="L2")]
    assert sentence(before, now) == "other prices of Business user (+9.00)"


def test_without_the_word_for_a_unit_only_the_number_is_told() -> None:
    before = [replace(users(1, "1234.50", "1234.50"), unit="")]
    now = [replace(users("2.5", "1235.50", "3088.75"), unit="")]
    assert sentence(before, now) == "1.5 more on Business user (+1,851.75), price +1.00 each on Business user (+2.50)"


def test_a_payer_without_any_line_is_told_as_well() -> None:
    assert sentence([], []) == "not billed in either month"


def test_the_largest_changes_are_those_up_or_down_without_the_ones_that_stay() -> None:
    before = [users(1, "10.00", "10.00", payer=p) for p in ("P1", "P2", "P3", "P4", "P5")]
    now = [
        users(2, "10.00", "20.00", payer="P1"), users(1, "10.00", "10.00", payer="P2"), users(5, "10.00", "50.00", payer="P3"),
        users(0, "10.00", "0.00", payer="P4"), users(2, "10.00", "20.00", payer="P6"),
    ]  # fmt: skip
    assert [(one.payer_id, one.difference, one.explanation) for one in largest_of(changes(before, now), 4)] == [
        ("P3", D("40.00"), "4 users more on Business user (+40.00)"),
        ("P6", D("20.00"), "not billed last month: 2 users on Business user (+20.00)"),
        ("P1", D("10.00"), "1 user more on Business user (+10.00)"),
        ("P4", D("-10.00"), "1 user fewer on Business user (-10.00)"),
    ]
    assert [one.payer_id for one in largest_of(changes(before, now))] == ["P3", "P6", "P1", "P4", "P5"]


def test_a_float_is_no_amount_of_money() -> None:
    with pytest.raises(TypeError, match="money is a Decimal"):
        reasons(changes([], [replace(users(1, "10.00", "10.00"), net=10.0)]))  # type: ignore[arg-type]


CENTS = st.integers(-(10**7), 10**7).map(lambda cents: D(cents).scaleb(-2))
LINES = st.lists(
    st.builds(
        Line,
        payer_id=st.sampled_from(["P1", "P2", "P3"]),
        line_id=st.sampled_from(["", "L1", "L2", "L3"]),
        product=st.sampled_from(["user", "channel", "pack"]),
        charge=st.sampled_from(["recurring", "pro_rata", "usage", "one_off", "balance", "credit", "refund", "fee", "interest"]),
        quantity=st.integers(0, 20).map(D) | st.decimals(0, 100, places=6),
        unit_price=st.none() | st.integers(-(10**8), 10**9).map(lambda micro: D(micro).scaleb(-6)) | st.just(ZERO),
        net=CENTS,
        unit=st.sampled_from(["", "user"]),
    ),
    max_size=12,
)


@given(LINES, LINES)
@example([users(3, "0.00", "5.00")], [users(3, "1.00", "-5.00")])
def test_the_reasons_always_come_to_the_difference_to_the_cent_of_each_payer_and_of_all(before: list[Line], now: list[Line]) -> None:
    whole = reasons(changes(before, now))
    assert whole.total == net_of(now) - net_of(before)
    parts = by_payer(before, now)
    for payer_id, part in parts.items():
        assert part.total == _of(payer_id, now) - _of(payer_id, before)
        assert all(D(getattr(part, name)).as_tuple().exponent == -2 for name in Reasons.__dataclass_fields__)
    assert sum((part.price for part in parts.values()), ZERO) == whole.price
    assert parts.keys() == {line.payer_id for line in [*before, *now]}


@given(LINES, LINES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(before: list[Line], now: list[Line], chance: random.Random) -> None:
    assert changes(_shuffled(before, chance), _shuffled(now, chance)) == changes(before, now)


@given(LINES, LINES)
def test_the_amounts_of_a_sentence_add_up_to_the_difference(before: list[Line], now: list[Line]) -> None:
    for one in changes(before, now):
        told = re.findall(r"[+-][\d,]*\d\.\d\d(?= on |\)|,|$)", re.sub(r"price \S+ ", "", one.explanation))
        assert sum((D(amount.replace(",", "")) for amount in told), ZERO) == one.difference
        assert 1 <= one.explanation.count("(") + one.explanation.count("calls ") <= 4 or one.explanation == "no change"


@given(LINES)
def test_the_same_lines_twice_are_no_change(lines: list[Line]) -> None:
    assert reasons(changes(lines, list(reversed(lines)))) == Reasons()
    assert {one.explanation for one in changes(lines, lines)} <= {"no change"}


@given(LINES, LINES)
def test_back_again_new_is_lost_and_the_whole_is_turned_round(before: list[Line], now: list[Line]) -> None:
    there, back = reasons(changes(before, now)), reasons(changes(now, before))
    assert (there.new, there.lost, there.traffic, there.one_off) == (-back.lost, -back.new, -back.traffic, -back.one_off)
    assert there.price + there.quantity == -(back.price + back.quantity)


def _of(payer_id: str, lines: Sequence[Line]) -> Decimal:
    return net_of(line for line in lines if line.payer_id == payer_id)


def _shuffled(lines: list[Line], chance: random.Random) -> list[Line]:
    return chance.sample(lines, len(lines))
