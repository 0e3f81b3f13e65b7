"""Every figure of a close report computed again the plain way, from the files of the month, the feed and the ledger's rows.

Nothing of the product is imported. What is read of the ledger are rows of money (invoices, payments), of deliveries, of findings and of
what the steps said; all sums are made here.
"""

import csv
import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from sqlalchemy import Engine, text

Row = Mapping[str, str]
D = Decimal
NIL = D("0.00")
RECURRING = {"recurring", "pro_rata"}
KINDS = {"recurring": "Recurring", "pro_rata": "Recurring", "balance": "Recurring", "one_off": "One-off", "usage": "Usage",
         "refund": "Given back", "credit": "SLA credits"}  # fmt: skip
WORDS = {"charged": "Charged", "in_pack": "In the pack", "free": "Free", "held": "Held", "unrated": "Unrated"}


def euro(amount: Decimal) -> str:
    """12 345.67, −3.00, with plain blanks and a plain minus."""
    return f"{amount:,.2f}".replace(",", " ")


def change(amount: Decimal) -> str:
    """+12.00, −3.00, 0.00."""
    return f"{amount:+,.2f}".replace(",", " ") if amount else "0.00"


def whole(number: int) -> str:
    """12 345."""
    return f"{number:,}".replace(",", " ")


def tenths(amount: Fraction) -> str:
    """12 345.6, half to even as Python rounds decimals."""
    return f"{(D(amount.numerator) / D(amount.denominator)).quantize(D('0.1')):,.1f}".replace(",", " ")


