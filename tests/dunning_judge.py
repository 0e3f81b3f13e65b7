"""What the product did on a day, read by plain SQL and held against the plain book. Nothing of the product is imported.

Each finding is a sentence; none means that the day kept the terms. What was found right is then told to the book.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from tests.dunning_rows import CHARGES, LETTERS, MONEY, OPEN, ORDERS, PROPOSED, SENT_TWICE, Row, rows
from tests.plain_arrears import Book
from tests.plain_dunning import ZERO, Document, Due, Letter, days, month_after


@dataclass
class Judge:
    """Looks at one day after the other; `rest` is for how many days an order that finance rejected is not proposed again."""

    engine: Engine
    book: Book
    clients: dict[str, list[str]]  # by payer, whom a suspension of it reaches
    rest: int = 30
    letters: list[Letter] = field(default_factory=list)
    new: list[Letter] = field(default_factory=list)  # those of the last day
    orders: dict[int, Row] = field(default_factory=dict)  # as they were after the last day
    charged_in: set[tuple[int, int]] = field(default_factory=set)  # the months whose late charges are made
    notes: list[Document] = field(default_factory=list)  # the debit notes of the last day
    figures: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def rows(self, statement: str, **values: object) -> list[Row]:
        return rows(self.engine, statement, **values)

    # ------------------------------------------------------------------------------------------------ a day

    def findings(self, today: date) -> list[str]:
        """All that is wrong after the product worked on a day."""
        letters, orders = self.rows(LETTERS, day=today), {int(row["order_no"]): row for row in self.rows(ORDERS)}
        called = self.called(today)
        found = [
            *self._charges(today),
            *self._money(),
            *self._orders(orders, called, today),
            *self._letters(letters, orders, called, today),
        ]  # fmt: skip
        self.orders = orders
        self._tell(letters, orders)
        return [f"{today}: {each}" for each in found]

    def called(self, today: date) -> dict[str, Due]:
        """Whom the terms call for a step today."""
        late = [payer for payer, theirs in self.book.unsettled.items() if theirs]
        return {payer: due for payer in late if (due := self.book.called_for(payer, today))}

    def _money(self) -> Iterator[str]:
        (money,) = self.rows(MONEY)
        if not money["moved"] == money["balances"] == money["allocated"]:
            yield f"the ledger of money does not balance: {money}"
        if money["on_invoices"] != money["paid"]:
            yield f"what is on invoices is not what is paid of them: {money}"
        if money["on_account"] != sum(self.book.on_account.values(), ZERO):
            yield f"on account is {money['on_account']}, by the book {sum(self.book.on_account.values(), ZERO)}"
        theirs = {str(row["number"]): row["amount"] for row in self.rows(OPEN)}
        ours = {number: amount for number, amount in self.book.left.items() if amount}
        for number in sorted(theirs.keys() | ours.keys()):
            if theirs.get(number, ZERO) != ours.get(number, ZERO):
                yield f"{number}: {theirs.get(number, ZERO)} is open, by the book {ours.get(number, ZERO)}"

    # ------------------------------------------------------------------------------------------------ letters

    def _letters(self, letters: list[Row], orders: dict[int, Row], called: dict[str, Due], today: date) -> Iterator[str]:
        """Each letter that the terms call for and no other; asking what is open and not contested, nothing else."""
        expected = {payer: due for payer, due in called.items() if self.book.addresses[payer] and self._is_written(due, orders)}
        written = {str(row["payer_id"]): row for row in letters}
        if len(written) != len(letters):
            yield f"a payer gets more than one letter: {sorted(str(row['payer_id']) for row in letters)}"
        for payer in sorted(expected.keys() - written.keys()):
            yield f"{payer} gets no letter, and level {expected[payer].level} for {expected[payer].anchor} is due"
        for payer in sorted(written.keys() - expected.keys()):
            row = written[payer]
            yield f"{payer} gets level {row['level']} for {row['anchor']}, and the terms call for {called.get(payer) or 'nothing'}"
        for payer in sorted(written.keys() & expected.keys()):
            yield from self._letter(written[payer], expected[payer], today)
        if doubled := self.rows(SENT_TWICE):
            yield f"a Message-ID twice: {doubled}"

    def _is_written(self, due: Due, orders: dict[int, Row]) -> bool:
        """Level 4 is told once the service was limited, and once."""
        return due.level < 4 or any(
            row["payer_id"] == due.payer
            and row["measure"] == "minimum_service"
            and row["state"] in ("sent", "acknowledged")
            and not any(each.order == number and each.arrived for each in self.letters)
            and not _restoration(number, orders)
            for number, row in orders.items()
        )

    def _letter(self, row: Row, due: Due, today: date) -> Iterator[str]:
        payer, asked = due.payer, {number: Decimal(amount) for number, amount in row["asked"].items()}
        if (row["level"], row["anchor"]) != (due.level, due.anchor):
            yield f"{payer} gets level {row['level']} for {row['anchor']}, due is level {due.level} for {due.anchor}"
        if asked != due.asked or row["open_amount"] != sum(due.asked.values()):
            yield f"{payer} is asked {asked}, it owes {due.asked}"
        terms = self.book.terms_of(payer)
        step = (*terms.letters, terms.suspension)[due.level - 1]
        if (row["fee"], row["recovery_cost"]) != (step.fee, step.cost):
            yield f"{payer}: level {due.level} costs {row['fee']} and {row['recovery_cost']}, by the terms {step.fee} and {step.cost}"
        if row["state"] != "sent":
            yield f"{payer}: the letter of level {row['level']} is {row['state']}"
        self.figures[f"letters of level {due.level}"] += 1

    # ------------------------------------------------------------------------------------------------ late charges

    def _charges(self, today: date) -> Iterator[str]:
        """Once a month, on the first working day: what lateness has cost each payer and was not asked yet, line by line."""
        made: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
        for row in self.rows(CHARGES, day=today):
            made[row["payer_id"]][row["what"], row["of_what"]] = row
        month = (today.year, today.month)
        payers = [] if month in self.charged_in else sorted(self.book.documents_of)
        self.charged_in.add(month)
        self.notes = []
        for payer in sorted({*payers, *made}):
            due = self.book.late_charges(payer, today) if payers else {}
            asked = {what: row["amount"] for what, row in made[payer].items()}
            if asked != due:
                yield f"{payer} is charged {asked}, by the book {due}"
            if made[payer]:
                yield from self._note(payer, list(made[payer].values()), today)
            self.book.charge(asked)

    def _note(self, payer: str, rows: list[Row], today: date) -> Iterator[str]:
        """One debit note without VAT, of today, a line for each charge."""
        first, total = rows[0], sum(row["amount"] for row in rows)
        if any((row["number"], row["net"]) != (first["number"], row["amount"]) for row in rows):
            yield f"{payer}: the lines of {first['number']} are not its charges: {rows}"
        if (first["issued_on"], first["gross"], first["vat"]) != (today, total, ZERO):
            yield f"{payer}: {first['number']} of {first['issued_on']} asks {first['gross']}, VAT {first['vat']}; its charges come to {total}"
        note = Document(first["number"], payer, "debit_note", first["issued_on"], first["due_on"], first["gross"])
        self.notes.append(note)
        self.book.issue(note)
        self.figures["debit notes"] += 1

    # ------------------------------------------------------------------------------------------------ orders

    def _orders(self, orders: dict[int, Row], called: dict[str, Due], today: date) -> Iterator[str]:
        """No order too early, none without a reminder that arrived, none for what is contested; none kept when its ground is gone."""
        for number, row in orders.items():
            before = self.orders.get(number)
            if row["measure"] == "restore":
                yield from self._restored(row, today) if before is None else ()
                continue
            if before is None:
                yield from self._ordered(row, called, today)
            holds = self.book.may_suspend(row["payer_id"], today)
            if row["state"] in ("proposed", "approved") and not _rests_on(row, holds):
                yield f"order {number} waits, and its ground is gone: it names {row['invoices']}, of which {list(holds)} may be one"
            if row["state"] in ("proposed", "approved") and not self._was_warned(row):
                yield f"order {number} waits, and its formal notice has come back"
            if row["state"] in ("sent", "acknowledged") and row["sent_on"] == today and not _rests_on(row, holds):
                yield f"order {number} left today, and its ground is gone: it names {row['invoices']}, of which {list(holds)} may be one"
            if (
                before
                and (before["state"], row["state"]) == ("proposed", "withdrawn")
                and _rests_on(before, holds)
                and self._was_warned(before)
            ):
                yield f"order {number} is withdrawn, and {list(holds)} may still suspend"
            if _in_force(row, orders) and not self.book.may_stay_suspended(row["payer_id"], today):
                yield f"order {number} keeps {row['payer_id']} suspended without a ground"
        proposed = {int(row["order_no"]) for row in self.rows(PROPOSED)}
        for number, row in orders.items():
            since = row["effective_on"]
            may_end = row["measure"] == "minimum_service" and since is not None and month_after(since) <= today
            if may_end and _in_force(row, orders) and number not in proposed:
                yield f"order {number} holds for a month, and no end is proposed"
            if number in proposed and not may_end:
                yield f"order {number} is in force from {since}, and an end is proposed"
        for payer, due in sorted(called.items()):
            if due.level == 4 and not any(self._answers(row, payer, orders, today) for row in orders.values()):
                yield f"{payer} is to be suspended for {due.anchor}, and no order says so"

    def _answers(self, row: Row, payer: str, orders: dict[int, Row], today: date) -> bool:
        if row["payer_id"] != payer or row["measure"] != "minimum_service":
            return False
        rejected = row["state"] == "rejected" and today < row["decided_on"] + days(self.rest)
        return row["state"] in ("proposed", "approved") or _in_force(row, orders) or rejected

    def _was_warned(self, row: Row) -> bool:
        """Whether a formal notice about the oldest invoice of an order arrived, and has not come back since."""
        return any(one.arrived and one.level >= 3 and row["invoices"][0] in one.asked for one in self.book.letters[row["payer_id"]])

    def _ordered(self, row: Row, called: dict[str, Due], today: date) -> Iterator[str]:
        number, payer, holds = row["order_no"], str(row["payer_id"]), self.book.may_suspend(row["payer_id"], today)
        if payer not in called or called[payer].level != 4:
            yield f"order {number} suspends {payer}, and the terms call for {called.get(payer) or 'nothing'}"
        if (row["clause"], row["invoices"], row["amount"]) != ("GC-9.1.a", list(holds), sum(holds.values())):
            yield f"order {number} of {payer} rests on {row['clause']} {row['invoices']} {row['amount']}, by the book {holds}"
        for each in row["invoices"] or ():
            late, letters = (today - self.book.documents[each].due).days, self.book.letters[payer]
            if late < 21 or not any(one.arrived and each in one.asked and (today - one.on).days >= 7 for one in letters):
                yield f"order {number} rests on {each}, {late} days late, of which {payer} was not reminded in time"
        if row["clients"] != self.clients[payer]:
            yield f"order {number} of {payer} reaches {row['clients']}, it is to reach {self.clients[payer]}"
        self.figures["suspensions ordered"] += 1

    def _restored(self, row: Row, today: date) -> Iterator[str]:
        if holds := self.book.may_stay_suspended(row["payer_id"], today):
            yield f"order {row['order_no']} restores {row['payer_id']}, who still owes {holds}"
        self.figures["services restored"] += 1

    # ------------------------------------------------------------------------------------------------ told

    def _tell(self, letters: list[Row], orders: dict[int, Row]) -> None:
        self.new = []
        for row in letters:
            letter = Letter(
                payer=row["payer_id"],
                level=row["level"],
                on=row["noticed_on"],
                anchor=row["anchor"],
                asked={number: Decimal(amount) for number, amount in row["asked"].items()},
                to="portal" if row["channel"] == "portal" else row["recipients"],
                fee=row["fee"],
                cost=row["recovery_cost"],
                failed=row["state"] == "failed",
                order=row["order_no"],
                message_id=row["message_id"],
            )
            self.letters.append(letter)
            self.new.append(letter)
            self.book.letter(letter)
        for letter in self.letters:
            letter.lifted = letter.order is not None and _restoration(letter.order, orders)


def _rests_on(row: Row, holds: dict[str, Decimal]) -> bool:
    """Whether the oldest invoice an order names is still the oldest that may suspend."""
    return bool(holds) and row["invoices"][0] == next(iter(holds))


def _restoration(number: int, orders: dict[int, Row]) -> bool:
    return any(row["restores_order_no"] == number and row["state"] not in ("rejected", "withdrawn") for row in orders.values())


def _in_force(row: Row, orders: dict[int, Row]) -> bool:
    return row["state"] in ("sent", "acknowledged") and not _restoration(int(row["order_no"]), orders)
