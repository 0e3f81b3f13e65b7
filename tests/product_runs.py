"""The product's side of the comparison: a `Book` written as feed files, closed step by step on a real database, and what was invoiced."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from billing.period import Period
from tasks import drafts, issue, one_off, recurring, snapshot
from tasks.feed import importing
from tasks.ledger import Run, Step, approve, find_run, open_close, open_orders, run_step
from tasks.outside import Outside
from tests.plain_contract import Book
from tests.plain_invoices import Bill
from tests.world import COLUMNS, INVENTORY_COLUMNS, USAGE_COLUMNS, Row, csv_bytes

Check = Callable[[Outside, Run, str], object]
CLOSE = (  # but for the rating: a book tells of no usage
    Step("snapshot", snapshot.stage, "snapshot", snapshot.accept),
    Step("recurring", recurring.stage, "recurring"),
    Step("drafts", drafts.stage, "drafts"),
    Step("issue", issue.stage, "issue"),
)
ORDERS = (Step("one_off", one_off.stage), Step("drafts", drafts.stage, "drafts"), Step("issue", issue.stage, "issue"))


def unchecked(_outside: Outside, _run: Run, _gate: str) -> None:
    """No gate: the comparison says more than any of them, and a gate costs more than the steps."""


@dataclass(frozen=True, slots=True)
class Product:
    """The product at work for the operator of a book: the feed it is given grows from run to run as the days go by."""

    outside: Outside
    book: Book
    check: Check = unchecked

    def close(self, month: str, on: date) -> None:
        """A close to its numbered invoices, the feed as it stands on the close date imported first."""
        self._perform(open_close(self.outside.engine, Period.month(month), on), CLOSE)

    def orders(self, on: date) -> None:
        """An orders run to its numbered invoices."""
        self._perform(open_orders(self.outside.engine, on), ORDERS)

    def _perform(self, opened: Run, steps: tuple[Step, ...]) -> None:
        write_feed(self.book, Path(self.outside.settings.feed), opened.on)
        receipt = importing.import_feed(self.outside)
        assert receipt.open_rejects == 0, self._say("select path, line, column_name, value, reason from feed_reject")
        approve(self.outside.engine, opened, by="test")
        for step in steps:
            run_step(self.outside, find_run(self.outside.engine, opened.run_id), step, self.check)

    def bills(self) -> list[Bill]:
        """Every line of every numbered invoice and credit note."""
        rows = self._say(
            "select case r.kind when 'close' then 'close ' || to_char(r.period, 'YYYY-MM') else r.kind || ' ' || r.run_on end,"
            " i.payer_id, l.line_id, l.charge, l.from_day, l.to_day, l.quantity, l.net,"
            " l.unit_price, l.contract_id, l.end_client_id, l.product"
            " from invoice_line l join invoice i using (invoice_id) join run r using (run_id) where i.number is not null"
        )
        return [Bill(*row) for row in rows]  # type: ignore[arg-type]  # the columns of the query are its fields

    def vat_by_invoice(self) -> dict[tuple[str, str, int], tuple[Decimal, Decimal, Decimal, Decimal]]:
        """By run, payer and days to pay of an invoice: its net and VAT, and what its credit notes take of both."""
        rows = self._say(
            "select case r.kind when 'close' then 'close ' || to_char(r.period, 'YYYY-MM') else r.kind || ' ' || r.run_on end,"
            " i.payer_id, i.payment_days, i.net, i.vat, coalesce(sum(c.net), 0), coalesce(sum(c.vat), 0)"
            " from invoice i join run r using (run_id)"
            " left join invoice c on c.credits_invoice_id = i.invoice_id and c.number is not null"
            " where i.kind = 'invoice' and i.number is not null group by r.run_id, i.invoice_id"
        )
        return {row[:3]: row[3:] for row in rows}  # type: ignore[misc]

    def _say(self, statement: str) -> list[tuple[object, ...]]:
        with self.outside.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]


def write_feed(book: Book, folder: Path, on: date) -> None:
    """The feed as the operator's systems deliver it by a day: reference data, and the inventories and letters known by then."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = tables(book, on)
    for name, columns in COLUMNS.items():
        (folder / f"{name}.csv").write_bytes(csv_bytes(columns, rows[name]))
    (folder / "inventory").mkdir(exist_ok=True)
    for day, shown in book.inventory.items():
        path = folder / "inventory" / f"{day}.csv"
        if day <= on and not path.exists():
            path.write_bytes(csv_bytes(INVENTORY_COLUMNS, inventory_rows(book, shown)))
    (folder / "usage").mkdir(exist_ok=True)
    (folder / "usage" / "none.csv").write_bytes(csv_bytes(USAGE_COLUMNS, []))


