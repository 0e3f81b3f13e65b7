"""The close report: what finance reads before it signs a month, from the state of it down to each file. One HTML file, printable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports import charts
from reports.charts import Pair, Stack, Step
from reports.close_records import CloseReport, Decision, DestinationTotal, InvoiceRow, Totals
from reports.pages import moment, page, whole

WIDE, NARROW = 7.4, 3.7  # inches: a column of the page, a telephone
REASONS: Mapping[str, tuple[str, str]] = {
    "price": ("Price", "another unit price of the same line"),
    "quantity": ("Quantity", "users, numbers, channels, days"),
    "traffic": ("Traffic", "calls, messages and data"),
    "new": ("New payers", "billed now and not last month"),
    "lost": ("Lost payers", "billed last month and not now"),
    "one_off": ("One-off", "all that is neither recurring nor traffic: balances, credits, charges made once"),
}
MOST_GROUPS = 12  # in a chart
MOST_DOCUMENTS = 1_000
ANSWERS = {"approve": "approved", "reject": "sent it back", "exclude": "left payers out"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of the change: its name in the record, in words, what counts as it, EUR."""

    key: str
    name: str
    meaning: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """A total of this close and of the last: its name in the record and in words, EUR."""

    key: str
    name: str
    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        """How much more than in the last close."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart twice: for a page and for a telephone."""

    wide: str
    narrow: str


def render(report: CloseReport) -> bytes:
    """Returns the report as self-contained HTML in UTF-8."""
    return page(
        "close_report.html",
        report=report,
        title=f"Close {report.month:%Y-%m}",
        headline=headline(report),
        left_to_do=left_to_do(report),
        compared=_compared(report.totals, report.totals_before),
        reasons=_reasons(report),
        bridge=_bridge(report) if report.before else None,
        services=_services(report),
        partners=_partners(report),
        traffic=_traffic(report.destinations),
        ageing=_ageing(report),
        answers=_answers(report),
        listed=_listed(report.invoices),
    )


def headline(report: CloseReport) -> str:
    """Returns the state of the close in a sentence or two: what it is, until when it may be approved, by whom it was and when."""
    review = report.review
    if report.state == "preview":
        return "Preview. Nothing is issued and nothing is sent; the figures may still change."
    if report.state == "waiting":
        until = f" until {moment(review.deadline)}" if review.deadline else ""
        return f"Waiting for approval{until}. {_approved_so_far(report)}"
    by = _joined([one.decided_by for one in review.approvals]) or review.approved_by
    when = f" on {moment(review.approved_at)}" if review.approved_at else ""
    approved = f" Approved by {by}{when}." if by else ""
    return f"Closed.{approved}" + (f" Issued with the date of {report.issued_on.day} {report.issued_on:%B %Y}." if report.issued_on else "")


def left_to_do(report: CloseReport) -> str:
    """Returns in a sentence what waits for a person, or that nothing does."""
    parts = [
        _number(len(report.stops), "check failed", "checks failed"),
        _number(len(report.unreconciled), "difference is not explained", "differences are not explained"),
        _number(len(report.parked), "payer is parked", "payers are parked"),
        _number(len(report.not_in_force), "contract is not in force", "contracts are not in force"),
        _number(len(report.failed), "invoice did not arrive", "invoices did not arrive"),
        _number(len(report.warnings), "warning to look at", "warnings to look at"),
    ]
    found = [part for part in parts if part]
    if found:
        return f"Left to do: {', '.join(found)}."
    delivered = " and every invoice is with its payer" if report.state == "closed" else ""
    return f"Every check passed, everything is accounted for{delivered}."


def _listed(invoices: Sequence[InvoiceRow]) -> Sequence[InvoiceRow]:
    """The documents a page can list and stay fast: all of them, or the largest in their order."""
    if len(invoices) <= MOST_DOCUMENTS:
        return invoices
    largest = set(sorted(range(len(invoices)), key=lambda place: -abs(invoices[place].gross))[:MOST_DOCUMENTS])
    return [row for place, row in enumerate(invoices) if place in largest]


def _answers(report: CloseReport) -> list[str]:
    """The decisions one by one, unless the headline has told all of them."""
    told = report.state == "closed" and len(report.review.approvals) == len(report.review.decisions) == 1
    return [] if told else [decided(one) for one in report.review.decisions]


def decided(one: Decision) -> str:
    """Returns a decision as people tell it."""
    what = ANSWERS[one.decision] + (f": {', '.join(one.excluded)}" if one.excluded else "")
    comment = f" – “{one.comment}”" if one.comment else ""
    return f"{moment(one.decided_at)}: {one.decided_by} {what}{comment}" + (f" (does not count: {one.why_not})" if one.why_not else "")


def _approved_so_far(report: CloseReport) -> str:
    review = report.review
    if not review.approvals:
        return "Nobody has approved yet." if review.approvals_needed == 1 else "Nobody has approved yet; two people have to."
    return f"Approved by {_joined([one.decided_by for one in review.approvals])}, {len(review.approvals)} of {review.approvals_needed}."


def _joined(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _number(count: int, one: str, many: str) -> str:
    return "" if count == 0 else f"{count} {one if count == 1 else many}"


def _compared(now: Totals, before: Totals) -> list[Compared]:
    return [
        Compared(key, name, getattr(now, key), getattr(before, key)) for key, name in (("net", "Net"), ("vat", "VAT"), ("gross", "Gross"))
    ]


def _reasons(report: CloseReport) -> list[Reason]:
    return [Reason(key, name, meaning, getattr(report.reasons, key)) for key, (name, meaning) in REASONS.items()]


def _bridge(report: CloseReport) -> Chart:
    assert report.before is not None
    before, now = Step(f"{report.before:%B}", report.totals_before.net), Step(f"{report.month:%B}", report.totals.net)
    steps = [Step(one.name, one.amount) for one in _reasons(report)]
    return Chart(charts.bridge(before, steps, now, inches=WIDE), charts.bridge(before, steps, now, inches=NARROW))


def _services(report: CloseReport) -> Chart | None:
    return _pairs([Pair(one.name, one.net, one.net_before) for one in report.services], "Revenue by service")


def _partners(report: CloseReport) -> Chart | None:
    return _pairs([Pair(one.name, one.net, one.net_before) for one in report.partners[:MOST_GROUPS]], "Revenue by partner")


def _pairs(found: Sequence[Pair], title: str) -> Chart | None:
    if not found:
        return None
    return Chart(charts.pairs(found, title, inches=WIDE), charts.pairs(found, title, inches=NARROW))


def _traffic(found: Sequence[DestinationTotal]) -> Chart | None:
    calls = sorted((one for one in found if one.unit == "min"), key=lambda one: -(one.charged + one.in_pack))[:MOST_GROUPS]
    stacked = [Stack(one.name, one.charged, one.in_pack, f"{whole(one.charged + one.in_pack)} min") for one in calls if one.records]
    if not stacked:
        return None
    title = "Minutes by destination, charged and in packs"
    return Chart(charts.stacks(stacked, title, inches=WIDE), charts.stacks(stacked, title, inches=NARROW))


def _ageing(report: CloseReport) -> Chart | None:
    if not report.receivables.total:
        return None
    found = [Step(one.name, one.amount) for one in report.receivables.buckets]
    title = "What is open by age"
    return Chart(charts.ages(found, title, inches=WIDE), charts.ages(found, title, inches=NARROW))


__all__ = ["decided", "headline", "left_to_do", "render"]
