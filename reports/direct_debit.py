"""What an invoice says that will be debited, in the place of how to pay it: when, from which account, under which mandate."""

from reports.figures import structured_reference
from reports.layout import BOLD, LEFT, MUTED, REGULAR, RIGHT, Pen, fitted, printable, width_of
from reports.records import Collection
from reports.wording import Wording

RIGHT_COLUMN = LEFT + 232  # of the payment panel


def masked_account(iban: str) -> str:
    """`BE71 •••• •••• 6769`: enough for its holder to know it, and nobody else."""
    bare = iban.replace(" ", "")
    hidden = bare[:4] + "•" * (len(bare) - 8) + bare[-4:]
    return " ".join(hidden[place : place + 4] for place in range(0, len(hidden), 4))


def debited_by(collection: Collection, reference: str, words: Wording) -> tuple[tuple[str, str], ...]:
    """Label and value: the account debited, the mandate, who debits, and the structured communication."""
    return (
        (words("debit.account"), masked_account(collection.iban)),
        (words("debit.mandate"), collection.mandate_id),
        (words("debit.creditor"), collection.creditor_id),
        (words("label.reference"), structured_reference(reference) or "–"),
    )


def draw_debit(pen: Pen, collection: Collection, reference: str, words: Wording, left: float, y: float) -> None:
    """In the payment panel: below the amount when it is debited, at the right from where."""
    pen.text(left, y - 46, words("debit.on", day=words.figures.long_day(collection.collected_on)), 9)
    pen.text(left, y - 58, words("debit.nothing_to_do"), 7.2, MUTED)
    right = RIGHT - 16
    for label, value in debited_by(collection, reference, words):
        is_reference = label == words("label.reference")
        font, room = BOLD if is_reference else REGULAR, right - RIGHT_COLUMN - width_of(label, REGULAR, 7.2) - 8
        pen.text(RIGHT_COLUMN, y, label, 7.2, MUTED)
        pen.text(right, y, fitted(printable(value), font, 8.8, room), 8.8, bold=is_reference, align="right")
        y -= 16


__all__ = ["debited_by", "draw_debit", "masked_account"]
