"""A small world of rating written into a real database, and its rated usage read back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine, text

from billing.packs import PackLine
from billing.period import Period
from billing.rating import Status
from billing.tariff import Rate
from tasks import ledger, rating
from tasks.ledger import Run, Step
from tasks.outside import Outside
from tests.rules.rating_cases import KINDS, World
from tests.rules.rating_oracle import Answer, Call, OrderLine

RATING = Step("rating", rating.stage, accept=rating.accept)


@dataclass(frozen=True)
class Stored:
    """A small operator in a database, and what is done with it."""

    outside: Outside

    @property
    def engine(self) -> Engine:
        return self.outside.engine

    def fill(self, world: World) -> None:
        with self.engine.begin() as conn:
            conn.execute(text("insert into import_run (feed) values ('test')"))
            for line in world.lines:
                _add_line(conn, line)
            for pack in world.packs:
                _add_pack_line(conn, pack)
            for number, (product, day, group, minutes, data_mb) in enumerate(
                (c.product, c.valid_from, c.destination_group, c.minutes, c.data_mb) for c in world.contents
            ):
                conn.execute(
                    text("insert into pack values (:product, :day, :group, :version, 1, null, :minutes, :mb)"),
                    {"product": product, "day": day, "group": group, "version": number, "minutes": minutes, "mb": data_mb},
                )
            for rate in world.rates:
                _add_rate(conn, rate)

    def add_calls(self, calls: Iterable[Call]) -> None:
        rows = [
            {
                "no": call.usage_no,
                "id": call.usage_id,
                "line": call.line_no,
                "kind": int(KINDS[call.kind]),
                "out": call.outgoing,
                "callee": call.callee,
                "key": -int(call.callee[1:]) if call.callee.startswith("s") else int(call.callee or 0),
                "at": call.started,
                "quantity": call.quantity,
                "caller": call.caller,
                "visited": call.visited,
            }
            for call in calls
        ]
        with self.engine.begin() as conn:
            conn.execute(
                text(
                    "insert into usage_record (usage_no, usage_id, line_no, kind, outgoing, caller, callee, callee_key, started_at,"
                    " quantity, visited_country, import_no)"
                    " overriding system value values (:no, :id, :line, :kind, :out, :caller, :callee, :key, :at, :quantity, :visited, 1)"
                ),
                rows,
            )

    def open(self, month: str, on: date) -> Run:
        return ledger.open_close(self.engine, Period.month(month), on)

    def close(self, month: str, on: date) -> dict[int, Answer]:
        """Rate and accept a close; what it stored."""
        run = self.open(month, on)
        ledger.run_step(self.outside, run, RATING, lambda *_: None)
        return self.rated(run)

    def rated(self, run: Run) -> dict[int, Answer]:
        with self.engine.connect() as conn:
            rows = conn.execute(text("select * from rated_usage where run_id = :run_id"), {"run_id": run.run_id}).mappings().all()
        answers = {
            row["usage_no"]: Answer(
                row["rate_no"],
                row["in_pack"],
                row["charged"],
                Decimal(row["price_cents"]) / 100,
                Status(row["status"]).name.lower(),
                row["beyond"],
            )
            for row in rows
        }
        assert len(answers) == len(rows)
        return answers

    def pending(self, run: Run) -> set[int]:
        with self.engine.connect() as conn:
            return set(conn.execute(text("select usage_no from usage_pending where run_id = :run_id"), {"run_id": run.run_id}).scalars())

    def used(self, run: Run) -> dict[tuple[str, str, str, date], tuple[int, int]]:
        with self.engine.connect() as conn:
            rows = conn.execute(text("select * from pool_use where run_id = :run_id"), {"run_id": run.run_id}).mappings().all()
        return {
            (row["contract_id"], row["end_client_id"], row["destination_group"], row["month"]): (row["used"], row["allowance"])
            for row in rows
        }


def _add_line(conn: Connection, line: OrderLine) -> None:
    _add_contract(conn, line.contract, line.in_force)
    _add_product(conn, line.deck, line.deck, "user")
    _add_order_line(conn, line.line_no, line.contract, line.client, line.deck, 1, line.starts_on, line.ends_on, None)


def _add_pack_line(conn: Connection, pack: PackLine) -> None:
    _add_contract(conn, pack.contract_id, True)
    _add_product(conn, pack.product, "business_telephony", "pack")
    _add_order_line(
        conn,
        pack.line_no,
        pack.contract_id,
        pack.end_client_id,
        pack.product,
        pack.quantity,
        pack.starts_on,
        pack.ends_on,
        pack.charged_through,
    )


def _add_contract(conn: Connection, contract: str, in_force: bool) -> None:
    conn.execute(
        text(
            "insert into contract (contract_id, version, valid_import, payer_id, terms, signed_on, credit_approved_on, confirmed_on)"
            " values (:contract, 1, 1, 'PAYER', 'allocloud', '2025-01-01', '2025-01-01', :confirmed) on conflict do nothing"
        ),
        {"contract": contract, "confirmed": date(2025, 1, 1) if in_force else None},
    )


def _add_product(conn: Connection, product: str, service: str, kind: str) -> None:
    conn.execute(
        text("insert into product values (:product, 1, 1, null, :service, :kind, 'advance', '', '', '', '') on conflict do nothing"),
        {"product": product, "service": service, "kind": kind},
    )


def _add_order_line(
    conn: Connection,
    line_no: int,
    contract: str,
    client: str,
    product: str,
    quantity: int,
    first: date,
    last: date | None,
    through: date | None,
) -> None:
    conn.execute(text("insert into line overriding system value values (:no, :id)"), {"no": line_no, "id": f"L{line_no}"})
    conn.execute(
        text(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity,"
            " starts_on, ends_on, charged_through)"
            " values (:id, :no, 1, 1, :contract, :client, :product, :quantity, :first, :last, :through)"
        ),
        {
            "id": f"L{line_no}",
            "no": line_no,
            "contract": contract,
            "client": client,
            "product": product,
            "quantity": quantity,
            "first": first,
            "last": last,
            "through": through,
        },
    )


def _add_rate(conn: Connection, rate: Rate) -> None:
    conn.execute(
        text(
            "insert into rate (rate_no, deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro,"
            " setup_micro, first_increment, next_increment) overriding system value"
            " values (:no, :deck, :prefix, :day, 1, 1, :destination, :group, :per_minute, :setup, :first, :next)"
        ),
        {
            "no": rate.rate_no,
            "deck": rate.deck,
            "prefix": rate.prefix,
            "day": rate.valid_from,
            "destination": rate.destination,
            "group": rate.destination_group,
            "per_minute": rate.per_minute_micro,
            "setup": rate.setup_micro,
            "first": rate.first_increment,
            "next": rate.next_increment,
        },
    )
