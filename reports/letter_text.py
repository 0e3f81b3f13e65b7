"""What a letter about overdue documents says, part by part, for paper and for mail, in the payer's language."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter

from billing.clause import carries_out
from reports.figures import structured_reference
from reports.qr import names_each
from reports.records import LetterItem, LetterRecord
from reports.wording import Wording


def by_age(letter: LetterRecord) -> Sequence[LetterItem]:
    """What it lists, oldest due date first."""
    return sorted(letter.items, key=attrgetter("due_on", "number"))


def asked(letter: LetterRecord, words: Wording) -> str:
    """What is asked, since when and until when; of a formal notice, that it is one."""
    figures = words.figures
    since = min(item.due_on for item in letter.items)
    key = f"letter.{letter.words}" + ("_one" if len(letter.items) == 1 else "")
    return words(key, total=figures.money(letter.total), since=figures.long_day(since), day=figures.long_day(letter.pay_by))


@carries_out("CG-2.c", "GC-9.1.a")
def limited(letter: LetterRecord, words: Wording) -> list[str]:
    """That services are limited from now, and how they are restored; nothing in other letters. It never ends the subscription."""
    if letter.words != "suspension":
        return []
    restored = words("letter.restored", day=words.figures.long_day(letter.pay_by))
    costs = [words("letter.reactivation", amount=words.figures.money(letter.reactivation_fee))] if letter.reactivation_fee else []
    return [words("letter.limited"), " ".join([restored, *costs])]


@carries_out("GC-9.3")
def contested(letter: LetterRecord, words: Wording) -> list[str]:
    """That what is contested is not asked for; nothing where nothing is."""
    amount = sum((item.contested for item in letter.items), Decimal("0.00"))
    return [words("letter.contested", amount=words.figures.money(amount))] if amount else []


def reference_to_use(letter: LetterRecord, words: Wording) -> str:
    """The structured communication of the one document, or that each has its own."""
    if len(letter.items) > 1:
        return words("letter.each_reference")
    return structured_reference(letter.items[0].structured_reference)


def ways_to_pay(letter: LetterRecord, words: Wording) -> list[str]:
    """How several documents are paid, one by one or together; nothing for one."""
    if len(letter.items) == 1:
        return []
    references = [item.structured_reference for item in letter.items]
    return [words("letter.pay_each" if names_each(references) else "letter.pay_oldest")]


@carries_out("CG-2.d", "CG-2.e")
def costs(letter: LetterRecord, words: Wording) -> list[str]:
    """The interest so far and its rate, the fee and the costs of this letter, and that a debit note will ask for them.

    A fee or a cost is named only where there is one, interest only where a rate is charged and an invoice is listed: debit notes bear none.
    """
    money, said = words.figures.money, []
    if letter.words == "friendly" and not letter.fee:
        said.append(words("letter.free"))
    for key, amount in (("fee", letter.fee), ("recovery_cost", letter.recovery_cost)):
        said += [words(f"letter.{key}", amount=money(amount))] if amount else []
    if letter.interest_total:
        said.append(words("letter.interest", amount=money(letter.interest_total), rate=_rate(letter, words)))
    if letter.fee or letter.recovery_cost or letter.interest_total:
        said.append(words("letter.debit_note"))
    elif letter.interest_per_month and any(item.kind == "invoice" for item in letter.items):
        said.append(words("letter.interest_none", rate=_rate(letter, words)))
    return said


def _rate(letter: LetterRecord, words: Wording) -> str:
    """The rate to three decimals: a legal rate a year is seldom a round one a month."""
    return words.figures.number(letter.interest_per_month, least=0, most=3) + words.figures.percent_sign


@carries_out("GC-9.1.a", "GC-5.5", "GC-12.2.a")
def what_follows(letter: LetterRecord, words: Wording) -> list[str]:
    """What comes next without payment and from when; before and during a limitation, that the subscription and its fees go on."""
    if letter.words == "suspension":
        return [words("letter.goes_on"), words("letter.next_end")]
    suspends = letter.next_words == "suspension" or not letter.next_words
    day = (letter.suspension_from or letter.next_on) if suspends else letter.next_on
    if day is None:
        return []
    said = [words(f"letter.next_{letter.next_words or 'suspension'}", day=words.figures.long_day(day))]
    return [*said, words("letter.goes_on")] if suspends else said


def closing(letter: LetterRecord, words: Wording) -> list[str]:
    """What to do having paid, or when paying is a problem."""
    return [words("letter.paid"), words("letter.trouble", email=letter.seller.email)]


__all__ = ["asked", "by_age", "closing", "contested", "costs", "limited", "reference_to_use", "ways_to_pay", "what_follows"]
