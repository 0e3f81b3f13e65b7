"""A close of October 2026 whose invoices are issued, written straight into a database: a partner with two clients, and a direct client with calls.

ALFA and BETA (behind PARTNER, in Dutch) have users; SOLO (in French) has users and calls, of which those to free, emergency and help
numbers must never be seen.
"""

from datetime import date

from sqlalchemy import Connection, Engine, text

from billing.period import Period
from tasks.ledger import Run

PARTIES = [("PARTNER", "partner", "Telecom Partners BV", "nl"), ("ALFA", "client", "Alfa & Zonen", "nl"), ("BETA", "client", "Bèta NV", "nl"),
           ("SOLO", "client", "Boulangerie Solo", "fr")]
LINES = [("L-ALFA", "C-1", "ALFA", 5), ("L-BETA", "C-1", "BETA", 10), ("L-SOLO", "C-2", "SOLO", 9)]
# started_at UTC, callee key, destination, group, seconds, in pack, cents, status; on the line of SOLO
CALLS = [
    ("2026-10-02 08:00:01", 32475111222, "Belgique – mobile", "belgium_mobile", 60, 60, 0, 2),
    ("2026-10-03 09:00:02", 32475111333, "Belgique – mobile", "belgium_mobile", 125, 0, 12, 1),
    ("2026-10-04 10:00:03", 33140000444, "France – fixe", "europe_fixed", 90, 0, 30, 1),
    ("2026-10-05 11:00:04", 3280012345, "Gratuit", "belgium_free", 30, 0, 0, 1),
    ("2026-10-06 12:00:05", -112, "Urgence", "emergency", 30, 0, 0, 3),
    ("2026-10-07 13:00:06", -107, "Aide", "belgium_help", 30, 0, 5, 1),
    ("2026-10-08 14:00:07", 32475111555, "Retenu", "belgium_mobile", 30, 0, 0, 4),
]
HASH = "ab" * 32


def fill(engine: Engine) -> Run:
    """Write it all, issued; returns the run."""
    with engine.begin() as conn:
        _reference(conn)
        run_id = _run(conn)
        _charges(conn, run_id)
        _usage(conn, run_id)
        _invoice(conn, run_id, "PARTNER", 1, [("C-1", "ALFA", "L-ALFA", "50.00", ""), ("C-1", "BETA", "L-BETA", "100.00", "")])
        _invoice(conn, run_id, "SOLO", 2, [("C-2", "SOLO", "L-SOLO", "90.00", "minimum_users counted=2 charged=9 clause=BT-2.h")], usage="0.47")
        _issue(conn)
    return Run(run_id, "close", Period.month("2026-10"), date(2026, 10, 28), 1)


def _reference(conn: Connection) -> None:
    conn.execute(text("insert into import_run (feed) values ('test')"))
    for party, role, name, language in PARTIES:
        conn.execute(text(
            "insert into party (party_id, version, valid_import, role, name, language, delivery, street, postal_code, city, country, vat_number)"
            " values (:id, 1, 1, :role, :name, :language, 'email', 'Rue 1', '1000', 'Bruxelles', 'BE', 'BE0987654394')"
        ), {"id": party, "role": role, "name": name, "language": language})
    for contract, payer in (("C-1", "PARTNER"), ("C-2", "SOLO")):
        conn.execute(text(
            "insert into contract (contract_id, version, valid_import, payer_id, terms) values (:id, 1, 1, :payer, 'allocloud')"
        ), {"id": contract, "payer": payer})
    conn.execute(text(
        "insert into product (product, version, valid_import, service, kind, timing, name_fr, name_nl, name_en)"
        " values ('user', 1, 1, 'business_telephony', 'user', 'advance', 'Utilisateur', 'Gebruiker', 'User')"
    ))
    for line, contract, client, quantity in LINES:
        conn.execute(text("insert into line (line_id) values (:line)"), {"line": line})
        conn.execute(text(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)"
            " select line_id, line_no, 1, 1, :contract, :client, 'user', :quantity, '2026-01-01' from line where line_id = :line"
        ), {"line": line, "contract": contract, "client": client, "quantity": quantity})


def _run(conn: Connection) -> int:
    for day, elements in (("2026-09-27", 1), ("2026-10-27", 2)):
        conn.execute(text("insert into inventory_snapshot values (:day, 6, :hash, 1)"), {"day": day, "hash": HASH})
        conn.execute(text(
            "insert into inventory_element select :day, line_no, 'E' || n, 'user', 'user' || n || '@' || line_id from line, generate_series(1, :n) as n"
        ), {"day": day, "n": elements})
    return int(conn.execute(text(
        "insert into run (kind, period, run_on, snapshot_on) values ('close', '2026-10-01', '2026-10-28', '2026-10-27') returning run_id"
    )).scalar_one())