def bytes_of(count: int) -> str:
    """512 B, 85.9 kB, 12.3 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB" if count >= 1e3 else f"{count} B"


def half_up(amount: Fraction) -> Decimal:
    """To the cent, half away from zero."""
    return (D(amount.numerator) / D(amount.denominator)).quantize(D("0.01"), ROUND_HALF_UP)


def table(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Month:
    """The close of a month as its files tell it: of `invoices.csv` what bears the date of the close."""

    out: Path
    on: date

    @cached_property
    def every_invoice(self) -> list[Row]:
        """All documents of the month."""
        return table(self.out / f"{self.on:%Y-%m}" / "invoices.csv")

    @cached_property
    def invoices(self) -> list[Row]:
        """Those of the close."""
        return [row for row in self.every_invoice if row["issued_on"] == f"{self.on}"]

    @cached_property
    def lines(self) -> list[dict[str, str]]:
        """The lines of the documents of the close, each with its payer."""
        payers = {row["invoice_number"]: row["payer_id"] for row in self.invoices}
        rows = table(self.out / f"{self.on:%Y-%m}" / "invoice_lines.csv")
        return [{**row, "payer_id": payers[row["invoice_number"]]} for row in rows if row["invoice_number"] in payers]

    def net_by(self, key: Callable[[Row], str]) -> dict[str, Decimal]:
        """The net of the lines by something of them."""
        sums: dict[str, Decimal] = defaultdict(lambda: NIL)
        for line in self.lines:
            sums[key(line)] += D(line["net"])
        return sums

    def total(self, column: str) -> Decimal:
        """A column of the documents, summed up."""
        return sum((D(row[column]) for row in self.invoices), NIL)


@dataclass(frozen=True)
class PlainReport:
    """A month, the one before it, and where everything else lies."""

    out: Path
    feed: Path
    engine: Engine
    on: date
    before_on: date

    @cached_property
    def now(self) -> Month:
        """The month reported."""
        return Month(self.out, self.on)

    @cached_property
    def before(self) -> Month:
        """The month it is compared with."""
        return Month(self.out, self.before_on)

    @cached_property
    def folder(self) -> Path:
        """Where the files of the month lie."""
        return self.out / f"{self.on:%Y-%m}"

    def rows(self, statement: str) -> list[Any]:
        """Rows of the ledger."""
        with self.engine.connect() as conn:
            return list(conn.execute(text(statement)))

    @cached_property
    def run_id(self) -> int:
        """The run of the close."""
        return int(self.rows(f"select run_id from run where kind = 'close' and run_on = '{self.on}'")[0][0])

    def figures(self) -> dict[str, str]:
        """Every figure by its name, but those of the reconciliation, which `reconciled` has by their words."""
        parts = (
            self.totals, self.reasons, self.services, self.charges, self.partners, self.traffic, self.changes, self.parked, self.delivery,
            self.gates, self.receivables, self.dunning, self.documents, self.files,
        )  # fmt: skip
        return {name: shown for part in parts for name, shown in part().items()}

    def totals(self) -> dict[str, str]:
        """Net, VAT, gross, documents, and the orders of the month."""
        found: dict[str, str] = {}
        for key in ("net", "vat", "gross"):
            now, before = self.now.total(key), self.before.total(key)
            found |= {
                f"totals.{key}.now": euro(now),
                f"totals.{key}.before": euro(before),
                f"totals.{key}.change": change(now - before),
                f"totals.{key}.share": f"{(now - before) / before * 100:+,.1f} %",
            }
        found |= {f"bar.{key}": found[f"totals.{key}.now"] for key in ("net", "gross")} | {"bar.change": found["totals.net.change"]}
        notes = [row for row in self.now.invoices if row["kind"] == "credit_note"]
        orders = [row for row in self.now.every_invoice if row["issued_on"] == f"{self.on:%Y-%m}-12" and row["kind"] == "invoice"]
        return found | {
            "totals.documents.now": whole(len(self.now.invoices)),
            "totals.documents.before": whole(len(self.before.invoices)),
            "totals.invoices.now": whole(len(self.now.invoices) - len(notes)),
            "totals.payers.now": whole(len({row["payer_id"] for row in self.now.invoices})),
            **({"totals.credit_notes.now": whole(len(notes))} if notes else {}),
            "orders.invoices": whole(len(orders)),
            "orders.net": euro(sum((D(row["net"]) for row in orders), NIL)),
        }

    def reasons(self) -> dict[str, str]:
        """Price, quantity, traffic, new, lost and one-off, payer by payer, by the definitions of decision 9."""
        causes: dict[str, Decimal] = dict.fromkeys(("price", "quantity", "traffic", "new", "lost", "one_off"), NIL)
        was, is_now = self._by_payer(self.before), self._by_payer(self.now)
        for payer_id in was.keys() | is_now.keys():
            before, now = was.get(payer_id, []), is_now.get(payer_id, [])
            net = _net(now) - _net(before)
            if not before or not now:
                causes["new" if now else "lost"] += net
                continue
            traffic = _net(line for line in now if line["charge"] == "usage") - _net(line for line in before if line["charge"] == "usage")
            recurring = _net(line for line in now if line["charge"] in RECURRING) - _net(
                line for line in before if line["charge"] in RECURRING
            )
            price = sum((_price_effect(before, now, line_id) for line_id in {(line["line_id"], line["product"]) for line in now}), NIL)
            causes["traffic"] += traffic
            causes["price"] += price
            causes["quantity"] += recurring - price
            causes["one_off"] += net - traffic - recurring
        found = {f"reasons.{name}": change(amount) for name, amount in causes.items()}
        return found | {"reasons.total": change(self.now.total("net") - self.before.total("net"))}

    def services(self) -> dict[str, str]:
        """By service: of the product the line was ordered as, or that the line names."""
        service = {row["product"]: row["service"] for row in table(self.feed / "products.csv")}
        product = {row["line_id"]: row["product"] for row in table(self.feed / "order_lines.csv")}

        def of(line: Row) -> str:
            return service.get(product.get(line["line_id"], line["product"]), "other")

        def part(line: Row) -> str:
            return "recurring" if line["charge"] in RECURRING else "usage" if line["charge"] == "usage" else "other"

        now, before = self.now.net_by(of), self.before.net_by(of)
        parts = self.now.net_by(lambda line: f"{of(line)}.{part(line)}")
        found: dict[str, str] = {}
        for name in now.keys() | before.keys():
            found |= {f"services.{name}.{each}": euro(parts.get(f"{name}.{each}", NIL)) for each in ("recurring", "usage", "other")}
        found |= {f"services.total.{each}": euro(self.now.net_by(part).get(each, NIL)) for each in ("recurring", "usage", "other")}
        return found | _beside("services", now, before)

    def charges(self) -> dict[str, str]:
        """By kind of charge."""
        counted = Counter(line["charge"] for line in self.now.lines)
        found = {f"charges.{charge}.lines": whole(count) for charge, count in counted.items()}
        found |= {f"charges.{charge}.net": euro(net) for charge, net in self.now.net_by(lambda line: line["charge"]).items()}
        return found | {"charges.total.lines": whole(len(self.now.lines)), "charges.total.net": euro(self.now.total("net"))}

    def partners(self) -> dict[str, str]:
        """By partner: itself, and the clients it brought that pay themselves."""
        parties = {row["party_id"]: row for row in table(self.feed / "parties.csv")}

        def of(row: Row) -> str:
            party = parties[row["payer_id"]]
            return party["party_id"] if party["role"] == "partner" else party["partner_id"] or "none"

        now, before = self.now.net_by(of), self.before.net_by(of)
        payers: dict[str, set[str]] = defaultdict(set)
        for row in self.now.invoices:
            payers[of(row)].add(row["payer_id"])
        found = {f"partners.{name}.payers": whole(len(payers[name])) for name in now.keys() | before.keys()}
        found["partners.total.payers"] = whole(len({row["payer_id"] for row in self.now.invoices}))
        return found | _beside("partners", now, before)

    def traffic(self) -> dict[str, str]:
        """By destination group: records and minutes of the rated usage, money of the lines. Data and messages are of the ledger's rows."""
        records: Counter[str] = Counter()
        seconds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in self.rated:
            if row["status"] in ("charged", "in_pack"):
                records[row["destination_group"]] += 1
                seconds[row["destination_group"]][0] += row["seconds_charged"] or 0
                seconds[row["destination_group"]][1] += row["seconds_in_pack"] or 0
        others = {
            (group, kind): (charged, in_pack)
            for group, kind, charged, in_pack in self.rows(
                "select destination_group, kind, sum(charged), sum(in_pack) from rated_usage join rate on rate.rate_no = "
                "case when beyond > 0 then beyond_rate_no else rated_usage.rate_no end "
                f"where run_id = {self.run_id} and status in (1, 2) and kind <> 1 group by 1, 2"
            )
        }
        usage = [month.net_by(lambda line: line["product"] if line["charge"] == "usage" else "") for month in (self.now, self.before)]
        now, before = ({group: net for group, net in one.items() if group} for one in usage)
        found: dict[str, str] = {}
        for group in records.keys() | now.keys() | before.keys():
            found[f"traffic.{group}.records"] = whole(records[group])
            kind = next((kind for name, kind in others if name == group), 1)
            amounts = seconds[group] if kind == 1 else others[group, kind]
            for name, amount in zip(("charged", "in_pack"), amounts, strict=True):
                shown = whole(int(amount)) if kind == 2 else tenths(Fraction(int(amount), 60 if kind == 1 else 1_000_000))
                found[f"traffic.{group}.{name}"] = shown
        found["traffic.total.records"] = whole(sum(records.values()))
        for group in (records.keys() | before.keys()) - now.keys():
            now[group] = NIL
        return found | _beside("traffic", now, before)

    def changes(self) -> dict[str, str]:
        """The twenty largest by payer."""
        now, before = (month.net_by(lambda line: line["payer_id"]) for month in (self.now, self.before))
        changed = {payer: now.get(payer, NIL) - before.get(payer, NIL) for payer in now.keys() | before.keys()}
        largest = sorted((payer for payer in changed if changed[payer]), key=lambda payer: (-abs(changed[payer]), payer))[:20]
        found: dict[str, str] = {}
        for payer in largest:
            found |= {
                f"changes.{payer}.before": euro(before.get(payer, NIL)),
                f"changes.{payer}.net": euro(now.get(payer, NIL)),
                f"changes.{payer}.change": change(changed[payer]),
            }
        return found

    def parked(self) -> dict[str, str]:
        """The one payer parked was left out with all that the steps charged and no line bills."""
        payers = [row[0] for row in self.rows(f"select payer_id from parked_payer where run_id = {self.run_id}")]
        assert len(payers) == 1
        return {f"parked.{payers[0]}": euro(self.left_out)}

    @cached_property
    def said(self) -> dict[str, Decimal]:
        """What the steps said they charged."""
        receipts = dict(self.rows(f"select step, receipt from run_step where run_id = {self.run_id}"))
        said = {"Recurring and one-off": D(receipts["recurring"]["net"]), "Usage": D(receipts["rating"]["net"])}
        return said | ({"Given back": -D(receipts["recurring"]["given back"])} if "given back" in receipts["recurring"] else {})

    @cached_property
    def left_out(self) -> Decimal:
        """What was charged and stands on no line; SLA credits were charged by no step."""
        return sum(self.said.values(), NIL) - sum((D(line["net"]) for line in self.now.lines if line["charge"] != "credit"), NIL)

    def delivery(self) -> dict[str, str]:
        """How the documents went out."""
        sent = Counter(
            (channel, state)
            for channel, state in self.rows(f"select channel, state from delivery where purpose = 'invoice' and run_id = {self.run_id}")
        )
        return {
            "delivery.mailed": whole(sent["email", "sent"]),
            "delivery.published": whole(sent["portal", "sent"]),
            "delivery.failed": whole(sent["email", "failed"] + sent["email", "pending"]),
        }

    def gates(self) -> dict[str, str]:
        """How many checks each gate made, and how many of them warned."""
        found: dict[str, list[bool]] = defaultdict(list)
        for gate, passed in self.rows(f"select gate, passed from gate_finding where run_id = {self.run_id}"):
            found[gate].append(passed)
        return {f"gates.{gate}": _state(len(passed), passed.count(False)) for gate, passed in found.items()}

    def receivables(self) -> dict[str, str]:
        """What was open at the end of the close date, by days past its due date, and what stood in the favour of payers."""
        paid: dict[int, Decimal] = defaultdict(lambda: NIL)
        for invoice_id, amount in self.rows(f"select invoice_id, amount from payment where paid_on <= '{self.on}'"):
            paid[invoice_id] += amount
        documents = self.rows(
            f"select invoice_id, payer_id, kind, credits_invoice_id, due_on, gross from invoice where issued_on <= '{self.on}'"
        )
        for _, _, kind, credits_id, _, gross in documents:
            if kind == "credit_note":
                paid[credits_id] -= gross
        open_now = [(payer, due, gross - paid[number]) for number, payer, kind, _, due, gross in documents if kind != "credit_note"]
        buckets = dict.fromkeys(("not_due", "1_30", "31_60", "61_90", "over_90"), NIL)
        for _, due, amount in open_now:
            if amount > 0:
                late = (self.on - due).days
                names = (("not_due", 0), ("1_30", 30), ("31_60", 60), ("61_90", 90))
                buckets[next((name for name, most in names if late <= most), "over_90")] += amount
        contested = D("12.00") if self.rows("select 1 from feed_record where table_name = 'disputes'") else NIL
        of_bucket = {name: contested if name == "1_30" else NIL for name in buckets} if self._contested_is_late() else {
            name: contested if name == "not_due" else NIL for name in buckets
        }  # fmt: skip
        total = sum(buckets.values(), NIL)
        on_account: dict[str, Decimal] = defaultdict(lambda: NIL)
        for payer, amount in self.rows(
            f"select payer_id, allocation.amount from allocation join bank_movement using (movement_no) where place = 'on_account' and booked_on <= '{self.on}'"
        ):
            on_account[payer] += amount
        in_favour = sum(on_account.values(), NIL) - sum((amount for _, _, amount in open_now if amount < 0), NIL)
        return {
            **{f"receivables.{name}.open": euro(amount) for name, amount in buckets.items()},
            **{f"receivables.{name}.contested": euro(amount) for name, amount in of_bucket.items()},
            "receivables.total.open": euro(total),
            "receivables.total.said": euro(total),
            "receivables.total.contested": euro(contested),
            "receivables.overdue": euro(total - buckets["not_due"]),
            "receivables.debtors": whole(len({payer for payer, _, amount in open_now if amount > 0})),
            "receivables.in_favour": euro(in_favour),
        }

    def _contested_is_late(self) -> bool:
        found = self.rows("select record ->> 'invoice_number' from feed_record where table_name = 'disputes' limit 1")
        due = self.rows(f"select due_on from invoice where number = '{found[0][0]}'")[0][0] if found else self.on
        return bool(due < self.on)

    def dunning(self) -> dict[str, str]:
        """The letters sent since the last close date."""
        sent: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
        for level, payer, amount, state, day in self.rows(
            "select level, dunning_notice.payer_id, open_amount, state, noticed_on from dunning_notice join delivery using (delivery_id)"
        ):
            if state == "sent" and self.before_on < day <= self.on:
                sent[level].append((payer, amount))
        found: dict[str, str] = {}
        for level, letters in sent.items():
            found |= {
                f"dunning.{level}.letters": whole(len(letters)),
                f"dunning.{level}.payers": whole(len({payer for payer, _ in letters})),
                f"dunning.{level}.about": euro(sum((amount for _, amount in letters), NIL)),
            }
        return found

    def documents(self) -> dict[str, str]:
        """Each document, and all together."""
        found: dict[str, str] = {}
        for row in self.now.invoices:
            name = f"documents.{row['invoice_number']}"
            found |= {f"{name}.{each}": euro(D(row[each])) for each in ("net", "vat", "gross")} | {f"{name}.due": row["due_on"]}
        return found | {f"documents.total.{each}": euro(self.now.total(each)) for each in ("net", "vat", "gross")}

    def files(self) -> dict[str, str]:
        """The files of the month as they lie there, and the documents by kind."""
        found = {"inventory.elements": whole(len(self.inventory))}
        ours = ("close_report.html", "close_report.xlsx", "gates.html")
        listed = [path for path in self.folder.iterdir() if path.is_file() and path.name not in ours]
        for path in [*listed, *self.folder.glob("rated_usage/*"), *self.folder.glob("books/*")]:
            name, content = path.relative_to(self.folder).as_posix(), path.read_bytes()
            found |= {f"files.{name}.size": bytes_of(len(content)), f"files.{name}.sha256": hashlib.sha256(content).hexdigest()}
        numbers = {row["invoice_number"] for row in self.now.invoices}
        drawn = {
            "invoice": [path for path in self.folder.glob("invoices/*.pdf") if path.stem in numbers],
            "e_invoice": [path for path in self.folder.glob("invoices/*.xml") if path.stem in numbers],
            "summary": [*self.folder.glob("summaries/*.pdf")],
        }
        for kind, paths in drawn.items():
            found |= {f"drawn.{kind}.files": whole(len(paths)), f"drawn.{kind}.size": bytes_of(sum(path.stat().st_size for path in paths))}
        return found

    @cached_property
    def inventory(self) -> list[Row]:
        """The elements of the day of the close."""
        return table(self.feed / "inventory" / f"{self.on}.csv")

    @cached_property
    def rated(self) -> list[Any]:
        """The rated usage of the month."""
        rows: list[Any] = parquet.read_table(self.folder / "rated_usage" / "rated_usage.parquet").to_pylist()
        return rows

    def reconciled(self) -> dict[tuple[str, str], str]:
        """The figures of the reconciliation by the words of their table and of their row."""
        return {**self._records(), **self._elements(), **self._euros()}

    def _records(self) -> dict[tuple[str, str], str]:
        files = "Rows of usage files read since the last close"
        days = [self.before_on + timedelta(days) for days in range(1, (self.on - self.before_on).days + 1)]
        read = [row for day in days for row in _usage_of(self.feed, day)]
        before = {
            row["usage_id"]
            for path in (self.feed / "usage").iterdir()
            if _day_of(path) <= self.before_on
            for row in _usage_of(self.feed, _day_of(path))
        }
        rejected = {
            (row["path"], row["line"]) for row in table(self.folder / "rejects.csv")
            if row["path"].startswith("usage/") and self.before_on < _day_of(Path(row["path"])) <= self.on
        }  # fmt: skip
        new = {row["usage_id"] for row in read} - before
        found = {
            (files, "Read"): whole(len(read)),
            (files, "Imported"): whole(len(new) - self._rejected_ids(read, rejected, days)),
            (files, "Rejected"): whole(len(rejected)),
            (files, "Difference"): "0",
        }
        imported = len(new) - self._rejected_ids(read, rejected, days)
        found[files, "Known already"] = whole(len(read) - imported - len(rejected))
        return found | self._settled(imported)

    def _rejected_ids(self, read: list[Row], rejected: Iterable[tuple[str, str]], days: Iterable[date]) -> int:
        """Of the new ids, those that stand on rejected rows alone."""
        del read
        bad: set[str] = set()
        good: set[str] = set()
        refused = set(rejected)
        for day in days:
            for number, row in enumerate(_usage_of(self.feed, day), start=2):
                (bad if (f"usage/{day}.csv.gz", f"{number}") in refused else good).add(row["usage_id"])
        return len(bad - good)

    def _settled(self, imported: int) -> dict[tuple[str, str], str]:
        name = "Usage records to settle"
        last_run, cutoff = self.rows(
            "select (select run_id from run where kind = 'close' and run_on = "
            f"'{self.before_on}'), cutoff from usage_window where run_id = {self.run_id}"
        )[0]
        pending = {row[0] for row in self.rows(f"select usage_no from usage_pending where run_id = {self.run_id}")}
        rated = {row[0] for row in self.rows(f"select usage_no from rated_usage where run_id = {self.run_id}")}
        started = dict(self.rows("select usage_no, started_at from usage_record")) if pending else {}
        later = sum(started[number] >= cutoff for number in pending - rated)
        statuses = Counter(row["status"] for row in self.rated)
        left_before = self.rows(f"select count(*) from usage_pending where run_id = {last_run}")[0][0]
        return {
            (name, "Imported since the last close"): whole(imported),
            (name, "Left by the last close"): whole(left_before),
            **{(name, word): whole(statuses[status]) for status, word in WORDS.items()},
            (name, "After the cut-off"): whole(later),
            (name, "Of parked payers"): whole(len(pending - rated) - later),
            (name, "Difference"): "0",
        }

    def _elements(self) -> dict[tuple[str, str], str]:
        """Counted are those of lines that the close charged; of all others the contract and the payer say why not."""
        name = "Elements of the inventory"
        contract = {row["line_id"]: row["contract_id"] for row in table(self.feed / "order_lines.csv")}
        payer = {row["contract_id"]: row["payer_id"] for row in table(self.feed / "contracts.csv")}
        parked = {row[0] for row in self.rows(f"select payer_id from parked_payer where run_id = {self.run_id}")}
        waiting = {row[0] for row in self.rows(f"select contract_id from contract_not_in_force where run_id = {self.run_id}")}
        charged = {
            row[0] for row in self.rows(f"select line_id from recurring_charge join line using (line_no) where run_id = {self.run_id}")
        }
        went: Counter[str] = Counter()
        for row in self.inventory:
            of = contract[row["line_id"]]
            went[
                "Payer parked" if payer[of] in parked else "Contract not in force" if of in waiting
                else "Counted" if row["line_id"] in charged else "Billed before"
            ] += 1  # fmt: skip
        return {
            (name, "In the snapshot"): whole(len(self.inventory)),
            **{(name, why): whole(count) for why, count in went.items()},
            (name, "Difference"): "0",
        }

    def _euros(self) -> dict[tuple[str, str], str]:
        steps, charged, lines = "Charged by the steps", "Charges of billed payers", "Lines"
        by_kind = self.now.net_by(lambda line: KINDS[line["charge"]])
        kinds = {"Invoices": "invoice", "Credit notes": "credit_note"}
        numbers = {kind: {row["invoice_number"] for row in self.now.invoices if row["kind"] == kind} for kind in kinds.values()}
        found = {(steps, what): euro(amount) for what, amount in self.said.items()}
        found |= {
            (steps, "Charges of billed payers"): euro(self.now.total("net") - by_kind.get("SLA credits", NIL)),
            (steps, "Of parked payers"): euro(self.left_out),
            **{(charged, what): euro(net) for what, net in by_kind.items()},
        }
        for word, kind in kinds.items():
            documents = [row for row in self.now.invoices if row["kind"] == kind]
            if documents:
                of_lines = sum((D(line["net"]) for line in self.now.lines if line["invoice_number"] in numbers[kind]), NIL)
                net, vat, gross = (sum((D(row[each]) for row in documents), NIL) for each in ("net", "vat", "gross"))
                found |= {
                    (charged, f"Lines of {word.lower()}"): euro(of_lines),
                    (lines, f"Lines of {word.lower()}"): euro(of_lines),
                    (lines, f"{word}, net"): euro(net),
                    ("Bases of VAT", f"{word}, net"): euro(net),
                    ("VAT", f"{word}, VAT"): euro(vat),
                    ("Net and VAT", f"{word}, gross"): euro(gross),
                }
        found |= {("Net and VAT", "Net"): euro(self.now.total("net")), ("Net and VAT", "VAT"): euro(self.now.total("vat"))}
        return (
            found | self._vat() | {(name, "Difference"): "0.00" for name in (steps, charged, lines, "Bases of VAT", "VAT", "Net and VAT")}
        )

    def _vat(self) -> dict[tuple[str, str], str]:
        words = {("S", "21.00"): "VAT 21 %", ("AE", "0.00"): "VAT reverse charge", ("O", "0.00"): "Outside VAT"}
        bases: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: NIL))
        for line in self.now.lines:
            bases[line["vat_category"], line["vat_rate"]][line["invoice_number"]] += D(line["net"])
        found: dict[tuple[str, str], str] = {}
        for (category, rate), by_invoice in bases.items():
            word = words[category, rate]
            found["Bases of VAT", word] = euro(sum(by_invoice.values(), NIL))
            found["VAT", word] = euro(sum((half_up(Fraction(base) * Fraction(rate) / 100) for base in by_invoice.values()), NIL))
        return found

    def _by_payer(self, month: Month) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for line in month.lines:
            found[line["payer_id"]].append(line)
        return found


