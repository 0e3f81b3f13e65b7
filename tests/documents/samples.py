"""Records for the documents' tests: one place that knows how to make an invoice of any size, with amounts a head can check."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from reports.records import (
    CallRecord,
    ContractTerm,
    ElementRecord,
    EndClientSection,
    InvoiceHead,
    InvoiceRecord,
    Language,
    LineCalls,
    LineRecord,
    Payer,
    Reference,
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


def life_of_a_contract(language: Language = "fr") -> InvoiceRecord:
    """An invoice with all that is not a plain month: the balance of a contract (430.20), a charge in free text, an SLA credit, own terms."""
    who = payer(language)
    user = PRODUCTS[language][0]
    balance = [
        LineRecord("C-2025-03", "L-12", "business_telephony", "bt-user", user, "balance", first, last, Decimal(12), Decimal("11.95"),
                   Decimal("143.40"), "CG-3.d", "balance clause=CG-3.d", line_seq)
        for line_seq, first, last in ((1, date(2026, 12, 1), date(2026, 12, 31)), (2, date(2027, 1, 1), date(2027, 1, 31)),
                                      (3, date(2027, 2, 1), date(2027, 2, 28)))
    ]
    lines = [
        *balance,
        replace(line(0, "107.55", language), contract_id="C-2025-03", unit_price=Decimal("11.95"), line_seq=4),
        replace(line(2, "10.00", language), quantity=Decimal(2), unit_price=Decimal(5), line_seq=5, term_until=date(2027, 9, 30)),
        LineRecord("C-2026-01", "", "", "", "Déplacement technicien, adresse erronée – Bd de l’Industrie", "fee", date(2026, 10, 14),
                   date(2026, 10, 14), Decimal("1.5"), Decimal(60), Decimal(90), "GC-4.5", "", 6),
        LineRecord("C-2026-01", "", "", "", "SLA : 4 h d’indisponibilité le 3 octobre", "credit", date(2026, 10, 5), date(2026, 10, 5),
                   Decimal(1), Decimal("-50.00"), Decimal("-50.00"), "GC-10.5", "", 7),
        replace(line(3, "40.00", language), quantity=Decimal(4), unit_price=Decimal(10), line_seq=8),
    ]
    net = sum((one.net for one in lines), Decimal("0.00"))
    vat = (net * Decimal("0.21")).quantize(Decimal("0.01"))
    section = EndClientSection(who.payer_id, who.name, tuple(lines), net)
    terms = (ContractTerm("C-2025-03", date(2027, 2, 28)), ContractTerm("C-2026-01", date(2027, 12, 31)), ContractTerm("C-SIP", None))
    return InvoiceRecord(head(net, vat, who), (section,), (VatLine("S", Decimal("21.00"), net, vat),), terms=terms)


def credit_note(language: Language = "fr", lines: int = 3, reason: str = "") -> InvoiceRecord:
    """A credit note of `lines` lines of 12.50 each, 21 % VAT, on invoice 2026-000123; negative, as in the ledger."""
    who = payer(language)
    drawn = tuple(
        replace(line(number, "-12.50", language), charge="credit", note="", line_seq=number + 1, credits_line_seq=number + 3)
        for number in range(lines)
    )
    net = sum((one.net for one in drawn), Decimal("0.00"))
    vat = (net * Decimal("0.21")).quantize(Decimal("0.01"))
    noted = replace(
        head(net, vat, who), number="C2026-000007", kind="credit_note", issued_on=date(2026, 11, 5), due_on=date(2026, 11, 5),
        structured_reference="000000000797", credits_number="2026-000123", credits_on=date(2026, 10, 28), reason=reason,
    )
    return InvoiceRecord(noted, (EndClientSection(who.payer_id, who.name, drawn, net),), (VatLine("S", Decimal("21.00"), net, vat),))


def refund_note(language: Language = "fr") -> InvoiceRecord:
    """What the terms themselves give back (GC-13.2): 12 of 30 days of a Telavox line at 25.00, so 10.00."""
    record = credit_note(language, 1)
    given = replace(
        line(0, "-10.00", language), service="telavox", charge="refund", from_day=date(2026, 11, 19), to_day=date(2026, 11, 30),
        quantity=Decimal(1), unit_price=Decimal(25), clause="GC-13.2", note="pro_rata 12/30", line_seq=1, credits_line_seq=4,
    )
    section = replace(record.end_clients[0], lines=(given,), net=Decimal("-10.00"))
    totals = replace(record.head, net=Decimal("-10.00"), vat_total=Decimal("-2.10"), gross=Decimal("-12.10"))
    return replace(
        record, head=totals, end_clients=(section,), vat=(VatLine("S", Decimal("21.00"), Decimal("-10.00"), Decimal("-2.10")),)
    )


NOVEMBER = ((date(2026, 11, 1), date(2026, 11, 30)),)


def elements(count: int, word: str = "user") -> tuple[ElementRecord, ...]:
    """Elements first seen on 27 January 2026."""
    return tuple(ElementRecord(f"E-{number}", f"{word}{number}@example.be", date(2026, 1, 27)) for number in range(count))


def summary(language: Language = "fr", users: int = 8) -> SummaryRecord:
    """A summary of a line of users under the minimum, one of packs taken from the order, and one of channels."""
    names = PRODUCTS[language]
    lines = (
        SummaryLine("C-2026-01", "L-0", "business_telephony", names[0], users, 10, 9, "minimum_users", "BT-2.h", NOVEMBER,
                    Reference(10, "before", date(2026, 10, 1)), elements=elements(users)),
        SummaryLine("C-2026-01", "L-2", "business_telephony", names[2], None, 3, 3, "ordered", "BT-2.f", NOVEMBER),
        SummaryLine("C-SIP", "L-3", "sip_trunking", names[3], 4, 4, 4, "counted", "ST-2.b", NOVEMBER),
    )
    whose = head(Decimal("37.50"), Decimal("7.88"), payer(language))
    return SummaryRecord(whose, date(2026, 10, 1), "P-1", NAMES[language], date(2026, 10, 27), HASH, 1234, lines)


def summary_of_every_rule(language: Language = "fr") -> SummaryRecord:
    """One line for each way a quantity comes about, with numbers removed that are still due, an addition and a balance."""
    user, number, pack, channel = PRODUCTS[language]
    abroad = {"fr": "Numéro international", "nl": "Internationaal nummer", "en": "International number"}[language]
    bt, sip, tlx = "business_telephony", "sip_trunking", "telavox"
    quarter = date(2026, 10, 1)
    removed = (
        ElementRecord("N-44", "+442079460000", date(2026, 2, 27), date(2027, 2, 26)),
        ElementRecord("N-33", "+33140000000", date(2026, 4, 27), date(2027, 4, 26)),
    )
    long_days = ((date(2026, 10, 1), date(2026, 10, 14)), (date(2026, 11, 1), date(2026, 11, 30)))
    lines = (
        SummaryLine("C-1", "L-1", bt, user, 8, 10, 9, "minimum_users", "BT-2.h", NOVEMBER, Reference(10, "ordered", quarter),
                    elements=elements(8)),
        SummaryLine("C-1", "L-2", bt, user, 25, 10, 27, "minimum_users", "BT-2.h", NOVEMBER, Reference(30, "before", quarter),
                    elements=elements(25, "long.first.name.and.long.last.name")),
        SummaryLine("C-1", "L-3", bt, user, 0, 10, 11, "minimum_users", "BT-2.h", NOVEMBER, Reference(12, "raised", quarter)),
        SummaryLine("C-1", "L-4", bt, number, 5, 3, 5, "counted", "BT-2.f", long_days, elements=elements(5, "n")),
        SummaryLine("C-1", "L-5", bt, pack, None, 3, 3, "ordered", "BT-2.f", NOVEMBER),
        SummaryLine("C-1", "L-6", bt, abroad, 1, 3, 3, "twelve_months", "BT-2.i", NOVEMBER, until=date(2027, 4, 26),
                    elements=(*elements(1, "n"), *removed)),
        SummaryLine("C-1", "L-7", bt, user, None, 2, 2, "ordered", "GC-5.4", NOVEMBER),
        SummaryLine("C-1", "L-8", bt, user, None, 10, 2, "addition", "BT-2.g", ((date(2026, 10, 14), date(2026, 10, 31)),)),
        SummaryLine("C-2", "L-9", sip, channel, 2, 4, 4, "minimum_term", "CG-3.a", NOVEMBER, until=date(2027, 2, 28),
                    elements=elements(2, "ch")),
        SummaryLine("C-3", "L-10", tlx, user, None, 12, 12, "previous_invoice", "GC-13.3", ((date(2026, 12, 1), date(2027, 2, 28)),),
                    until=date(2027, 2, 28)),
    )
    return replace(summary(language), lines=lines)
