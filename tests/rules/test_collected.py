"""Which invoices a credit of direct debits pays, and where a return takes its money from."""

from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bank import Movement
from billing.collected import Collected, Item, match_batch, match_collected, match_return
from billing.matching import Books, Owed
from tests.bank_files import PAYERS
from tests.steps.collecting_scene import DEBITED, MESSAGE

D = Decimal
A, B, C = "2026-000001", "2026-000002", "2026-000003"


def item(number: str, amount: str, sequence: str = "FRST", credited_by: int | None = None, returned_by: int | None = None) -> Item:
    return Item(number, "ALFA", MESSAGE, sequence, number, D(amount), credited_by, returned_by)


def credit(amount: str, *, end_to_end: str = "", batch: str = "", text: str = "") -> Movement:
    return Movement(1, "R", DEBITED, DEBITED, D(amount), end_to_end_id=end_to_end, batch_id=batch, text=text)


def books(*items: Item, paid: str = "0.00") -> Books:
    """What the items were made for is open, less `paid` of the first."""
    numbers = count()
    return Books([Owed(one.number, one.payer_id, f"{n:012d}", DEBITED, one.amount - (D(paid) if n == 0 else 0)) for one in items
                  if (n := next(numbers)) >= 0], {PAYERS["ALFA"]: {"ALFA"}})  # fmt: skip


THREE = (item(A, "100.00"), item(B, "50.00"), item(C, "30.00", "RCUR"))
TWINS = (item(A, "50.00"), item(B, "50.00"), item(C, "30.00"))
CASES = [
    ("one debit, by its end-to-end id", THREE, credit("50.00", end_to_end=B), [B]),
    ("a payment information", THREE, credit("150.00", batch=f"{MESSAGE}-FRST"), [A, B]),
    ("a file", THREE, credit("180.00", batch=MESSAGE), [A, B, C]),
    ("a file of which one sequence came", THREE, credit("30.00", batch=MESSAGE), [C]),
    ("named in the text", THREE, credit("180.00", text=f"SEPA {MESSAGE} thank you"), [A, B, C]),
    ("named by one of its debits", THREE, credit("150.00", end_to_end=A), [A, B]),
    ("exactly one debit missing", THREE, credit("130.00", batch=MESSAGE), [A, C]),
    ("two debits of the amount that is missing: nobody can say which", TWINS, credit("80.00", batch=MESSAGE), []),
    ("what is missing was returned", (item(A, "50.00", returned_by=7), *TWINS[1:]), credit("80.00", batch=MESSAGE), [B, C]),
    ("two debits missing", (*THREE[:2], item(C, "30.00")), credit("100.00", batch=MESSAGE), []),
    ("one sequence of a file, net of a debit", THREE, credit("100.00", batch=MESSAGE), [A]),
    ("more than the batch", THREE, credit("180.01", batch=MESSAGE), []),
    ("credited before, all of it", tuple(item(one.number, f"{one.amount}", credited_by=3) for one in THREE), credit("180.00", batch=MESSAGE), None),
    ("the rest of a batch", (item(A, "100.00", credited_by=3), *THREE[1:]), credit("80.00", batch=MESSAGE), [B, C]),
    ("a batch nobody knows", THREE, credit("180.00", batch="DD-20200101-CORE-20200101"), None),
    ("nothing named", THREE, credit("180.00"), None),
    ("money that went out", THREE, credit("-180.00", batch=MESSAGE), None),
]  # fmt: skip


@pytest.mark.parametrize(("items", "movement", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_which_invoices_a_credit_pays(items: tuple[Item, ...], movement: Movement, expected: list[str] | None) -> None:
    match = match_collected(movement, Collected(items), books(*items))
    assert (None if match is None else sorted(match.collected)) == expected
    if match is not None:
        placed = (*match.shares, *match.on_account)
        assert sum((amount for _, amount in placed), match.unmatched) == movement.amount


def test_what_was_paid_as_well_stands_on_account() -> None:
    match = match_collected(credit("180.00", batch=MESSAGE), Collected(THREE), books(*THREE, paid="70.00"))
    assert match is not None
    assert (match.shares, match.on_account) == (((A, D("30.00")), (B, D("50.00")), (C, D("30.00"))), (("ALFA", D("70.00")),))


def test_a_person_may_say_which_batch_it_is() -> None:
    match = match_batch(D("150.00"), f"{MESSAGE}-FRST", Collected(THREE), books(*THREE))
    assert match is not None
    assert match.collected == (A, B)
    assert match_batch(D("150.00"), f"{MESSAGE}-RCUR", Collected(THREE), books(*THREE)) is None
    assert Collected(THREE).that_come_to(D("150.00")) == [f"{MESSAGE}-FRST"]


@pytest.mark.parametrize(
    ("paid", "on_account", "expected"),
    [
        pytest.param("60.00", "40.00", (((A, D("-60.00")),), (("ALFA", D("-40.00")),), D("0.00")), id="from the invoice and the account"),
        pytest.param("59.99", "40.00", ((), (), D("-100.00")), id="no longer on the invoice: a person decides"),
        pytest.param("60.00", "39.99", ((), (), D("-100.00")), id="no longer on account: a person decides"),
    ],
)
def test_a_return_takes_its_money_from_where_it_went(paid: str, on_account: str, expected: tuple[object, ...]) -> None:
    one = Item(A, "ALFA", MESSAGE, "FRST", A, D("100.00"), credited_by=3, credit=D("180.00"), on_invoice=D("60.00"))
    match = match_return(credit("-100.00", end_to_end=A), one, paid=D(paid), on_account=D(on_account))
    assert (match.shares, match.on_account, match.unmatched) == expected


@given(
    amounts=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    missing=st.sets(st.integers(0, 5)),
    known=st.booleans(),
)
def test_whatever_is_missing_of_a_batch_every_cent_is_placed_and_only_what_came_is_paid(
    amounts: list[int], missing: set[int], *, known: bool
) -> None:
    """`known` tells whether the returns of what is missing are on the account already."""
    items = [item(f"I{n}", f"{amount}.00", returned_by=9 if known and n in missing else None) for n, amount in enumerate(amounts)]
    came = [one for n, one in enumerate(items) if n not in missing]
    amount = sum((one.amount for one in came), D("0.00"))
    if not amount:
        return
    match = match_collected(credit(f"{amount}", batch=MESSAGE), Collected(items), books(*items))
    assert match is not None
    assert sum((share for _, share in match.shares), match.unmatched) == amount
    if known and match.collected:
        assert set(match.collected) == {one.number for one in came}
    if len(missing & set(range(len(items)))) == 0:
        assert len(match.collected) == len(items)
