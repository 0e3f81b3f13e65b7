"""Which invoices a payment pays: by communication, by amount and account, never by name."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bank import Movement
from billing.communications import is_near, is_valid, valid_in, written_in
from billing.matching import Books, Match, Owed, Taken, find_returned, invoice_returned, match_payment, suggestions
from billing.numbering import structured_reference

D = Decimal
A_IBAN, B_IBAN, UNKNOWN = "BE68539007547034", "BE54000000000197", "BE62510007547061"


def reference(n: int) -> str:
    return structured_reference("invoice", 2026, n).strip("+").replace("/", "")


def owed(n: int, payer: str, amount: str, due: int = 1) -> Owed:
    return Owed(f"I{n}", payer, reference(n), date(2026, 11, due), D(amount))


# ALFA owes I1 100.00 and I2 50.00, BETA owes I3 70.00; I4 of ALFA is paid.
OWED = (owed(1, "ALFA", "100.00", 1), owed(2, "ALFA", "50.00", 2), owed(3, "BETA", "70.00", 1), owed(4, "ALFA", "0.00", 3))
KNOWN = {A_IBAN: {"ALFA"}, B_IBAN: {"BETA"}}


def paid(amount: str, text: str = "", *, structured: str = "", iban: str = "", name: str = "", **cells: object) -> Movement:
    day = date(2026, 11, 10)
    return Movement(1, "R", day, day, D(amount), iban, name, structured, text, **cells)  # type: ignore[arg-type]


def said(match: Match) -> str:
    """A match as `I1 100.00, on account ALFA 5.00, unmatched 1.00`."""
    parts = [f"{number} {amount}" for number, amount in match.shares]
    parts += [f"on account {payer_id} {amount}" for payer_id, amount in match.on_account]
    parts += [f"unmatched {match.unmatched}"] if match.unmatched else []
    return ", ".join(parts)


I1, I2, I3, I4 = (reference(n) for n in range(1, 5))
WRONG = f"{I1[:4]}9{I1[5:]}"
CASES = [
    ("the communication in its field", paid("100.00", structured=I1), "I1 100.00"),
    ("the communication between plus signs in the text", paid("100.00", f"facture +++{I1[:3]}/{I1[3:7]}/{I1[7:]}+++ merci"), "I1 100.00"),
    ("the communication between stars", paid("100.00", f"***{I1[:3]}/{I1[3:7]}/{I1[7:]}***"), "I1 100.00"),
    ("twelve bare digits in the text", paid("100.00", f"pay {I1}."), "I1 100.00"),
    ("a part of it", paid("30.00", structured=I1), "I1 30.00"),
    ("too much: the rest on account", paid("105.00", structured=I1), "I1 100.00, on account ALFA 5.00"),
    ("an invoice paid before: all on account, though another of the amount is open", paid("50.00", structured=I4), "on account ALFA 50.00"),
    ("two communications in the text", paid("150.00", f"{I2} {I1}"), "I1 100.00, I2 50.00"),
    ("two communications and not enough: the oldest first", paid("120.00", f"{I2} {I1}"), "I1 100.00, I2 20.00"),
    ("two communications of two payers", paid("170.00", f"{I1} {I3}"), "I1 100.00, I3 70.00"),
    ("two communications of two payers and too much: whose is the rest?", paid("171.00", f"{I1} {I3}"), "I1 100.00, I3 70.00, unmatched 1.00"),
    ("one communication and exactly what else the payer owes", paid("150.00", structured=I1), "I1 100.00, I2 50.00"),
    ("a communication with a wrong check digit", paid("100.00", structured=WRONG), "unmatched 100.00"),
    ("a wrong check digit, and amount and account fit", paid("100.00", structured=WRONG, iban=A_IBAN), "I1 100.00"),
    ("a valid communication of somebody else's books", paid("100.00", structured=reference(999)), "unmatched 100.00"),
    ("amount and account", paid("50.00", "rent", iban=A_IBAN), "I2 50.00"),
    ("the exact sum of what the payer owes", paid("150.00", iban=A_IBAN), "I1 100.00, I2 50.00"),
    ("the account is known, the amount is not", paid("99.00", iban=A_IBAN), "unmatched 99.00"),
    ("the amount is that of another payer", paid("70.00", iban=A_IBAN), "unmatched 70.00"),
    ("the amount alone, from an unknown account", paid("70.00", iban=UNKNOWN), "unmatched 70.00"),
    ("the name alone", paid("70.00", name="Beta SRL"), "unmatched 70.00"),
    ("digits that are longer than a communication", paid("100.00", f"1{I1}"), "unmatched 100.00"),
    ("money that went out", paid("-10.00", structured=I1), ""),
]  # fmt: skip


@pytest.mark.parametrize(("movement", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_payment_by(movement: Movement, expected: str) -> None:
    assert said(match_payment(movement, Books(OWED, KNOWN))) == expected


def test_two_open_invoices_of_the_same_amount_are_not_told_apart_by_the_account() -> None:
    books = Books((owed(1, "ALFA", "50.00"), owed(2, "ALFA", "50.00")), KNOWN)
    assert said(match_payment(paid("50.00", iban=A_IBAN), books)) == "unmatched 50.00"


def test_one_invoice_or_two_older_ones_together_are_not_told_apart() -> None:
    books = Books((owed(1, "ALFA", "30.00", 1), owed(2, "ALFA", "70.00", 2), owed(3, "ALFA", "100.00", 3)), KNOWN)
    assert said(match_payment(paid("100.00", iban=A_IBAN), books)) == "unmatched 100.00"


def test_an_account_that_pays_for_two_payers_is_told_by_the_amount_when_only_one_owes_it() -> None:
    books = Books(OWED, {A_IBAN: {"ALFA", "BETA"}})
    assert said(match_payment(paid("70.00", iban=A_IBAN), books)) == "I3 70.00"


def test_what_one_payment_paid_is_not_open_for_the_next_and_its_account_is_known() -> None:
    books = Books(OWED, {})
    first = paid("100.00", structured=I1, iban=UNKNOWN)
    books.note(first, match_payment(first, books))
    assert said(match_payment(first, books)) == "on account ALFA 100.00"
    assert said(match_payment(paid("50.00", iban=UNKNOWN), books)) == "I2 50.00"


TAKEN = (
    Taken(1, D("100.00"), A_IBAN, frozenset({I1}), "E1", ""),
    Taken(2, D("100.00"), B_IBAN, frozenset({I3}), "E2", "M2"),
    Taken(3, D("50.00"), A_IBAN, frozenset(), "NOTPROVIDED", ""),
)
RETURNS = [
    ("its end-to-end id", paid("-100.00", end_to_end_id="E2"), 2),
    ("its communication", paid("-100.00", structured=I1), 1),
    ("its account", paid("-100.00", iban=B_IBAN), 2),
    ("its mandate", paid("-100.00", mandate_id="M2"), 2),
    ("an id that is none", paid("-50.00", end_to_end_id="NOTPROVIDED"), None),
    ("the amount alone", paid("-50.00"), None),
    ("another amount", paid("-99.00", end_to_end_id="E2"), None),
]


@pytest.mark.parametrize(("movement", "expected"), [case[1:] for case in RETURNS], ids=[case[0] for case in RETURNS])
def test_a_return_finds_its_payment_by(movement: Movement, expected: int | None) -> None:
    assert find_returned(movement, TAKEN) == expected


def test_a_return_that_two_payments_fit_finds_neither() -> None:
    twice = (Taken(1, D("9.00"), A_IBAN, frozenset(), "", ""), Taken(2, D("9.00"), A_IBAN, frozenset(), "", ""))
    assert find_returned(paid("-9.00", iban=A_IBAN), twice) is None


@pytest.mark.parametrize(
    ("movement", "expected"),
    [
        (paid("-70.00", end_to_end_id="I3"), "I3"),
        (paid("-70.00", end_to_end_id=I3), "I3"),
        (paid("-70.00", structured=I3), "I3"),
        (paid("-70.01", structured=I3), None),  # more than was paid
        (paid("-70.00", f"{I1} {I3}"), None),  # two that were paid
        (paid("-70.00"), None),
    ],
    ids=["its number", "its communication as id", "its communication", "more than was paid", "two invoices", "nothing said"],
)
def test_a_collection_handed_back_is_tied_to_the_invoice_that_is_named_by(movement: Movement, expected: str | None) -> None:
    assert invoice_returned(movement, Books(OWED, {}), {"I3": D("70.00"), "I1": D("100.00")}) == expected


SUGGESTED = [
    ("a mistyped digit", paid("1.00", structured=WRONG), ["I1: communication mistyped"]),
    ("swapped digits", paid("1.00", f"+++{I3[:10]}{I3[11]}{I3[10]}+++"), ["I3: communication mistyped"]),
    ("a name", paid("1.00", name="S.R.L. B\u00e9ta Bakkerij"), ["I3: open of BETA, a name alike"]),
    ("the amount", paid("70.00"), ["I3: this very amount is open"]),
    ("an account", paid("1.00", iban=A_IBAN), ["I1: open of ALFA, who paid from this account before", "I2: open of ALFA, who paid from this account before"]),
    ("nothing", paid("1.00", "hello"), []),
]  # fmt: skip


@pytest.mark.parametrize(("movement", "expected"), [case[1:] for case in SUGGESTED], ids=[case[0] for case in SUGGESTED])
def test_a_suggestion_by(movement: Movement, expected: list[str]) -> None:
    assert suggestions(movement, Books(OWED, KNOWN), {"ALFA": "Alfa Garage", "BETA": "Beta Bakkerij"}) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+++090/9337/55493+++", ["090933755493"]),
        ("*** 090/9337/55493 ***", ["090933755493"]),
        ("090933755493", ["090933755493"]),
        ("ref 090 9337 55493", ["090933755493"]),
        ("090/9337/55494", []),  # the check digits are wrong
        ("BE68539007547034", []),
        ("0909337554930", []),
        ("090933755493 and 090933755493", ["090933755493"]),
    ],
)
def test_valid_communications_of_a_text(text: str, found: list[str]) -> None:
    assert valid_in(text) == found


def test_what_looks_like_a_communication_is_found_though_it_is_wrong() -> None:
    assert written_in("090/9337/55494") == ["090933755494"]
    assert (is_valid("090933755493"), is_valid("090933755494"), is_valid("")) == (True, False, False)


@given(n=st.integers(1, 9_999_999), place=st.integers(0, 11), digit=st.integers(1, 9))
def test_one_wrong_digit_is_never_a_valid_communication_and_always_near(n: int, place: int, digit: int) -> None:
    right = reference(n)
    wrong = right[:place] + str((int(right[place]) + digit) % 10) + right[place + 1 :]
    assert is_valid(right)
    assert not is_valid(wrong)
    assert is_near(wrong, right)


amounts = st.decimals(min_value="0.01", max_value="500.00", places=2)


@given(
    open_amounts=st.lists(amounts, min_size=1, max_size=6),
    payments=st.lists(st.tuples(amounts, st.lists(st.integers(1, 7), max_size=3), st.sampled_from(["", A_IBAN, B_IBAN])), max_size=12),
)
def test_every_cent_of_every_payment_is_somewhere_and_no_invoice_is_paid_beyond_what_was_open(
    open_amounts: Sequence[Decimal], payments: Sequence[tuple[Decimal, list[int], str]]
) -> None:
    start = {f"I{n}": amount for n, amount in enumerate(open_amounts, start=1)}
    books = Books([owed(n, "ALFA" if n % 2 else "BETA", str(start[f"I{n}"]), n) for n in range(1, len(start) + 1)], {})
    taken = dict.fromkeys(start, D("0"))
    for amount, named, iban in payments:
        movement = paid(str(amount), " ".join(reference(n) for n in named), iban=iban)
        match = match_payment(movement, books)
        books.note(movement, match)
        on_account = sum((amount for _, amount in match.on_account), D("0"))
        assert sum((share for _, share in match.shares), on_account + match.unmatched) == amount
        assert all(share > 0 for _, share in match.shares)
        assert min(on_account, match.unmatched) == 0
        for number, share in match.shares:
            taken[number] += share
    assert all(taken[number] <= start[number] for number in start)
    assert {one.number: one.open_amount for one in books.still_open()} == {n: start[n] - taken[n] for n in start if start[n] > taken[n]}