def _charges(conn: Connection, run_id: int) -> None:
    for line, _, _, quantity in LINES:
        rule, clause = ("minimum_users", "BT-2.h") if line == "L-SOLO" else ("counted", "BT-2.f")
        conn.execute(text(
            "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, counted, ordered)"
            " select :run, line_no, '[2026-11-01,2026-12-01)', 'recurring', :quantity, 10, :quantity * 10, 'BT-2.b', :rule, :clause, 2, 10"
            " from line where line_id = :line"
        ), {"run": run_id, "line": line, "quantity": quantity, "rule": rule, "clause": clause})


def _usage(conn: Connection, run_id: int) -> None:
    conn.execute(text(f"create table rated_usage_{run_id} partition of rated_usage for values in ({run_id})"))
    for number, (at, key, destination, group, seconds, in_pack, cents, status) in enumerate(CALLS, start=1):
        rate_no = conn.execute(text(
            "insert into rate (deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro, setup_micro)"
            " values ('business_telephony', :prefix, '2026-01-01', 1, 1, :destination, :group, 50000, 0) returning rate_no"
        ), {"prefix": str(number), "destination": destination, "group": group}).scalar_one()
        conn.execute(text(
            "insert into rated_usage (run_id, usage_no, line_no, started_at, kind, rate_no, in_pack, charged, price_cents, status, reason, callee_key)"
            " values (:run, :no, 3, cast(:at as timestamptz), 1, :rate, :in_pack, :charged, :cents, :status, 0, :key)"
        ), {"run": run_id, "no": number, "key": key, "at": at + "+00", "rate": rate_no, "in_pack": in_pack, "charged": seconds - in_pack,
            "cents": cents, "status": status})


def _invoice(conn: Connection, run_id: int, payer: str, seq: int, lines: list[tuple[str, str, str, str, str]], usage: str = "") -> None:
    invoice_id = conn.execute(text(
        "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross)"
        " values (:run, 'invoice', :payer, 1, 30, 0, 0, 0) returning invoice_id"
    ), {"run": run_id, "payer": payer}).scalar_one()
    insert = text(
        "insert into invoice_line values (:invoice, :seq, :contract, :client, :line, :product, :description, :charge, :from_day, :to_day,"
        " :quantity, :price, :net, 'S', 21, :clause, :note)"
    )
    for number, (contract, client, line, net, note) in enumerate(lines, start=1):
        conn.execute(insert, {
            "invoice": invoice_id, "seq": number, "contract": contract, "client": client, "line": line, "product": "user",
            "description": "Utilisateur" if payer == "SOLO" else "Gebruiker", "charge": "recurring", "from_day": "2026-11-01",
            "to_day": "2026-11-30", "quantity": 9, "price": 10, "net": net, "clause": "BT-2.b", "note": note,
        })
    if usage:
        conn.execute(insert, {
            "invoice": invoice_id, "seq": len(lines) + 1, "contract": "C-2", "client": "SOLO", "line": "L-SOLO", "product": "belgium_mobile",
            "description": "belgium_mobile", "charge": "usage", "from_day": "2026-10-03", "to_day": "2026-10-07", "quantity": 3,
            "price": None, "net": usage, "clause": "BT-2.c", "note": "usage seconds=245 in_pack=60",
        })
    conn.execute(text(
        "insert into invoice_vat select invoice_id, 'S', 21, sum(net), round(sum(net) * 0.21, 2) from invoice_line"
        " where invoice_id = :invoice group by invoice_id"
    ), {"invoice": invoice_id})
    conn.execute(text(
        "update invoice set net = v.base, vat = v.vat, gross = v.base + v.vat from invoice_vat as v"
        " where invoice.invoice_id = v.invoice_id and invoice.invoice_id = :invoice"
    ), {"invoice": invoice_id})


def _issue(conn: Connection) -> None:
    conn.execute(text("insert into number_series values ('invoice-2026', 2)"))
    conn.execute(text(
        "update invoice set series = 'invoice-2026', seq = invoice_id, number = '2026-00000' || invoice_id, issued_on = '2026-10-28',"
        " due_on = '2026-11-27', structured_reference = '00000000000' || invoice_id"
    ))
