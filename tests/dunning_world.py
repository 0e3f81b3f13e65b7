"""An invented operator whose payers behave as `tests/dunning_behaviour.py` says, on PostgreSQL, day by day.

What happens is done to the product as it would be: money by bank statements, disputes by rows of the feed, mail that comes back by its
Message-ID. The same is told to the plain book. Only the invoices are written straight into the ledger, as a close would leave them.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from tasks.bank.by_hand import allocate_on_account, allocate_to_invoices
from tasks.bank.importing import import_statements
from tasks.bounces import book_bounce
from tasks.feed.by_hand import import_by_hand
from tasks.feed.tables import DISPUTES
from tasks.outside import Outside
from tests.bank_files import Paid, StatementOf, camt
from tests.dunning_behaviour import Contests, Event, Habit, HandedBack, Pays, about
from tests.dunning_ledger import CONTRACTS, ORDER_LINES, PARTIES, SEGMENTS, Ledger, communication
from tests.plain_arrears import Book
from tests.plain_dunning import ONE_DAY, ZERO, Dispute, Document, Letter, days, is_working

CENT = Decimal("0.01")
TERM_DAYS = 30


@dataclass
class World:
    """An operator with the payers of `habits`; `today` is the last day that was lived."""

    outside: Outside
    habits: dict[str, Habit]
    book: Book
    seed: int
    today: date
    balance: Decimal = Decimal("10000.00")
    statements: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # their numbers by year
    planned: dict[date, list[Event]] = field(default_factory=lambda: defaultdict(list))
    readdressed: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    coming_back: dict[date, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # payer and Message-ID
    unnamed: dict[str, tuple[date, Pays]] = field(default_factory=dict)  # payments without a communication, by their end-to-end id
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"{self.seed} world")
        self.ledger = Ledger(self.outside.engine)
        self.ledger.say("insert into import_run (feed, finished_at) values ('invented', now())")
        everyone = list(self.habits.values())
        self.ledger.say(PARTIES, rows=[self._party(each, self.today) for each in everyone])
        clients = [(each, f"{each.payer}-E{n}") for each in everyone for n in range(1, each.clients + 1)]
        self.ledger.say(PARTIES, rows=[self._client(each, client) for each, client in clients])
        self.ledger.say(CONTRACTS, rows=[{"payer_id": each.payer} for each in everyone])
        served = clients + [(each, each.payer) for each in everyone if not each.clients]
        self.ledger.say(ORDER_LINES, rows=[{"payer_id": each.payer, "end_client_id": client} for each, client in served])
        self.ledger.say(SEGMENTS, rows=[{"payer_id": each.payer, "segment": each.segment} for each in everyone if each.segment])
        for each in everyone:
            self.book.segments[each.payer] = each.segment
            for day in filter(None, (each.no_address_until, each.bounces and each.bounces[1])):
                self.readdressed[day].append(each.payer)
        self.bank.mkdir(parents=True, exist_ok=True)

    @property
    def bank(self) -> Path:
        return Path(self.outside.settings.feed) / "bank"

    # ------------------------------------------------------------------------------------------------ who there is

    def _party(self, habit: Habit, day: date) -> dict[str, object]:
        """A payer as known on a day: without an address, with one that bounces, or with a good one; a new address each time."""
        number = self.versions[habit.payer] = self.versions.get(habit.payer, 0) + 1
        missing = habit.no_address_until is not None and day < habit.no_address_until
        address = "" if missing else f"{habit.payer.lower()}.{number}@payer.example"
        self.book.addresses[habit.payer] = address or ("portal" if habit.channel == "portal" else "")
        return {
            "party_id": habit.payer, "version": number, "import_no": 1, "role": "partner" if habit.clients else "client",
            "name": f"Payer {habit.payer}", "language": habit.language, "billing_emails": address, "delivery": habit.channel,
        }  # fmt: skip

    def _client(self, habit: Habit, client: str) -> dict[str, object]:
        return {
            "party_id": client, "version": 1, "import_no": 1, "role": "client", "partner_id": habit.payer, "name": f"Client {client}",
            "language": habit.language, "billing_emails": "", "delivery": "email",
        }  # fmt: skip

    def _readdress(self, payer: str, day: date) -> None:
        self.ledger.say("update party set superseded_import = 1 where party_id = :id and superseded_import is null", id=payer)
        self.ledger.say(PARTIES, rows=[self._party(self.habits[payer], day)])

    # ------------------------------------------------------------------------------------------------ a day

    def live_until(self, day: date) -> None:
        """All that happens after the last day lived, up to a day."""
        while self.today < day:
            self.today += ONE_DAY
            if self.today.day == 28:
                self.issue(self.today)
            for payer in self.readdressed.pop(self.today, ()):
                self._readdress(payer, self.today)
            for event in [each for each in self.planned[self.today] if isinstance(each, Contests)]:
                self._contest(event)
        if is_working(day):
            self._bank(day)
        for past in sorted(each for each in self.coming_back if each <= day):
            for payer, message_id in self.coming_back.pop(past):
                book_bounce(self.outside.engine, message_id, day, "550 5.1.1 no such user")
                self.book.came_back(payer, message_id, day)

    def issue(self, day: date) -> None:
        """The invoices of a month, one a payer."""
        month = day.replace(day=1)
        rows = []
        for payer in self.habits:
            net = Decimal(random.Random(f"{self.seed} net {payer} {month}").randint(10_00, 900_00)) / 100
            rows.append({"payer_id": payer, "net": net, "vat": (net * 21 / 100).quantize(CENT, "ROUND_HALF_UP")})
        numbered = self.ledger.close(day, day + days(TERM_DAYS), rows)
        for row in rows:
            number = numbered[str(row["payer_id"])]
            document = Document(number, str(row["payer_id"]), "invoice", day, day + days(TERM_DAYS), row["net"] + row["vat"])
            self.book.issue(document)
            self.plan(document)

    def plan(self, document: Document) -> None:
        """A document has come to a payer: what the payer will do about it is planned."""
        for event in about(self.habits[document.payer], document, self.seed):
            self.planned[max(event.on, self.today + ONE_DAY)].append(event)

    def receive(self, letter: Letter) -> None:
        """A letter was sent: whether it comes back, within days or rather late, is planned."""
        bounces = self.habits[letter.payer].bounces
        if bounces and letter.to != "portal" and bounces[0] <= letter.on < bounces[1]:
            dice = random.Random(letter.message_id)
            self.coming_back[letter.on + days(dice.choice((1, 1, 2, 3, 5, 11)))].append((letter.payer, letter.message_id))

    # ------------------------------------------------------------------------------------------------ disputes

    def _contest(self, event: Contests) -> None:
        row = {
            "dispute_id": event.dispute_id, "invoice_number": event.number, "opened_on": str(event.opened), "amount": str(event.amount),
            "phase": "claim", "guarantee_amount": str(event.guarantee), "closed_on": str(event.closed or ""),
        }  # fmt: skip
        import_by_hand(self.outside.engine, DISPUTES, row)
        self.book.dispute(Dispute(event.dispute_id, event.number, event.opened, event.amount, event.guarantee, event.closed))
        if event.given_in:
            self._credit(event)

    def _credit(self, event: Contests) -> None:
        document = self.book.documents[event.number]
        ((invoice_id, net),) = self.ledger.say("select invoice_id, net from invoice where number = :number", number=event.number)
        part = net if event.amount == document.gross else (event.amount * 100 / 121).quantize(CENT)
        row = {"payer_id": document.payer, "net": -part, "vat": -(event.amount - part), "credits_invoice_id": invoice_id}
        self.ledger.credit(event.on, event.number, row)
        self.book.credit(event.number, event.amount)

    # ------------------------------------------------------------------------------------------------ the bank

    def _bank(self, day: date) -> None:
        """The statement of a day, with what was paid since the last one, imported; and what a person places of earlier ones."""
        self._place_by_hand(day)
        events = [each for past in sorted(each for each in self.planned if each <= day) for each in self.planned.pop(past)]
        entries = [self._entry(each, day) for each in events if not isinstance(each, Contests)]
        self.statements[day.year] += 1
        statement = StatementOf(self.statements[day.year], day, str(self.balance), entries)
        self.balance = statement.closes_with
        for old in self.bank.iterdir():
            old.unlink()
        (self.bank / f"{day}.xml").write_bytes(camt(statement))
        receipt = import_statements(self.outside, day)
        assert (receipt.statements, receipt.movements, receipt.rejects) == (1, len(entries), []), str(receipt)

    def _entry(self, event: Event, day: date) -> Paid:
        """A movement, told to the book as well."""
        if isinstance(event, Pays):
            name = _name(event)
            payer = self.book.documents[event.number].payer
            if not event.named:
                self.unnamed[name] = (day + days(self.dice.randint(1, 20)), event)
                return Paid(
                    str(event.amount), "with thanks", f"DE{_reference(event.number):0>20}", "Somebody", name
                )  # each from another account
            self.book.receive(name, event.number, day, event.amount)
            return Paid(str(event.amount), _reference(event.number), f"BE{payer[1:]:0>14}", f"Payer {payer}", name)
        assert isinstance(event, HandedBack)
        name = _name(event.paid)
        payer = self.book.documents[event.paid.number].payer
        self.book.hand_back(name, payer, day)
        return Paid(str(-event.paid.amount), _reference(event.paid.number), f"BE{payer[1:]:0>14}", f"Payer {payer}", name, returned="MS03")

    def _place_by_hand(self, day: date) -> None:
        """A person says whose money without a communication is: that of its document, or on account when that is settled by now."""
        for name, (due, event) in list(self.unnamed.items()):
            if due > day:
                continue
            del self.unnamed[name]
            payer = self.book.documents[event.number].payer
            ((movement_no, booked_on),) = self.ledger.say(
                "select movement_no, booked_on from bank_movement where end_to_end_id = :name", name=name
            )
            share = min(event.amount, max(ZERO, self.book.left[event.number]))
            if share:
                allocate_to_invoices(self.outside.engine, movement_no, [event.number], by="Finance")
            if event.amount > share:
                allocate_on_account(self.outside.engine, movement_no, payer, by="Finance")
            places = [(event.number, share), ("", event.amount - share)]
            self.book.place(name, payer, booked_on, [(where, part) for where, part in places if part])


def _name(event: Pays) -> str:
    """The end-to-end id of a payment."""
    return f"{event.number}.{event.on:%y%m%d}.{event.amount}"


def _reference(number: str) -> str:
    """The communication of a document, as the payer copies it."""
    kind = {"C": 1, "D": 2}.get(number[0], 0)
    year, _, seq = number.lstrip("CD").partition("-")
    return communication(kind, int(year), int(seq))