def _net(lines: Iterable[Row]) -> Decimal:
    return sum((D(line["net"]) for line in lines), NIL)


def _price_effect(before: list[dict[str, str]], now: list[dict[str, str]], line: tuple[str, str]) -> Decimal:
    """What another unit price of a line makes: its net now, less the same units at the mean price they had before."""
    was, is_now = (
        [each for each in lines if (each["line_id"], each["product"]) == line and each["charge"] in RECURRING and each["unit_price"]]
        for lines in (before, now)
    )
    if not was or not is_now:
        return NIL
    units = [sum((_units(each) for each in lines), Fraction(0)) for lines in (was, is_now)]
    mean = Fraction(_net(was)) / units[0] if units[0] else Fraction(was[0]["unit_price"])
    return half_up(Fraction(_net(is_now)) - mean * units[1])


def _units(line: Row) -> Fraction:
    price = Fraction(line["unit_price"])
    return Fraction(line["net"]) / price if price else Fraction(line["quantity"]) if line["charge"] == "recurring" else Fraction(0)


def _beside(name: str, now: Mapping[str, Decimal], before: Mapping[str, Decimal]) -> dict[str, str]:
    found: dict[str, str] = {}
    both = {each: (now.get(each, NIL), before.get(each, NIL)) for each in now.keys() | before.keys()}
    both["total"] = (sum(now.values(), NIL), sum(before.values(), NIL))
    for each, (net, was) in both.items():
        found |= {f"{name}.{each}.net": euro(net), f"{name}.{each}.before": euro(was), f"{name}.{each}.change": change(net - was)}
    return found


def _state(checks: int, warnings: int) -> str:
    return f"{checks} checks, {warnings} warning{'s' if warnings > 1 else ''}" if warnings else f"{checks} checks passed"


def _day_of(path: Path) -> date:
    return date.fromisoformat(path.name.partition(".")[0])


def _usage_of(feed: Path, day: date) -> list[Row]:
    with gzip.open(feed / "usage" / f"{day}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
