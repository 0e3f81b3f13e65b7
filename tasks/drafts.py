"""The drafts step: everything the run charges, one draft per payer and payment term, without a number yet (CG-1, CG-2.a)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.invoices import totals
from billing.vat import Treatment, treatment
from reports.records import Language
from reports.wording import wording
from tasks.draft_rows import Draft, DraftLine, net_of, write
from tasks.e_invoice.master_data import faults_of
from tasks.ledger import Receipt, Run
from tasks.outside import Outside
from tasks.refunds import refund_drafts
from tasks.review.records import Exclusion
from tasks.sla_credits import stage_payouts, with_credits

IN_ADVANCE, OF_A_MONTH = (
    ("one_off_lines", "recurring_lines", "ad_hoc_lines"),
    ("recurring_lines", "addition_lines", "usage_lines", "ad_hoc_lines"),
)
CHARGED = {"close": OF_A_MONTH, "orders": IN_ADVANCE, "credit": ("one_off_lines", *OF_A_MONTH)}  # an invoice of either may be made anew


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """What an invoice line is made of; days inclusive, `net` in EUR to the cent. The names of usage are empty: its product is the group."""

    payer_id: str
    payment_days: int
    contract_id: str
    end_client_id: str
    line_id: str
    product: str
    service: str
    name_fr: str
    name_nl: str
    name_en: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Who pays, as known when the drafts are made."""

    payer_id: str
    version: int
    language: Language
    country: str
    vat_number: str
    peppol_id: str
    delivery: Literal["email", "portal"]
    billing_emails: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A payer left out of the run, why, and the way out."""

    run_id: int
    payer_id: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a payer cannot be billed, and what has to be done in the feed."""

    reason: str
    remedy: str


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace the drafts of the run; returns how many, their net total and how many payers are parked."""
    with outside.engine.begin() as conn:
        sql.run(conn, "sla_credits/lock")
        sql.run(conn, "drafts/delete_drafts", run_id=run.run_id)
        sql.run(conn, "drafts/delete_parked", run_id=run.run_id)
        payers = payers_of(conn, run)
        lines = charged_lines(conn, run)
        refunds = refund_drafts(conn, run)
        billed = {line.payer_id for line in lines} | {draft.payer_id for draft in refunds}
        sql.write_each(conn, "drafts/park", [*_left_out(conn, run), *_parked(run, payers, billed)])
        sql.run(conn, "drafts/note_left_out", run_id=run.run_id, import_no=run.import_no)
        parked = {row["payer_id"] for row in sql.dicts(conn, "drafts/parked", run_id=run.run_id)}
        billable = invoice_drafts(run, payers, (line for line in lines if line.payer_id not in parked))
        invoices = with_credits(conn, run, billable, {payer_id: payer.language for payer_id, payer in payers.items()})
        credit_notes = [draft for draft in refunds if draft.payer_id not in parked]
        write(conn, run, [*invoices, *credit_notes])
        if run.period:
            stage_payouts(conn, run, parked)
    return receipt_of([*invoices, *credit_notes], parked=len(parked))


def receipt_of(drafts: Sequence[Draft], parked: int) -> Receipt:
    """How many invoices and credit notes were drafted, what they come to together, and how many payers are parked."""
    notes = sum(draft.kind == "credit_note" for draft in drafts)
    figures: dict[str, int | str] = {"drafts": len(drafts) - notes}
    if notes:
        figures["credit notes"] = notes
    return Receipt({**figures, "net": f"{net_of(drafts):.2f}", "parked payers": parked})


def payers_of(conn: Connection, run: Run) -> dict[str, PayerRow]:
    """Every party that pays a contract, by id."""
    return {payer.payer_id: payer for payer in sql.rows(conn, PayerRow, "drafts/payers", import_no=run.import_no)}


def charged_lines(conn: Connection, run: Run) -> list[ChargedLine]:
    """What the run charges, a line of an invoice each, in no order."""
    found: list[ChargedLine] = []
    for query in CHARGED[run.kind]:
        found += sql.rows(conn, ChargedLine, f"drafts/{query}", run_id=run.run_id, import_no=run.import_no)
    # What an orders run charges is payable on receipt, the prepaid subscriptions of Web Meeting included (WM-2.b).
    return [replace(line, payment_days=0) for line in found] if run.kind == "orders" else found


def _parked(run: Run, payers: dict[str, PayerRow], billed: Iterable[str]) -> list[Parked]:
    after = "and run again; else the next close bills it"
    return [Parked(run.run_id, payer_id, one.reason, f"{one.remedy} {after}") for payer_id, one in hindrances(payers, billed).items()]


def _left_out(conn: Connection, run: Run) -> list[Parked]:
    """The payers that finance leaves out of the close, whatever else is right or wrong with them."""
    found = sql.rows(conn, Exclusion, "review/exclusions", run_id=run.run_id)
    return [Parked(run.run_id, one.payer_id, one.in_words, "nothing, when that was meant: the next close bills it") for one in found]


def hindrances(payers: Mapping[str, PayerRow], billed: Iterable[str]) -> dict[str, Hindrance]:
    """The payers that no document can be made for, by id in order: nowhere to send it, or an e-invoice that would be refused."""
    ids = sorted(billed)
    cannot = unreachable(payers, ids)
    found = {}
    for payer_id in ids:
        payer = payers[payer_id]
        faults = faults_of(payer.country, payer.vat_number, payer.peppol_id)
        reasons = [*([cannot[payer_id]] if payer_id in cannot else []), *faults]
        remedies = [f"set billing_emails of {payer_id} in parties.csv (or delivery = portal)"] if payer_id in cannot else []
        if faults:
            columns = " and ".join(fault.split()[0] for fault in faults)
            remedies.append(f"correct {columns} of {payer_id} in parties.csv")
        if reasons:
            found[payer_id] = Hindrance("; ".join(reasons), " and ".join(remedies))
    return found


@carries_out("CG-2.b")
def unreachable(payers: Mapping[str, PayerRow], billed: Iterable[str]) -> dict[str, str]:
    """The payers that no document can be sent to, by id in order, and why."""
    found = {}
    for payer_id in sorted(billed):
        payer = payers[payer_id]
        if payer.delivery == "email" and not _addresses(payer.billing_emails):
            found[payer_id] = "no mail address to send the invoice to" if not payer.billing_emails else "no usable mail address"
    return found


def _addresses(billing_emails: str) -> list[str]:
    """The usable addresses: something before and a dotted domain after the only @, no blanks."""
    candidates = (address.strip() for address in billing_emails.split(";"))
    return [a for a in candidates if a.count("@") == 1 and " " not in a and a[0] != "@" and "." in a.partition("@")[2].strip(".")]


def _by_draft(lines: Iterable[ChargedLine]) -> dict[tuple[str, int], list[ChargedLine]]:
    drafts: dict[tuple[str, int], list[ChargedLine]] = defaultdict(list)
    for line in lines:
        drafts[line.payer_id, line.payment_days].append(line)
    return {key: sorted(drafts[key], key=_order_on_paper) for key in sorted(drafts)}


def _order_on_paper(line: ChargedLine) -> tuple[object, ...]:
    """By end client, contract, what recurs before what was used, then line and day."""
    return (line.end_client_id, line.contract_id, line.charge == "usage", line.line_id, line.from_day, line.to_day, line.product)


@carries_out("CG-1", "CG-2.a", "GC-5.2")
def invoice_drafts(run: Run, payers: dict[str, PayerRow], lines: Iterable[ChargedLine]) -> list[Draft]:
    """The invoices that the lines make, one per payer and payment term, taxed as the payer is on the day of the run."""
    made = []
    for (payer_id, payment_days), charged in _by_draft(lines).items():
        payer = payers[payer_id]
        treated = treatment(payer.country, payer.vat_number, run.on)
        shown = [_shown(line, payer, treated) for line in charged]
        sums = totals([(line.net, treated) for line in charged])
        made.append(Draft("invoice", payer_id, payer.version, payment_days, shown, sums))
    return made


def _shown(line: ChargedLine, payer: PayerRow, treated: Treatment) -> DraftLine:
    return DraftLine(
        line.contract_id,
        line.end_client_id,
        line.line_id,
        line.product,
        _description(line, payer.language),
        line.charge,
        line.from_day,
        line.to_day,
        line.quantity,
        line.unit_price,
        line.net,
        treated.category,
        treated.rate,
        line.clause,
        line.note,
    )


def _description(line: ChargedLine, language: Language) -> str:
    """The product, or for usage the destination group, as the payer's language calls it."""
    if line.charge == "usage":
        return wording(language).group(line.product)
    return {"fr": line.name_fr, "nl": line.name_nl, "en": line.name_en}[language]
