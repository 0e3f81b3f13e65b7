"""A thousand payers with an issued invoice each, written in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from billing.numbering import invoice_number, series_name, structured_reference
from tasks.ledger import Run
from tests.steps.delivery_scene import Scene, pdf


@dataclass(frozen=True)
class Billed:
    """A payer, its mail addresses (`;` between), the address to try when none works, and the number of its invoice."""

    payer_id: str
    addresses: str
    fallback: str
    number: str


def billed_payers(scene: Scene, run: Run, addresses: Sequence[str], fallbacks: Mapping[int, str]) -> list[Billed]:
    """A payer and an invoice for each of `addresses`; the payer at an index of `fallbacks` (from 0) has a second address."""
    year = run.on.year
    payers = [
        Billed(f"P{index:04d}", mail, fallbacks.get(index, ""), invoice_number("invoice", year, index + 1))
        for index, mail in enumerate(addresses)
    ]
    stored = scene.outside.out.write(f"{run.folder}/invoices/of-all.pdf", pdf("of all", size=3_000))
    rows = [
        {
            "payer": one.payer_id, "mail": one.addresses, "fallback": one.fallback, "language": ("fr", "nl", "en")[index % 3],
            "run": run.run_id, "series": series_name("invoice", year),
            "seq": index + 1, "number": one.number, "day": run.on, "due": run.on + timedelta(days=30),
            "reference": structured_reference("invoice", year, index + 1), "path": stored.path, "sha256": stored.sha256, "size": stored.size,
        }
        for index, one in enumerate(payers)
    ]  # fmt: skip
    with scene.outside.engine.begin() as conn:
        for statement in STATEMENTS:
            conn.execute(text(statement), rows)
        conn.execute(text("insert into number_series values (:series, :last)"), {"series": series_name("invoice", year), "last": len(rows)})
    return payers


STATEMENTS = (
    (
        "insert into party (party_id, version, valid_import, role, name, language, billing_emails, fallback_email, delivery, street,"
        " postal_code, city, country) values (:payer, 1, 1, 'client', 'Payer ' || :payer, :language, :mail, :fallback, 'email',"
        " 'Rue du Moulin 1', '1480', 'Tubize', 'BE')"
    ),
    (
        "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross) values"
        " (:run, 'invoice', :payer, 1, 30, 100, 0, 100)"
    ),
    (
        "insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day,"
        " quantity, net, vat_category, vat_rate, clause) select invoice_id, 1, 'C', :payer, 'L', 'user', 'Utilisateur', 'recurring', :day,"
        " :day, 1, 100, 'O', 0, 'BT-2.b' from invoice where payer_id = :payer"
    ),
    (
        "insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat) select invoice_id, 'O', 0, 100, 0 from invoice"
        " where payer_id = :payer"
    ),
    (
        "update invoice set series = :series, seq = :seq, number = :number, issued_on = :day, due_on = :due,"
        " structured_reference = :reference where payer_id = :payer"
    ),
    (
        "insert into document (run_id, invoice_id, kind, end_client_id, path, sha256, size) select :run, invoice_id, 'invoice', '', :path,"
        " :sha256, :size from invoice where payer_id = :payer"
    ),
)

__all__ = ["Billed", "billed_payers"]
