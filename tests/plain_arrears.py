"""What is open, late, contested and owed on a day, as an auditor would work it out from the terms alone. Nothing of the product is imported.

A `Book` is told, day by day, what happened: documents issued, money paid and handed back, disputes, letters sent and come back. Asked on a
day, it knows only what it was told by then. `tests/dunning_judge.py` asks it about every day that the product worked.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.plain_dunning import ONE_DAY, ZERO, Dispute, Document, Due, Letter, Terms, cents, days, each_day, length_of_month, working_from


@dataclass
class Book:
    """All that was told, in the order of the days; every question is about today."""

    terms: dict[str, Terms]  # by segment
    segments: dict[str, str] = field(default_factory=dict)  # of a payer; "" where none is given
    addresses: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    documents_of: dict[str, dict[str, Document]] = field(default_factory=lambda: defaultdict(dict))
    left: dict[str, Decimal] = field(default_factory=dict)  # of each document, today; below zero: paid too much
    unsettled: dict[str, dict[str, Document]] = field(default_factory=lambda: defaultdict(dict))
    paid: dict[str, list[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    on_account: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    placed: dict[str, list[tuple[str, Decimal]]] = field(default_factory=dict)  # of each payment by its name; "" = on account
    credited: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    disputes: dict[str, dict[str, Dispute]] = field(default_factory=lambda: defaultdict(dict))
    letters: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    charged: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  # interest, by invoice
    fees_charged: set[tuple[str, str]] = field(default_factory=set)  # what of which letter, by its Message-ID

    # Told

    def issue(self, document: Document) -> None:
        self.documents[document.number] = self.documents_of[document.payer][document.number] = document
        self.left[document.number] = document.gross
        self.unsettled[document.payer][document.number] = document

    def receive(self, name: str, number: str, on: date, amount: Decimal) -> None:
        """Money for a document: what is left over pays the oldest others when it is exactly theirs, else it stays on account."""
        payer, places = self.documents[number].payer, []
        share = min(amount, max(ZERO, self.left[number]))
        if share:
            places.append((number, share))
        rest = amount - share
        if rest and places:
            places += self._exactly(payer, rest, number)
        rest = amount - sum((part for _, part in places), ZERO)
        if rest:
            places.append(("", rest))
        self.place(name, payer, on, places)

    def place(self, name: str, payer: str, on: date, places: list[tuple[str, Decimal]]) -> None:
        """Money on documents, or on account (""); below zero: handed back."""
        self.placed[name] = places
        for number, part in places:
            if number:
                self.paid[number].append((on, part))
                self._lower(number, part)
            else:
                self.on_account[payer] += part

    def hand_back(self, name: str, payer: str, on: date) -> None:
        """The bank takes a payment back from wherever it is."""
        self.place(f"{name} back", payer, on, [(number, -part) for number, part in self.placed[name]])

    def credit(self, number: str, amount: Decimal) -> None:
        self.credited[number] += amount
        self._lower(number, amount)

    def dispute(self, dispute: Dispute) -> None:
        """A dispute, or what became of it."""
        self.disputes[dispute.number][dispute.dispute_id] = dispute

    def letter(self, letter: Letter) -> None:
        self.letters[letter.payer].append(letter)

    def came_back(self, payer: str, message_id: str, day: date) -> None:
        """A letter came back: it was sent and did not arrive."""
        for letter in self.letters[payer]:
            if letter.message_id == message_id:
                letter.came_back = day

    def _exactly(self, payer: str, amount: Decimal, but: str) -> list[tuple[str, Decimal]]:
        taken: list[tuple[str, Decimal]] = []
        for each in sorted(self.unsettled[payer].values(), key=lambda one: (one.due, one.number)):
            if each.number != but:
                taken.append((each.number, self.left[each.number]))
                if sum(part for _, part in taken) >= amount:
                    break
        return taken if sum(part for _, part in taken) == amount else []

    def _lower(self, number: str, amount: Decimal) -> None:
        document = self.documents[number]
        self.left[number] -= amount
        theirs = self.unsettled[document.payer]
        if self.left[number] > 0:
            theirs[number] = document
        else:
            theirs.pop(number, None)

    # Asked

    def terms_of(self, payer: str) -> Terms:
        return self.terms[self.segments.get(payer, "")]

    def contested(self, number: str, today: date) -> Decimal:
        """What stands contested of what is open; no letter asks for it (GC-9.3)."""
        if number not in self.disputes:
            return ZERO
        standing = sum((each.amount for each in self.disputes[number].values() if each.stands(today)), ZERO)
        return min(max(ZERO, self.left[number]), standing)

    def covered(self, number: str, today: date) -> Decimal:
        """What of it a guarantee covers."""
        if number not in self.disputes:
            return ZERO
        standing = (each for each in self.disputes[number].values() if each.stands(today))
        return min(max(ZERO, self.left[number]), sum((min(each.amount, each.guarantee) for each in standing), ZERO))

    def claimable(self, number: str, today: date) -> Decimal:
        return max(ZERO, self.left[number]) - self.contested(number, today)

    def overdue(self, payer: str, today: date) -> list[Document]:
        """What is late and may be asked for, the oldest first. The due date itself is not late."""
        late = [each for each in self.unsettled[payer].values() if each.due < today and self.claimable(each.number, today) > 0]
        return sorted(late, key=lambda each: (each.due, each.number))

    def letters_for(self, anchor: Document) -> list[Letter]:
        """The letters of the arrears of an invoice: those that listed it when an invoice of its due date was the oldest."""
        return [
            each
            for each in self.letters[anchor.payer]
            if anchor.number in each.asked and self.documents[each.anchor].due == anchor.due
        ]  # fmt: skip

    def called_for(self, payer: str, today: date) -> Due | None:
        """The one step that the ladder calls for today. A level waits for the one before it to have arrived, and for a working day."""
        late = self.overdue(payer, today)
        if not late:
            return None
        anchor = next((each for each in late if each.kind == "invoice"), late[0])
        about_it = self.letters_for(anchor)
        held = [each for each in about_it if each.arrived and not each.lifted]
        before = max(held, key=lambda each: (each.level, each.on), default=None)
        level = before.level + 1 if before else 1
        ladder = (*self.terms_of(payer).letters, self.terms_of(payer).suspension)
        if level > len(ladder) or (anchor.kind != "invoice" and level > 1):
            return None
        step = ladder[level - 1]
        earliest = anchor.due + days(step.overdue)
        if before:
            earliest = max(earliest, before.on + days(step.after))
        tries = [each for each in about_it if each.level == level and each.anchor == anchor.number and not each.arrived]
        if tries and tries[-1].to == self.addresses.get(payer, ""):
            earliest = max(earliest, tries[-1].on + days(7))
        if today < working_from(earliest):
            return None
        return Due(payer, level, anchor.number, {each.number: self.claimable(each.number, today) for each in late})

    # Suspension (GC-9.1.a, GC-9.3)

    def may_suspend(self, payer: str, today: date) -> dict[str, Decimal]:
        """The invoices more than 20 days late despite a reminder that arrived in time, with what of each is not contested."""
        return self._late_despite_reminders(payer, today, self.contested)

    def may_stay_suspended(self, payer: str, today: date) -> dict[str, Decimal]:
        """The same, with all but what a guarantee covers: a dispute by itself gives no service back."""
        return self._late_despite_reminders(payer, today, self.covered)

    def _late_despite_reminders(self, payer: str, today: date, without: Callable[[str, date], Decimal]) -> dict[str, Decimal]:
        suspension = self.terms_of(payer).suspension
        found = {}
        for each in sorted(self.unsettled[payer].values(), key=lambda one: (one.due, one.number)):
            amount = self.left[each.number] - without(each.number, today)
            reminded = (one.on for one in self.letters[payer] if one.arrived and each.number in one.asked)
            in_time = any(on + days(suspension.after) <= today for on in reminded)
            if each.kind == "invoice" and each.due + days(suspension.overdue) <= today and in_time and amount > 0:
                found[each.number] = amount
        return found

    # Interest (CG-2.e, GC-5.2)

    def interest(self, number: str, today: date) -> Fraction:
        """All the interest of an invoice when today ends, not rounded. It is simple, and on what is contested there is none."""
        terms = self.terms_of(self.documents[number].payer)
        by_method = self._by_months if terms.method == "completed_months" else self._by_days
        return by_method(self.documents[number], today, terms)

    def _open_then(self, document: Document, then: date, today: date) -> Decimal:
        """What was open when a day ended, as known today: credit notes count from the beginning, money from its day."""
        paid = sum((amount for on, amount in self.paid[document.number] if on <= then), ZERO)
        return max(ZERO, document.gross - self.credited[document.number] - self.contested(document.number, today) - paid)

    def late_charges(self, payer: str, today: date) -> dict[tuple[str, str], Decimal]:
        """What a debit note made today asks of a payer: interest by invoice, fees and costs by letter.

        Too small a sum waits, and so does what is for a payer without an address.
        """
        if not self.addresses.get(payer):
            return {}
        terms, asked = self.terms_of(payer), {}
        for number, document in self.documents_of[payer].items():
            if document.kind == "invoice" and document.due < today:
                asked["interest", number] = cents(self.interest(number, today)) - self.charged[number]
        for letter in self.letters[payer]:
            if letter.arrived and letter.on + days(terms.delivered_after) <= today and self._asked_for_something(letter):
                tries = {each.message_id for each in self.letters[payer] if (each.level, each.anchor) == (letter.level, letter.anchor)}
                for what, amount in (("reminder_fee", letter.fee), ("recovery_cost", letter.cost)):
                    if not any((what, each) in self.fees_charged or (what, each) in asked for each in tries):
                        asked[what, letter.message_id] = amount
        asked = {what: amount for what, amount in asked.items() if amount > 0}
        return asked if sum(asked.values()) >= terms.debit_note_at_least else {}

    def _asked_for_something(self, letter: Letter) -> bool:
        """Whether, as known today, anything it listed was owed on its day; what was paid by its eve was not."""
        return any(
            self.documents[number].gross - self.credited[number] > sum(amount for on, amount in self.paid[number] if on < letter.on)
            for number in letter.asked
        )

    def charge(self, asked: dict[tuple[str, str], Decimal]) -> None:
        """What a debit note asked."""
        for (what, of), amount in asked.items():
            if what == "interest":
                self.charged[of] += amount
            else:
                self.fees_charged.add((what, of))

    def _by_months(self, document: Document, today: date, terms: Terms) -> Fraction:
        first = document.due + ONE_DAY
        total, begins = Fraction(0), first
        for month in range(1, 1000):
            ends = _end_of_delay(first, month)
            if ends > today:
                return total
            total += Fraction(self._open_then(document, ends, today)) * terms.share(begins)
            begins = ends + ONE_DAY
        raise AssertionError("a delay of a thousand months")

    def _by_days(self, document: Document, today: date, terms: Terms) -> Fraction:
        return sum(
            (
                Fraction(self._open_then(document, day, today)) * terms.share(day) / length_of_month(day)
                for day in each_day(document.due + ONE_DAY, today)
            ),
            Fraction(0),
        )


def _end_of_delay(first: date, month: int) -> date:
    """The last day of a month of delay: the eve of the day of that name, or the last of a month that has no such day."""
    year, index = divmod(first.year * 12 + first.month - 1 + month, 12)
    there = date(year, index + 1, 1)
    if first.day > length_of_month(there):
        return there.replace(day=length_of_month(there))
    return there.replace(day=first.day) - ONE_DAY
