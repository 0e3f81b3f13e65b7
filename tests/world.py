"""A small operator for tests: eight payers, each there for one reason, with prices a head can check.

The close is 2026-10 on the 28th. `world()` gives the tables as lists of rows, so a test changes one cell and writes the feed:

    small = world()
    small.row("order_lines", "L-START-USER")["quantity"] = "3"
    small.write(tmp_path)

`EXPECTED_CALLS` and `EXPECTED_NET` say, by hand, what the close of the untouched world charges.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]

COLUMNS: dict[str, tuple[str, ...]] = {
    "parties": ("party_id", "role", "partner_id", "name", "language", "billing_emails", "delivery", "street", "postal_code", "city",
                "country", "vat_number", "peppol_id"),
    "contracts": ("contract_id", "payer_id", "terms", "signed_on", "credit_approved_on", "deposit_required", "deposit_received_on",
                  "confirmed_on", "starts_on", "term_months", "payment_days"),
    "order_lines": ("line_id", "contract_id", "end_client_id", "product", "quantity", "unit_price", "starts_on", "ends_on", "min_months",
                    "charged_through"),
    "products": ("product", "service", "kind", "timing", "name_fr", "name_nl", "name_en", "revenue_account"),
    "prices": ("product", "valid_from", "unit_price", "announced_on"),
    "packs": ("product", "valid_from", "destination_group", "minutes", "data_mb"),
    "rates": ("deck", "prefix", "destination", "destination_group", "valid_from", "per_minute", "setup", "first_increment",
              "next_increment"),
    "charges": ("charge_id", "contract_id", "end_client_id", "on", "product", "description", "quantity", "unit_price", "reason_clause"),
    "credits": ("credit_id", "contract_id", "end_client_id", "on", "amount", "reason"),
    "terminations": ("termination_id", "contract_id", "line_id", "end_client_id", "by", "received_on", "requested_on", "client_breach",
                     "proof"),
    "disputes": ("dispute_id", "invoice_number", "opened_on", "amount", "phase", "guarantee_amount", "closed_on"),
    "deposits": ("deposit_id", "payer_id", "on", "amount", "kind"),
}
USAGE_COLUMNS = ("usage_id", "line_id", "kind", "direction", "caller", "callee", "started_at", "quantity", "visited_country")
INVENTORY_COLUMNS = ("line_id", "element_id", "kind", "label")


@dataclass(slots=True)
class World:
    """The feed as rows: `tables` by name, `usage` in any order, `inventory` by day. Every cell is the text of the file."""

    tables: dict[str, list[Row]]
    usage: list[Row]
    inventory: dict[str, list[Row]]

    def row(self, table: str, key: str) -> Row:
        """The only row of the table whose first column is `key`; KeyError when there is none or more than one."""
        found = [row for row in self.tables[table] if row[COLUMNS[table][0]] == key]
        if len(found) != 1:
            raise KeyError(f"{len(found)} rows of {table} with the key {key}")
        return found[0]

    def call(self, usage_id: str) -> Row:
        """The usage record of this id."""
        return next(row for row in self.usage if row["usage_id"] == usage_id)

    def write(self, folder: Path) -> None:
        """Writes the whole feed: tables, inventory/<day>.csv and one usage/<day>.csv.gz per UTC day. Byte-identical for equal rows."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            (folder / f"{name}.csv").write_bytes(csv_bytes(COLUMNS[name], rows))
        (folder / "inventory").mkdir(exist_ok=True)
        for day, rows in self.inventory.items():
            (folder / "inventory" / f"{day}.csv").write_bytes(csv_bytes(INVENTORY_COLUMNS, rows))
        (folder / "usage").mkdir(exist_ok=True)
        by_day: dict[str, list[Row]] = defaultdict(list)
        for row in self.usage:
            by_day[row["started_at"][:10]].append(row)
        for day, rows in by_day.items():
            (folder / "usage" / f"{day}.csv.gz").write_bytes(gzip.compress(csv_bytes(USAGE_COLUMNS, rows), mtime=0))


