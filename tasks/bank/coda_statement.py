"""CODA, the Belgian bank statement, by the parser of febelfin-coda; totals and their details are never both counted."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from coda import CODA

from billing.bank import Movement, Statement, StatementRefused, divides
from billing.communications import digits_of
from billing.money import CENT
from tasks.bank.coda_layout import AGAIN, Lines, LinesRefused, statements_in

LAYOUT = "coda"
BELGIAN_BBAN, FOREIGN_BBAN = "0", "1"
DETAILED_TOTALS = {"1": "5", "2": "67"}  # a total of several payments, and the details that divide it; 8 and 9 explain one payment
STRUCTURED = ("101", "102")
DIRECT_DEBIT = "127"
TRANSFERS = ("01", "02", "05")
CANCELLED = ("49", "99")
NO_DAY = "000000"


def read_coda(content: bytes) -> list[Statement | StatementRefused]:
    """The statements of a file in its order, each read or refused with its line. Raises FileRefused for what is no CODA."""
    return [found if isinstance(found, StatementRefused) else _read(found) for found in statements_in(content)]


def _read(lines: Lines) -> Statement | StatementRefused:
    try:
        (parsed,) = CODA(_readable(lines.lines)).statements
        return _statement(parsed, lines)
    except StatementRefused as problem:
        return problem
    except Exception as error:  # the parser asserts and slices: whatever it meets, this statement cannot be read
        why = type(error).__name__ if isinstance(error, AssertionError) or not str(error) else str(error).splitlines()[0][:120]
        return LinesRefused(f"the statement that begins here cannot be read as CODA version 2 ({why}); {AGAIN}", lines.first)


def _readable(lines: Iterable[str]) -> list[str]:
    """The lines as the parser can take them: a value date not known is that of the entry, a detail of a detail (9) one of its total (8)."""
    made = []
    for line in lines:
        if line[:2] == "21":
            value_day = line[115:121] if line[47:53] == NO_DAY else line[47:53]
            kind = "8" if line[53] == "9" else line[53]
            line = line[:47] + value_day + kind + line[54:]  # noqa: PLW2901
        made.append(line)
    return made


def _statement(parsed: Any, lines: Lines) -> Statement:
    iban = _iban(parsed)
    if parsed.account_currency != "EUR":
        raise LinesRefused(f"the account {iban} is in {parsed.account_currency}; only statements in EUR are booked", lines.first)
    found = [movement for move in parsed.moves for movement in _movements(move, lines)]
    return Statement(
        iban=iban,
        number=int(parsed.new_sequence) or None,
        from_day=min(parsed.old_balance_date, parsed.new_balance_date),
        to_day=parsed.new_balance_date,
        opening=_cents(parsed.old_balance, lines),
        closing=_cents(parsed.new_balance, lines),
        movements=tuple(replace(movement, seq=seq) for seq, movement in enumerate(found, start=1)),
        layout=LAYOUT,
        line=lines.first,
    )


def _movements(move: Any, lines: Lines) -> list[Movement]:
    """A move, or the payments it is the total of."""
    kinds = DETAILED_TOTALS.get(move.transaction_type, "")
    parts = [_movement(detail, lines) for detail in move.moves if detail.transaction_type in kinds]
    return parts if divides(parts, move.amount) else [_movement(move, lines)]


def _movement(move: Any, lines: Lines) -> Movement:
    kind, said = move.communication_type, str(move._communication)
    booked_on: date = move.entry_date
    is_structured = kind in STRUCTURED and len(digits_of(said[4:16])) == 12
    text = said[4:] if kind is not None else said[1:]
    return Movement(
        seq=1,
        bank_reference=f"{move.bank_reference.strip()} {move.sequence}{move.detail_sequence}".strip(),
        booked_on=booked_on,
        value_on=move.value_date,
        amount=_cents(move.amount, lines),
        counterparty_iban=_account(move.counterparty_account or ""),
        counterparty_name=(move.counterparty_name or "").strip(),
        reference=said[4:16] if is_structured else "",
        text=" ".join((said[83:145] if kind == DIRECT_DEBIT else text[12:] if is_structured else text).split()),
        end_to_end_id=(move.customer_reference or "").strip(),
        mandate_id=said[48:83].strip() if kind == DIRECT_DEBIT else "",
        is_return=_is_return(move),
        return_reason=(move.r_reason or "").strip() if _is_return(move) else "",
    )


def _is_return(move: Any) -> bool:
    """By the R-transaction and its ISO reason, which older files have other things in the place of; or a transfer cancelled."""
    named = re.fullmatch(r"[1-5]([A-Z]{2}[A-Z0-9]{2})?", f"{move.r_transaction or ''}{move.r_reason or ''}") is not None
    return named or (move.transaction_family in TRANSFERS and move.transaction_transaction in CANCELLED)


def _cents(amount: Decimal, lines: Lines) -> Decimal:
    rounded = amount.quantize(CENT)
    if rounded != amount:
        raise LinesRefused(f"{amount} EUR has parts of a cent; {AGAIN}", lines.first)
    return rounded


def _iban(parsed: Any) -> str:
    account = _account(parsed.account)
    if parsed._account_structure == BELGIAN_BBAN:
        return f"BE{98 - int(account + '111400') % 97:02d}{account}"
    return account


def _account(written: str) -> str:
    """The account of a field that may end with a currency, in its last three characters."""
    return written[:34].replace(" ", "").upper()


__all__ = ["LAYOUT", "read_coda"]
