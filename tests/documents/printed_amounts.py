"""Every amount on a page, and every amount the ledger has for it: two plain lists that must be the same, whoever drew the page."""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from pypdf import PdfReader
from sqlalchemy import Connection, RowMapping
from sqlalchemy import text as statement

from reports.records import Language

Amounts = Counter[Decimal]

MARKS: dict[Language, tuple[str, str]] = {"fr": ("\u202f", ","), "nl": (".", ","), "en": (",", ".")}  # of thousands, of decimals
NO_AMOUNT = r"(?!\d)(?![.,]\d)(?![ \u00a0\u202f]*(?:%|[kMG][Bo]\b))"  # not inside a longer number, no share, no volume of data
IN_NOTE = re.compile(r"\d+\.\d\d(?!\d)")


def on_paper(pdf: bytes, language: Language) -> Amounts:
    """Every number with two decimals or more on any page, as the language writes it, and how often it stands there."""
    thousands, decimals = (re.escape(mark) for mark in MARKS[language])
    number = re.compile(rf"(?<![\d.,])-?\d{{1,3}}(?:{thousands}\d{{3}})*{decimals}\d{{2,6}}{NO_AMOUNT}")
    shown = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    thousand, decimal = MARKS[language]
    return Counter(Decimal(found.replace(thousand, "").replace(decimal, ".")) for found in number.findall(shown))


def in_ledger(conn: Connection, number: str) -> Amounts:
    """Every amount a document must show, from the rows of the ledger alone; those of a credit note turned round."""
    head = _rows(conn, "select * from invoice where number = :number", number=number)[0]
    lines = _rows(conn, LINES, invoice=head["invoice_id"])
    sign = -1 if head["kind"] == "credit_note" else 1
    amounts: list[Decimal] = [sign * head["gross"]] * 2  # to pay, and the total
    amounts += [sign * net for net in _sums(lines, _category).values()]
    amounts += [sign * line["net"] for line in lines]
    if head["kind"] == "debit_note":
        return Counter([*amounts, *_computations(conn, head["invoice_id"])])
    amounts.append(sign * head["net"])
    for vat in _rows(conn, "select * from invoice_vat where invoice_id = :invoice", invoice=head["invoice_id"]):
        amounts += [sign * vat["base"], sign * vat["vat"]]
    amounts += [line["unit_price"] for line in lines if line["unit_price"] is not None]
    amounts += [Decimal(found) for line in lines for found in IN_NOTE.findall(line["note"])]
    amounts += [sign * net for net in _subtotals(lines, head["payer_id"])]
    if head["kind"] == "invoice":
        amounts += _calls(conn, head)
    return Counter(amounts)


def differences(paper: Amounts, ledger: Amounts) -> dict[str, list[Decimal]]:
    """What is on paper alone and what is in the ledger alone; nothing when both say the same."""
    found = {"on paper alone": sorted((paper - ledger).elements()), "in the ledger alone": sorted((ledger - paper).elements())}
    return {where: amounts for where, amounts in found.items() if amounts}


LINES = """
select shown.end_client_id, shown.contract_id, shown.charge, shown.net, shown.unit_price, shown.note, coalesce(product.service, '') as service
from invoice_line as shown
left join order_line on order_line.line_id = shown.line_id and order_line.superseded_import is null
left join product on product.product = coalesce(order_line.product, shown.product) and product.superseded_import is null
where shown.invoice_id = :invoice
"""

CALLS = """
select line.line_id, order_line.end_client_id, rate.destination_group, rated.kind, rated.price_cents
from rated_usage as rated
join line using (line_no)
join order_line on order_line.line_id = line.line_id and order_line.superseded_import is null
join rate on rate.rate_no = rated.rate_no
where rated.run_id = :run and rated.status in (1, 2)
    and line.line_id in (select line_id from invoice_line where invoice_id = :invoice)
"""

DELAYS = """
select charge.charge_no, charge.what, charge.charged_before, charge.amount, delay.open_amount, delay.cost
from late_charge as charge left join interest_delay as delay using (run_id, charge_no)
where charge.debit_note_id = :invoice
"""


def _rows(conn: Connection, query: str, **values: object) -> Sequence[RowMapping]:
    return conn.execute(statement(query), values).mappings().all()


def _category(line: RowMapping) -> tuple[object, ...]:
    return line["service"], "recurring" if line["charge"] == "pro_rata" else line["charge"]


def _sums(lines: Sequence[RowMapping], key: object) -> dict[object, Decimal]:
    sums: dict[object, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[key(line)] += line["net"]  # type: ignore[operator]
    return sums


def _subtotals(lines: Sequence[RowMapping], payer_id: str) -> list[Decimal]:
    """Of end clients, once below their lines and, where there are several, in the overview; of services of more than one line."""
    clients = _sums(lines, lambda line: line["end_client_id"])
    is_own = set(clients) == {payer_id}
    amounts = [] if is_own else [net for net in clients.values() for _ in range(2 if len(clients) > 1 else 1)]
    for client in clients:
        groups: dict[object, list[Decimal]] = defaultdict(list)
        for line in lines:
            if line["end_client_id"] == client:
                groups[line["contract_id"], line["service"]].append(line["net"])
        amounts += [sum(nets) for (_, service), nets in groups.items() if service and len(nets) > 1 and (len(groups) > 1 or is_own)]  # type: ignore[misc]
    return amounts


def _calls(conn: Connection, head: RowMapping) -> list[Decimal]:
    """Each call; and the sums by order line, by destination group and by end client."""
    calls = _rows(conn, CALLS, run=head["run_id"], invoice=head["invoice_id"])
    sums: dict[object, int] = defaultdict(int)
    for call in calls:
        client = call["end_client_id"]
        for key in (("line", client, call["line_id"]), ("group", client, call["destination_group"], call["kind"]), ("client", client)):
            sums[key] += call["price_cents"]
    return [Decimal(cents).scaleb(-2) for cents in (*(call["price_cents"] for call in calls), *sums.values())]


def _computations(conn: Connection, invoice: int) -> list[Decimal]:
    """Below each interest: its delays, and what of it was charged before."""
    amounts: list[Decimal] = []
    seen = set()
    for row in _rows(conn, DELAYS, invoice=invoice):
        if row["what"] != "interest":
            continue
        amounts += [row["open_amount"], row["cost"].quantize(Decimal("0.0001"), ROUND_HALF_UP)]
        if row["charge_no"] not in seen:
            seen.add(row["charge_no"])
            amounts.append(row["amount"])
            if row["charged_before"]:
                amounts += [row["charged_before"] + row["amount"], -row["charged_before"]]
    return amounts
