"""A close with e-invoices: two payers reached through Peppol, one who is not."""

from pathlib import Path

from tasks.ledger import Run
from tests.steps.delivery_scene import Scene

ALFA, BETA = "0208:0123456749", "9944:NL123456789B01"


class Reached(Scene):
    """Writes what the documents step leaves behind, e-invoices included."""

    def reach(self, payer_id: str, *, peppol_id: str = "", vat_number: str = "", country: str = "BE") -> None:
        """A payer with what says where it is reached."""
        self.payer(payer_id, mail=f"{payer_id.lower()}@payer.example")
        self.say(
            "update party set peppol_id = :peppol_id, vat_number = :vat_number, country = :country"
            " where party_id = :id and superseded_import is null",
            id=payer_id, peppol_id=peppol_id, vat_number=vat_number, country=country,
        )  # fmt: skip

    def e_invoice(self, run: Run, payer_id: str, days: int = 30) -> str:
        """An issued invoice with its e-invoice; returns its number."""
        number = self.invoice(run, payer_id, days=days)
        self.document(run, number, "e_invoice", content(number))
        return number

    def e_invoices(self) -> list[tuple[object, ...]]:
        """(invoice, Peppol address, state, attempts, what was said, receipt) of each e-invoice in the outbox, by number."""
        return self.say(
            "select number, recipients, state, delivery.attempts, last_error, receipt from delivery join invoice using (invoice_id)"
            " where purpose = 'e_invoice' order by number"
        )

    def path(self, number: str) -> Path:
        """The file of an e-invoice."""
        ((path,),) = self.say(
            "select path from document join invoice using (invoice_id) where number = :n and document.kind = 'e_invoice'", n=number
        )
        return Path(self.outside.out.root) / str(path)


def content(number: str) -> bytes:
    """What stands for an e-invoice."""
    return f"<Invoice><ID>{number}</ID></Invoice>".encode()


def three_payers(scene: Reached) -> Run:
    """A close: 2026-000001 to ALFA by its Belgian number, 2026-000002 to BETA by its Peppol id, 2026-000003 to GAMMA, not reached."""
    run = scene.close()
    scene.reach("ALFA", vat_number="BE0123456749")
    scene.reach("BETA", peppol_id="9944:NL123456789B01", vat_number="NL123456789B01", country="NL")
    scene.reach("GAMMA", vat_number="FR40303265045", country="FR")
    for payer in ("ALFA", "BETA", "GAMMA"):
        scene.e_invoice(run, payer)
    return run