def csv_bytes(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as UTF-8 CSV with a header; a cell that a row does not have is empty, one that no column has is an error."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write_world(folder: Path, **overrides: Mapping[str, Mapping[str, str]]) -> World:
    """Writes the world, after changing cells: `write_world(folder, order_lines={"L-START-USER": {"quantity": "3"}})`. Returns it."""
    small = world()
    for table, changes in overrides.items():
        for key, cells in changes.items():
            small.row(table, key).update(cells)
    small.write(folder)
    return small


def world() -> World:
    """A fresh copy of the small operator."""
    tables = {"parties": _parties(), "contracts": _contracts(), "order_lines": _order_lines(), "products": _products(), "prices": _prices(),
              "packs": _packs(), "rates": _rates(), "charges": [], "credits": [], "terminations": [], "disputes": [], "deposits": []}
    return World(tables, _usage(), _inventory())


# ------------------------------------------------------------------------------------------------ who
def _party(party_id: str, name: str, language: str = "fr", **cells: str) -> Row:
    address = {"street": "Rue du Moulin Bleu 1", "postal_code": "1480", "city": "Tubize", "country": "BE"}
    mail = {"billing_emails": f"billing@{party_id.lower()}.example", "delivery": "email"}
    return {"party_id": party_id, "role": "client", "partner_id": "", "name": name, "language": language, **mail, **address, **cells}


def _parties() -> list[Row]:
    return [
        _party("CL-START", "Brasserie Ozelle", vat_number="BE0999000129", peppol_id="0208:0999000129"),  # starts on 23 October
        _party("PA-ONE", "Telematis Ravel", "en", role="partner", vat_number="BE0999000228", peppol_id="0208:0999000228"),  # two clients
        _party("E-ALFA", "Alfa Vandrune", "nl", partner_id="PA-ONE"),           # behind the partner: never invoiced itself (CG-2.a)
        _party("E-BETA", "Beta Morlize", partner_id="PA-ONE"),                  # 10 users ordered, 8 counted: 9 charged (BT-2.h)
        _party("CL-TLX", "Drukkerij Zelmoor", "nl", vat_number="BE0999000327"),   # Telavox: in arrears, a price announced too late
        _party("CL-LUX", "Atelier Kerzen", country="LU", postal_code="L-1480", city="Luxembourg", vat_number="LU99000154"),  # VAT AE
        _party("CL-WAIT", "Garage Plissart-Noul", vat_number="BE0999000426"),     # contract not confirmed: not billed, calls held
        _party("CL-PORTAL", "Cabinet Orvaux-Lind", delivery="portal", billing_emails="", vat_number="BE0999000525"),  # portal, 12 months
        _party("CL-SIP", "Wolkenhuis Stal", "nl", vat_number="BE0999000624"),     # SIP Trunking: increments of the deck
        _party("CL-PACK", "Boulangerie Trimonde", vat_number="BE0999000723"),     # a pack that ends inside a call
    ]


def _contract(contract_id: str, payer_id: str, terms: str = "allocloud", **cells: str) -> Row:
    agreed = {"signed_on": "2025-12-01", "credit_approved_on": "2025-12-03", "confirmed_on": "2025-12-10", "starts_on": "2026-01-01"}
    return {"contract_id": contract_id, "payer_id": payer_id, "terms": terms, **agreed, "term_months": "24", "payment_days": "30", **cells}


def _contracts() -> list[Row]:
    return [
        _contract("C-START", "CL-START", signed_on="2026-10-01", credit_approved_on="2026-10-02", confirmed_on="2026-10-05",
                  starts_on="2026-10-23"),
        _contract("C-ALFA", "PA-ONE"),
        _contract("C-BETA", "PA-ONE"),
        _contract("C-TLX", "CL-TLX", "telavox"),
        _contract("C-LUX", "CL-LUX"),
        _contract("C-WAIT", "CL-WAIT", signed_on="2026-09-20", credit_approved_on="2026-09-22", confirmed_on="", starts_on="2026-10-01"),
        _contract("C-PORTAL", "CL-PORTAL", payment_days="14"),
        _contract("C-SIP", "CL-SIP"),
        _contract("C-PACK", "CL-PACK"),
    ]


def _line(line_id: str, contract_id: str, end_client_id: str, product: str, quantity: int, **cells: str) -> Row:
    row = {"line_id": line_id, "contract_id": contract_id, "end_client_id": end_client_id, "product": product, "quantity": str(quantity)}
    return {**row, "starts_on": "2026-01-01", "charged_through": "2026-10-31", **cells}


def _order_lines() -> list[Row]:
    new = {"starts_on": "2026-10-23", "charged_through": ""}
    return [
        _line("L-START-USER", "C-START", "CL-START", "bt-user", 2, **new),            # 9/31 of October and all of November
        _line("L-START-PHONE", "C-START", "CL-START", "bt-phone", 2, **new),          # once, by the orders run
        _line("L-ALFA-USER", "C-ALFA", "E-ALFA", "bt-user", 3),
        _line("L-ALFA-NUMBER", "C-ALFA", "E-ALFA", "bt-number", 2),                   # 3 counted: the count holds
        _line("L-BETA-USER", "C-BETA", "E-BETA", "bt-user", 10),
        _line("L-TLX-USER", "C-TLX", "CL-TLX", "tlx-user", 4, charged_through="2026-09-30"),
        _line("L-LUX-USER", "C-LUX", "CL-LUX", "bt-user", 1),
        _line("L-WAIT-USER", "C-WAIT", "CL-WAIT", "bt-user", 1, starts_on="2026-10-01", charged_through=""),
        _line("L-PORTAL-USER", "C-PORTAL", "CL-PORTAL", "bt-user", 2),
        _line("L-PORTAL-INT", "C-PORTAL", "CL-PORTAL", "bt-number-int", 1, min_months="12"),  # removed on 27 October: goes on (BT-2.i)
        _line("L-SIP-CHANNEL", "C-SIP", "CL-SIP", "sip-channel", 4),
        _line("L-PACK-USER", "C-PACK", "CL-PACK", "bt-user", 1),
        _line("L-PACK-USER-2", "C-PACK", "CL-PACK", "bt-user", 1),                    # shares the pool of the first
        _line("L-PACK-PACK", "C-PACK", "CL-PACK", "bt-pack", 1),                      # 10 minutes to Belgian fixed numbers
    ]


# ------------------------------------------------------------------------------------------------ what, and at which price
def _product(product: str, service: str, kind: str, timing: str, fr: str, nl: str, en: str) -> Row:
    return {"product": product, "service": service, "kind": kind, "timing": timing, "name_fr": fr, "name_nl": nl, "name_en": en,
            "revenue_account": "700100"}


def _products() -> list[Row]:
    bt, sip = "business_telephony", "sip_trunking"
    return [
        _product("bt-user", bt, "user", "advance", "Utilisateur", "Gebruiker", "User"),
        _product("bt-number", bt, "national_number", "advance", "Numéro national", "Nationaal nummer", "National number"),
        _product("bt-number-int", bt, "international_number", "advance", "Numéro international", "Internationaal nummer",
                 "International number"),
        _product("bt-pack", bt, "pack", "advance", "Pack fixe 10 minutes", "Pack vast 10 minuten", "Fixed pack 10 minutes"),
        _product("bt-phone", bt, "hardware", "at_order", "Téléphone", "Telefoontoestel", "Desk phone"),
        _product("sip-channel", sip, "channel", "advance", "Canal SIP", "SIP-kanaal", "SIP channel"),
        _product("tlx-user", "telavox", "user", "arrears", "Utilisateur mobile", "Mobiele gebruiker", "Mobile user"),
    ]


def _price(product: str, unit_price: str, valid_from: str = "2025-01-01", announced_on: str = "2024-11-01") -> Row:
    return {"product": product, "valid_from": valid_from, "unit_price": unit_price, "announced_on": announced_on}


def _prices() -> list[Row]:
    return [
        _price("bt-user", "31.00"), _price("bt-number", "1.00"), _price("bt-number-int", "5.00"), _price("bt-pack", "5.00"),
        _price("bt-phone", "89.00"), _price("sip-channel", "10.00"), _price("tlx-user", "20.00"),
        _price("tlx-user", "25.00", "2026-10-01", "2026-09-11"),  # 20 days ahead: applies from 11 October only (GC-5.6)
    ]


def _packs() -> list[Row]:
    return [{"product": "bt-pack", "valid_from": "2025-01-01", "destination_group": "belgium_fixed", "minutes": "10"}]


def _rate(
    deck: str, prefix: str, group: str, per_minute: str, setup: str = "0", increments: str = "", valid_from: str = "2025-01-01",
) -> Row:
    first, _, following = increments.partition("/")
    return {"deck": deck, "prefix": prefix, "destination": group.replace("_", " ").capitalize(), "destination_group": group,
            "valid_from": valid_from, "per_minute": per_minute, "setup": setup, "first_increment": first, "next_increment": following}


def _rates() -> list[Row]:
    rows = []
    increments = {"business_telephony": ("60/60", "", "60/60"), "sip_trunking": ("60/60", "1/1", "30/6"), "telavox": ("", "", "")}
    for deck, (fixed, mobile, america) in increments.items():
        rows += [
            _rate(deck, "32", "belgium_fixed", "0.06", increments=fixed),     # 0.001 a second
            _rate(deck, "324", "belgium_mobile", "0.12", increments=mobile),  # 0.002 a second
            _rate(deck, "3242", "belgium_fixed", "0.06", increments=fixed),   # Liège, inside the mobile prefix
            _rate(deck, "3243", "belgium_fixed", "0.06", increments=fixed),
            _rate(deck, "32800", "free_number", "0"),
            _rate(deck, "32900", "premium", "1.20", setup="0.50"),
            _rate(deck, "33", "eu_fixed", "0.09"),
            _rate(deck, "352", "eu_fixed", "0.09"),
            _rate(deck, "3526", "eu_mobile", "0.20"),
            _rate(deck, "44", "world_1", "0.30"),
            _rate(deck, "44", "world_1", "0.60", valid_from="2026-10-15"),    # doubles mid-month
            _rate(deck, "1", "world_1", "0.30", increments=america),
            _rate(deck, "s112", "emergency", "0"),
            _rate(deck, "s1207", "short_service", "0.60", setup="1.00"),
        ]
    return [*rows, _rate("telavox", "sms32", "sms_belgium", "0", setup="0.10")]


# ------------------------------------------------------------------------------------------------ what the platform shows
def _elements(line_id: str, kind: str, count: int) -> list[Row]:
    return [{"line_id": line_id, "element_id": f"{line_id}-{n}", "kind": kind, "label": f"{kind} {n}"} for n in range(1, count + 1)]


def _inventory() -> dict[str, list[Row]]:
    """The 28th is the one to freeze; on the 26th E-BETA still had 10 users and CL-PORTAL its international number."""
    counted = [
        *_elements("L-START-USER", "user", 2), *_elements("L-ALFA-USER", "user", 3), *_elements("L-ALFA-NUMBER", "national_number", 3),
        *_elements("L-TLX-USER", "user", 4), *_elements("L-LUX-USER", "user", 1), *_elements("L-WAIT-USER", "user", 1),
        *_elements("L-PORTAL-USER", "user", 2), *_elements("L-SIP-CHANNEL", "channel", 4), *_elements("L-PACK-USER", "user", 1),
        *_elements("L-PACK-USER-2", "user", 1),
    ]
    before = [*counted, *_elements("L-BETA-USER", "user", 10), *_elements("L-PORTAL-INT", "international_number", 1)]
    after = [*counted, *_elements("L-BETA-USER", "user", 8)]
    return {"2026-10-26": before, "2026-10-27": after, "2026-10-28": after, "2026-10-29": [*after, *_elements("L-LUX-USER", "user", 2)[1:]]}


# ------------------------------------------------------------------------------------------------ calls
# id, line, start (UTC), callee, seconds, what the close of October makes of it: status, seconds in the pack, the other seconds, cents.
# Clocks go back on 25 October: the cut-off of the 28th, 00:00 in Brussels, is 23:00 UTC on the 27th.
_CALLS: tuple[tuple[str, str, str, str, int, tuple[str, int, int, int] | None], ...] = (
    ("U-START-01", "L-START-USER", "2026-10-24T09:00:00Z", "+3223456789", 60, ("charged", 0, 60, 6)),
    ("U-START-02", "L-START-USER", "2026-10-24T09:05:00Z", "+3223456789", 61, ("charged", 0, 61, 7)),      # 6.1 cents: up, no increment
    ("U-START-03", "L-START-USER", "2026-10-24T09:10:00Z", "+32475123456", 1, ("charged", 0, 1, 1)),       # 0.2 cent: up
    ("U-START-04", "L-START-USER", "2026-10-24T09:15:00Z", "112", 30, ("free", 0, 30, 0)),                 # emergency
    ("U-START-05", "L-START-USER", "2026-10-24T09:20:00Z", "+3280012345", 300, ("free", 0, 300, 0)),       # 0800
    ("U-START-06", "L-START-USER", "2026-10-24T09:25:00Z", "+3223456789", 0, ("free", 0, 0, 0)),           # not answered
    ("U-START-07", "L-START-USER", "2026-10-25T00:30:00Z", "+3242223344", 600, ("charged", 0, 600, 60)),   # 02:30, the first of two
    ("U-START-08", "L-START-USER", "2026-10-25T01:30:00Z", "+3242223344", 600, ("charged", 0, 600, 60)),   # 02:30, the second
    ("U-START-09", "L-START-USER", "2026-10-27T22:59:59Z", "+3223456789", 60, ("charged", 0, 60, 6)),      # last second before the cut-off
    ("U-START-10", "L-START-USER", "2026-10-27T23:00:00Z", "+3223456789", 60, None),                       # for the next close
    ("U-START-11", "L-START-USER", "2026-10-29T09:00:00Z", "+3223456789", 60, None),
    ("U-ALFA-01", "L-ALFA-USER", "2026-10-02T08:00:00Z", "+32475123456", 120, ("charged", 0, 120, 24)),
    ("U-ALFA-02", "L-ALFA-USER", "2026-10-02T09:00:00Z", "+33123456789", 60, ("charged", 0, 60, 9)),
    ("U-ALFA-03", "L-ALFA-USER", "2026-10-03T09:00:00Z", "+33123456789", 1, ("charged", 0, 1, 1)),         # 0.15 cent: up
    ("U-BETA-01", "L-BETA-USER", "2026-10-05T07:00:00Z", "+3281234567", 30, ("charged", 0, 30, 3)),
    ("U-BETA-02", "L-BETA-USER", "2026-10-05T07:10:00Z", "+12025550123", 60, ("charged", 0, 60, 30)),
    ("U-BETA-03", "L-BETA-USER", "2026-10-05T07:20:00Z", "+3290012345", 60, ("charged", 0, 60, 170)),      # 0.50 setup and 1.20 a minute
    ("U-BETA-04", "L-BETA-USER", "2026-10-05T07:30:00Z", "1207", 60, ("charged", 0, 60, 160)),             # short code
    ("U-TLX-01", "L-TLX-USER", "2026-10-06T10:00:00Z", "+3223456789", 60, ("charged", 0, 60, 6)),
    ("U-TLX-02", "L-TLX-USER", "2026-10-06T10:05:00Z", "+32475123456", 30, ("charged", 0, 30, 6)),
    ("U-LUX-01", "L-LUX-USER", "2026-10-07T08:00:00Z", "+352621123456", 60, ("charged", 0, 60, 20)),
    ("U-LUX-02", "L-LUX-USER", "2026-10-07T08:10:00Z", "+35227123456", 60, ("charged", 0, 60, 9)),
    ("U-WAIT-01", "L-WAIT-USER", "2026-10-08T08:00:00Z", "+3223456789", 60, ("held", 0, 60, 0)),
    ("U-WAIT-02", "L-WAIT-USER", "2026-10-09T08:00:00Z", "+32475123456", 60, ("held", 0, 60, 0)),
    ("U-SIP-01", "L-SIP-CHANNEL", "2026-10-12T08:00:00Z", "+3223456789", 61, ("charged", 0, 61, 12)),      # 60/60: two minutes
    ("U-SIP-02", "L-SIP-CHANNEL", "2026-10-12T08:10:00Z", "+3223456789", 1, ("charged", 0, 1, 6)),         # 60/60: one minute
    ("U-SIP-03", "L-SIP-CHANNEL", "2026-10-12T08:20:00Z", "+32475123456", 61, ("charged", 0, 61, 13)),     # 1/1: 12.2 cents, up
    ("U-SIP-04", "L-SIP-CHANNEL", "2026-10-12T08:30:00Z", "+12025550123", 31, ("charged", 0, 31, 18)),     # 30/6: 36 seconds
    ("U-SIP-05", "L-SIP-CHANNEL", "2026-10-14T21:59:00Z", "+442079460000", 60, ("charged", 0, 60, 30)),    # 23:59 on the 14th in Brussels
    ("U-SIP-06", "L-SIP-CHANNEL", "2026-10-14T22:00:00Z", "+442079460000", 60, ("charged", 0, 60, 60)),    # 00:00 on the 15th: new price
    ("U-PACK-01", "L-PACK-USER", "2026-10-10T08:00:00Z", "+3223456789", 400, ("in_pack", 400, 0, 0)),
    ("U-PACK-02", "L-PACK-USER-2", "2026-10-11T08:00:00Z", "+3223456789", 300, ("charged", 200, 100, 10)),  # split by the end of the pack
    ("U-PACK-03", "L-PACK-USER", "2026-10-12T08:00:00Z", "+3223456789", 60, ("charged", 0, 60, 6)),
    ("U-PACK-04", "L-PACK-USER", "2026-10-09T08:00:00Z", "+32475123456", 60, ("charged", 0, 60, 12)),      # the pack is for fixed numbers
)
EXPECTED_CALLS = {call[0]: call[5] for call in _CALLS if call[5] is not None}
PENDING_CALLS = tuple(call[0] for call in _CALLS if call[5] is None)  # started after the cut-off: the next close charges them

# Net of each invoice of the close of 2026-10 on the 28th.
EXPECTED_NET = {
    "CL-START": "81.40",   # 18.00 for 9/31 of October, 62.00 for November, calls 0.06 + 0.07 + 0.01 + 0.60 + 0.60 + 0.06
    "PA-ONE": "378.97",    # ALFA 93.00 + 3.00 + 0.34; BETA 9 users 279.00 + 0.03 + 0.30 + 1.70 + 1.60
    "CL-TLX": "80.22",     # October, 4 × 20.00 (the new price came too late), calls 0.12, one SMS 0.10
    "CL-LUX": "31.29",     # 31.00 and 0.29; no VAT (reverse charge)
    "CL-PORTAL": "67.00",  # 62.00 and 5.00 for the number removed before its 12 months
    "CL-SIP": "41.39",     # 40.00 and 1.39
    "CL-PACK": "67.28",    # 62.00 + 5.00 and 0.28 beyond the pack
}
EXPECTED_ORDERS_NET = {"CL-START": "178.00"}  # two phones on 23 October


def usage_row(usage_id: str, line_id: str, started_at: str, callee: str, seconds: int, **cells: str) -> Row:
    """One outgoing voice record; other cells by name."""
    return {"usage_id": usage_id, "line_id": line_id, "kind": "voice", "direction": "out", "caller": "+3226000000", "callee": callee,
            "started_at": started_at, "quantity": str(seconds), **cells}


def _usage() -> list[Row]:
    rows = [usage_row(*call[:5]) for call in _CALLS]
    rows.append(usage_row("U-TLX-03", "L-TLX-USER", "2026-10-06T10:10:00Z", "+32475123456", 1, kind="sms"))  # 0.10
    incoming = [("U-PORTAL-01", "L-PORTAL-USER", "2026-10-13T08:00:00Z"), ("U-PORTAL-02", "L-PORTAL-USER", "2026-10-20T08:00:00Z"),
                ("U-PACK-05", "L-PACK-USER", "2026-10-10T07:00:00Z"), ("U-SIP-07", "L-SIP-CHANNEL", "2026-10-20T09:00:00Z")]
    # Incoming calls cost nothing and draw on no pack.
    rows += [usage_row(*record, "+3226000000", 500, direction="in", caller="+3223456789") for record in incoming]
    return rows