def tables(book: Book, on: date) -> dict[str, list[Row]]:
    """The tables of the feed as rows."""
    found: dict[str, list[Row]] = defaultdict(list, parties=party_rows(book))
    for product in book.products.values():
        names = {f"name_{language}": product.product for language in ("fr", "nl", "en")}
        found["products"].append(
            {"product": product.product, "service": product.service, "kind": product.kind, "timing": product.timing, **names}
        )
    for price in book.prices:
        told = {"announced_on": cell(price.told)}
        found["prices"].append({"product": price.product, "valid_from": cell(price.since), "unit_price": cell(price.amount), **told})
    for contract in book.contracts.values():
        concluded = cell(contract.in_force_on)
        found["contracts"].append({
            "contract_id": contract.contract_id, "payer_id": contract.payer_id, "terms": contract.terms, "signed_on": concluded,
            "credit_approved_on": concluded, "confirmed_on": concluded, "starts_on": cell(contract.starts_on),
            "term_months": cell(contract.term_months), "payment_days": cell(contract.payment_days),
        })  # fmt: skip
    for line in book.lines:
        found["order_lines"].append({
            "line_id": line.line_id, "contract_id": line.contract_id, "end_client_id": line.end_client_id, "product": line.product,
            "quantity": cell(line.quantity), "unit_price": cell(line.own_price), "starts_on": cell(line.starts_on),
            "ends_on": cell(line.ends_on), "min_months": cell(line.min_months), "charged_through": cell(line.charged_through),
        })  # fmt: skip
    for letter in book.letters:
        if letter.known_from <= on:
            found["terminations"].append({
                "termination_id": letter.letter_id, "contract_id": letter.contract_id, "line_id": letter.line_id,
                "end_client_id": letter.end_client_id, "by": letter.by, "received_on": cell(letter.received),
                "requested_on": cell(letter.asked), "client_breach": cell(letter.breach).lower(),
                "proof": "judgment of the court" if letter.by == "bankruptcy" else "",
            })  # fmt: skip
    for extra in book.extras:
        if extra.on <= on:
            found["charges"].append({
                "charge_id": extra.charge_id, "contract_id": extra.contract_id, "end_client_id": extra.end_client_id, "on": cell(extra.on),
                "product": extra.product, "description": "as agreed", "quantity": cell(extra.quantity), "unit_price": cell(extra.amount),
                "reason_clause": extra.clause,
            })  # fmt: skip
    for grant in book.grants:
        if grant.on <= on:
            credit = {"credit_id": grant.credit_id, "contract_id": grant.contract_id, "on": cell(grant.on), "amount": cell(grant.amount)}
            found["credits"].append({**credit, "reason": "SLA"})
    return found


def party_rows(book: Book) -> list[Row]:
    """Every payer, and every end client that a line is for; one behind a payer who is a partner buys through it."""
    address = {"street": "Rue du Moulin Bleu 1", "postal_code": "1480", "city": "Tubize", "language": "fr", "delivery": "email"}
    rows = []
    for payer in book.payers.values():
        name = {"party_id": payer.payer_id, "role": "partner", "name": payer.payer_id, "billing_emails": "billing@payer.example"}
        rows.append({**address, **name, "country": payer.country, "vat_number": payer.vat_number})
    for client in sorted({line.end_client_id for line in book.lines} - set(book.payers)):
        rows.append({**address, "party_id": client, "role": "client", "name": client, "country": "BE"})
    return rows


def inventory_rows(book: Book, shown: dict[str, frozenset[str]]) -> list[Row]:
    """One row an element, of the kind of its line's product."""
    kinds = {line.line_id: book.product(line).kind for line in book.lines}
    return [
        {"line_id": line_id, "element_id": element, "kind": kinds[line_id], "label": element}
        for line_id, elements in shown.items()
        for element in sorted(elements)
    ]


def cell(value: object) -> str:
    """A value as the feed writes it; nothing for None."""
    return "" if value is None else str(value)
