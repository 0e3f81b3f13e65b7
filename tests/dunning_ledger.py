"""What an operator knows and has issued, written straight into the ledger as imports and closes would leave it, many rows at once."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, text

STEPS = ("snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "report")

PARTIES = """
insert into party (party_id, version, valid_import, role, partner_id, name, language, billing_emails, delivery, street, postal_code, city, country)
select party_id, version, import_no, role, partner_id, name, language, billing_emails, delivery, 'Rue du Moulin 1', '1480', 'Tubize', 'BE'
from jsonb_to_recordset(cast(:rows as jsonb)) as one (party_id text, version integer, import_no integer, role text, partner_id text, name text,
    language text, billing_emails text, delivery text)
"""
CONTRACTS = """
insert into contract (contract_id, version, valid_import, payer_id, terms, signed_on, credit_approved_on, confirmed_on, starts_on)
select 'C-' || payer_id, 1, 1, payer_id, 'allocloud', '2024-01-01', '2024-01-01', '2024-01-01', '2024-01-01'
from jsonb_to_recordset(cast(:rows as jsonb)) as one (payer_id text)
"""
ORDER_LINES = """
with lines as (
    select * from jsonb_to_recordset(cast(:rows as jsonb)) as one (payer_id text, end_client_id text)
), numbered as (
    insert into line (line_id) select 'L-' || end_client_id from lines returning line_no, line_id
)
insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)
select numbered.line_id, numbered.line_no, 1, 1, 'C-' || lines.payer_id, lines.end_client_id, 'bt-user', 5, '2024-01-01'
from lines join numbered on numbered.line_id = 'L-' || lines.end_client_id
"""
SEGMENTS = """
insert into feed_record (table_name, record_id, version, valid_import, record)
select 'segments', 'S-' || payer_id, 1, 1,
    jsonb_build_object('segment_id', 'S-' || payer_id, 'payer_id', payer_id, 'segment', segment, 'valid_from', '2024-01-01')
from jsonb_to_recordset(cast(:rows as jsonb)) as one (payer_id text, segment text)
"""
DRAFTS = """
insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id)
select :run_id, :kind, payer_id, (select max(version) from party where party_id = payer_id), :days, net, vat, net + vat, credits_invoice_id
from jsonb_to_recordset(cast(:rows as jsonb)) as one (payer_id text, net numeric, vat numeric, credits_invoice_id bigint)
"""
LINES = """
insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day, quantity,
    net, vat_category, vat_rate, clause, credits_line_seq)
select invoice_id, 1, 'C-' || payer_id, payer_id, 'L-' || payer_id, 'bt-user', 'Users', case kind when 'invoice' then 'recurring' else 'credit' end,
    cast(:day as date), cast(:day as date), 1, net, 'S', 21, 'BT-2.b', case kind when 'credit_note' then 1 end
from invoice where run_id = :run_id and number is null
"""
VAT = """
insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat)
select invoice_id, 'S', 21, net, vat from invoice where run_id = :run_id and number is null
"""
NUMBERS = """
update invoice
set series = one.series, seq = one.seq, number = one.number, issued_on = cast(:day as date), due_on = cast(:due as date),
    structured_reference = one.reference
from jsonb_to_recordset(cast(:rows as jsonb)) as one (payer_id text, series text, seq integer, number text, reference text)
where invoice.run_id = :run_id and invoice.payer_id = one.payer_id and invoice.number is null
"""
SERIES = "insert into number_series values (:series, :seq) on conflict (series) do update set last_seq = :seq"


@dataclass
class Ledger:
    """A database to write in; `numbers` are the last of each series of documents."""

    engine: Engine
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def say(self, statement: str, rows: object = None, **values: object) -> list[tuple[object, ...]]:
        """The rows a statement answers, committed; `rows` go as JSON."""
        given = values if rows is None else {**values, "rows": json.dumps(rows, default=str)}
        with self.engine.begin() as conn:
            answer = conn.execute(text(statement), given)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def close(self, day: date, due: date, rows: list[dict[str, object]]) -> dict[str, str]:
        """The invoices of a close, one a payer; their numbers by payer."""
        month = day.replace(day=1)
        ((run_id,),) = self.say(
            "insert into run (kind, period, run_on) values ('close', :month, :day) returning run_id", month=month, day=day
        )
        numbered = self._issue(run_id, "invoice", day, due, rows)
        self.say(
            "insert into run_step (run_id, step, state, import_no, accepted_at) select :run_id, step, 'accepted', 1, now()"
            " from unnest(cast(:steps as text[])) as step",
            run_id=run_id,
            steps=list(STEPS),
        )
        return numbered

    def credit(self, day: date, number: str, row: dict[str, object]) -> None:
        """A credit note on an invoice."""
        ((run_id,),) = self.say("insert into run (kind, run_on, subject) values ('credit', :day, :of) returning run_id", day=day, of=number)
        self._issue(run_id, "credit_note", day, day, [row])

    def _issue(self, run_id: object, kind: str, day: date, due: date, rows: list[dict[str, object]]) -> dict[str, str]:
        """Documents of a run, issued on a day: drafted, with their line and their VAT, then numbered."""
        numbered = [{"payer_id": row["payer_id"], **self._number(kind, day.year)} for row in rows]
        series = f"{kind}-{day.year}"
        with self.engine.begin() as conn:
            conn.execute(text(DRAFTS), {"run_id": run_id, "kind": kind, "days": (due - day).days, "rows": json.dumps(rows, default=str)})
            conn.execute(text(LINES), {"run_id": run_id, "day": day})
            conn.execute(text(VAT), {"run_id": run_id})
            conn.execute(text(SERIES), {"series": series, "seq": self.numbers[series]})
            conn.execute(text(NUMBERS), {"run_id": run_id, "day": day, "due": due, "rows": json.dumps(numbered)})
        return {str(each["payer_id"]): str(each["number"]) for each in numbered}

    def _number(self, kind: str, year: int) -> dict[str, object]:
        letter, digit = {"invoice": ("", 0), "credit_note": ("C", 1)}[kind]
        self.numbers[f"{kind}-{year}"] += 1
        seq = self.numbers[f"{kind}-{year}"]
        digits = communication(digit, year, seq)
        reference = f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
        return {"series": f"{kind}-{year}", "seq": seq, "number": f"{letter}{year}-{seq:06d}", "reference": reference}


def communication(kind: int, year: int, seq: int) -> str:
    """The twelve digits of a structured communication: year, kind, number, and the first ten modulo 97."""
    digits = f"{year % 100:02d}{kind}{seq:07d}"
    return f"{digits}{int(digits) % 97 or 97:02d}"
