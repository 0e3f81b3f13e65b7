"""What a line of an invoice or credit note is called, and what stands small below it."""

from collections.abc import Iterable, Mapping
from datetime import date

from reports.credit_note import credits_label
from reports.records import ContractTerm, InvoiceHead, Language, LineRecord
from reports.wording import Wording, wording


def balance_ends(lines: Iterable[LineRecord]) -> dict[str, date]:
    """The last day of the balance of each order line that has one (CG-3.d, GC-13.3), whatever months it is charged in."""
    ends: dict[str, date] = {}
    for line in lines:
        if line.charge == "balance":
            ends[line.line_id] = max(line.to_day, ends.get(line.line_id, line.to_day))
    return ends


def title_of(line: LineRecord, words: Wording, ends: Mapping[str, date]) -> str:
    """The product, with what it is charged for where that is neither a month of it nor bought once."""
    if line.charge == "usage":
        return words("label.usage", group=line.description)
    if line.charge == "balance":
        return words("label.balance", product=line.description, day=words.figures.day(ends[line.line_id]))
    if line.charge == "refund":
        return words("label.refund", product=line.description)
    if line.charge == "credit" and line.unit_price is None:  # traffic taken back: each call has a price of its own
        return words("label.usage", group=line.description)
    return capital(line.description)


def late_charge_title(what: str, language: Language, *, invoice: str, day: date, note: str) -> str:
    """What a line of a debit note asks for: interest on which invoice, the costs of which letter, what was incurred, which reactivation."""
    words = wording(language)
    if what == "recovery_cost" and note:
        return words("line.recovery_cost_incurred", description=note)
    return words(f"line.{what}", invoice=invoice, day=words.figures.day(day))


def small_print(line: LineRecord, head: InvoiceHead, words: Wording) -> str:
    """The note of the line, the end of its own minimum term, and on a credit note the line of the invoice it credits."""
    parts = [words.note(line.note)]
    if line.term_until is not None:
        parts.append(words("label.line_term_until", day=words.figures.long_day(line.term_until)))
    if head.kind == "credit_note" and line.credits_line_seq is not None:
        parts.append(words(credits_label(head, "_line"), line=line.credits_line_seq, number=head.credits_number))
    return " ".join(filter(None, parts))


def contract_title(service: str, contract_id: str, term: ContractTerm | None, words: Wording) -> str:
    """`Business Telephony · contrat C-1 · durée minimale jusqu’au 28 février 2027`."""
    if not contract_id:  # interest and fees are of the payer, not of a contract
        return ""
    contract = words("label.contract", contract=contract_id)
    parts = [words("service." + service), contract] if service else [capital(contract)]
    if term is not None:
        until = term.until
        parts.append(words("label.runs_on") if until is None else words("label.term_until", day=words.figures.long_day(until)))
    return " · ".join(parts)


def capital(text: str) -> str:
    """The text with its first letter as at the head of a line."""
    return text[:1].upper() + text[1:]


__all__ = ["balance_ends", "capital", "contract_title", "late_charge_title", "small_print", "title_of"]
