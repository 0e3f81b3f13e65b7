"""Records for the documents' tests: one place that knows how to make an invoice of any size, with amounts a head can check."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from reports.records import (
    CallRecord,
    ElementRecord,
    EndClientSection,
    InvoiceHead,
    InvoiceRecord,
    Language,
    LineCalls,
    LineRecord,
    Payer,
    Seller,
    SummaryLine,
    SummaryRecord,
    VatLine,
)

SELLER = Seller(
    "Example Cloud Telephony SRL", "Avenue de l’Exemple 1", "1000 Bruxelles", "BE0123456749", "RPM Bruxelles", "BE71096123456769",
    "GKCCBEBB", "billing@operator.example", "www.operator.example",
)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NAMES = {"fr": "Boulangerie Saint-Géry SRL", "nl": "Bakkerij De Gouden Korst BV", "en": "Golden Crust Bakery Ltd"}
PRODUCTS = {
    "fr": ("Utilisateur Business", "Numéro national", "Pack mobile 300 minutes", "Canal SIP"),
    "nl": ("Gebruiker Business", "Nationaal nummer", "Bundel mobiel 300 minuten", "SIP-kanaal"),
    "en": ("Business user", "National number", "Mobile pack 300 minutes", "SIP channel"),
}
DESTINATIONS = (("Belgique – mobile Proximus", "belgium_mobile"), ("France – fixe", "europe_fixed"), ("Ελλάδα – κινητό", "europe_mobile"))


def payer(language: Language = "fr", name: str = "", payer_id: str = "P-1") -> Payer:
    return Payer(payer_id, name or NAMES[language], "Rue des Halles 12", "1000", "Bruxelles", "BE", "BE0987654394", language)


def head(net: Decimal, vat: Decimal, who: Payer | None = None) -> InvoiceHead:
    return InvoiceHead(
        "2026-000123", "invoice", date(2026, 10, 28), date(2026, 11, 27), date(2026, 10, 1), date(2026, 11, 30), who or payer(), SELLER,
        "123456789012", net, vat, net + vat,
    )


def line(number: int, net: str = "12.50", language: Language = "fr") -> LineRecord:
    """The `number`th line: users with the minimum, pro rata numbers, packs, channels, in turn."""
    turn = number % 4
    note = ("minimum_users counted=8 charged=9 clause=BT-2.h", "pro_rata 9/31", "", "")[turn]
    charge = "pro_rata" if turn == 1 else "recurring"
    first = date(2026, 10, 23) if turn == 1 else date(2026, 11, 1)
    last = date(2026, 10, 31) if turn == 1 else date(2026, 11, 30)
    clause = ("BT-2.h", "BT-2.b", "CG-3.a", "ST-2.b")[turn]
    service = "sip_trunking" if turn == 3 else "business_telephony"
    return LineRecord(
        "C-SIP" if turn == 3 else "C-2026-01", f"L-{number}", service, f"product-{turn}", PRODUCTS[language][turn], charge, first, last,
        Decimal("9"), Decimal("1.388889"), Decimal(net), clause, note,
    )


def usage_line(net: str, calls: int, in_pack: int = 0) -> LineRecord:
    return LineRecord(
        "C-2026-01", "L-0", "business_telephony", "belgium_mobile", "Belgique – mobile", "usage", date(2026, 10, 1), date(2026, 10, 27),
        Decimal(calls), None, Decimal(net), "BT-2.c", f"usage seconds={calls * 65} in_pack={in_pack}",
    )


def calls(count: int) -> tuple[CallRecord, ...]:
    """Calls every seven minutes from 1 October 06:00 UTC; each costs 7 cents, every fifth is in the pack."""
    start = datetime(2026, 10, 1, 6, 0, 7, tzinfo=UTC)
    made = []
    for number in range(count):
        destination, group = DESTINATIONS[number % 3]
        seconds = 35 + number % 400
        packed = number % 5 == 0
        made.append(CallRecord(start + timedelta(minutes=7 * number), 1, 32470123456 + number, destination, group, seconds,
                               seconds if packed else 0, 0 if packed else 7))
    return tuple(made)


def invoice(lines: int = 4, call_count: int = 0, language: Language = "fr") -> InvoiceRecord:
    """A direct client's invoice: `lines` lines of 12.50 and, with calls, a usage line of 10.00; 21 % VAT."""
    drawn = [line(number, language=language) for number in range(lines)]
    if call_count:
        drawn.append(usage_line("10.00", call_count, 1200))
    net = sum((one.net for one in drawn), Decimal("0.00"))
    vat = (net * Decimal("0.21")).quantize(Decimal("0.01"))
    who = payer(language)
    itemised = (LineCalls("L-0", PRODUCTS[language][0], calls(call_count)),) if call_count else ()
    section = EndClientSection(who.payer_id, who.name, tuple(drawn), net, itemised)
    return InvoiceRecord(head(net, vat, who), (section,) if drawn else (), (VatLine("S", Decimal("21.00"), net, vat),))


def partner_invoice(clients: int = 8, language: Language = "nl") -> InvoiceRecord:
    """A partner's invoice: each end client has five lines of 12.50, so a subtotal of 62.50, and forty calls."""
    who = payer(language, "Telecom Partners Vlaanderen BV", "PARTNER-1")
    sections = tuple(
        EndClientSection(
            f"EC-{number}", f"Eindklant {number} – Garage Peeters & Zonen",
            tuple(line(turn, language=language) for turn in (0, 1, 2, 4, 3)), Decimal("62.50"),
            (LineCalls(f"L-{number}", PRODUCTS[language][0], calls(40)),),
        )
        for number in range(1, clients + 1)
    )
    net = Decimal("62.50") * clients
    vat = (net * Decimal("0.21")).quantize(Decimal("0.01"))
    return InvoiceRecord(head(net, vat, who), sections, (VatLine("S", Decimal("21.00"), net, vat),))


def renamed(record: InvoiceRecord, name: str) -> InvoiceRecord:
    """The same invoice for a payer, and with descriptions, of another name."""
    sections = tuple(
        replace(section, name=name, lines=tuple(replace(one, description=name) for one in section.lines)) for section in record.end_clients
    )
    return replace(record, head=replace(record.head, payer=replace(record.head.payer, name=name)), end_clients=sections)


def summary(language: Language = "fr", users: int = 8) -> SummaryRecord:
    """A summary of a line of users under the minimum and one of packs taken from the order."""
    elements = tuple(ElementRecord(f"user{number}@example.be", date(2026, 1, 27)) for number in range(users))
    lines = (
        SummaryLine("C-2026-01", "L-0", "business_telephony", PRODUCTS[language][0], users, 10, 9, "minimum_users", "BT-2.h",
                    date(2026, 1, 27), elements),
        SummaryLine("C-2026-01", "L-2", "business_telephony", PRODUCTS[language][2], None, 3, 3, "ordered", "BT-2.f", None),
        SummaryLine("C-SIP", "L-3", "sip_trunking", PRODUCTS[language][3], 4, 4, 4, "counted", "BT-2.f", date(2026, 1, 27)),
    )
    whose = head(Decimal("37.50"), Decimal("7.88"), payer(language))
    return SummaryRecord(whose, date(2026, 10, 1), "P-1", NAMES[language], date(2026, 10, 27), HASH, lines)
