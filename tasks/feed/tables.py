"""The tables of the feed: their columns, how each is read, what it refers to, and the rules between the columns of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from billing.ad_hoc import ALLOWING
from billing.clause import CLAUSE_ID
from billing.terms import PAYMENT_DAYS, TERM_MONTHS, TERMS
from tasks.feed.bank_identifiers import bic, iban, mandate_reference
from tasks.feed.values import (
    Reader,
    Value,
    country,
    day,
    decimal,
    deposit,
    identifier,
    one_of,
    rate_prefix,
    suspension_clause,
    text,
    truth,
    whole_number,
)

Reference = Literal["party", "partner", "contract", "product", "line"]
Row = Mapping[str, Value]
Broken = tuple[str, str]  # column and reason

SERVICES = ("business_telephony", "sip_trunking", "web_meeting", "telavox")
PRODUCT_KINDS = ("user", "channel", "national_number", "international_number", "pack", "licence", "hardware", "activation",
                 "installation", "porting_out", "usage", "other")
LANGUAGES = ("fr", "nl", "en")
USAGE_KINDS = ("voice", "sms", "data")
CHARGE_BELOW = Decimal(1_000_000_000)
DIRECTIONS = ("out", "in")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the feed. An empty cell is refused when `required`, else it is `default`."""

    name: str
    reads: Reader = text
    required: bool = True
    default: Value = None
    refers_to: Reference | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the feed: `<name>.csv`, its key, and what a row must keep to beyond its cells."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    mandatory: bool = False
    rule: Callable[[Row], Broken | None] = lambda row: None
    provides: Reference | None = None      # what its own rows may refer to

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in the order of the format."""
        return tuple(column.name for column in self.columns)


def _needed(name: str, reads: Reader = text, refers_to: Reference | None = None) -> Column:
    return Column(name, reads, refers_to=refers_to)


def _optional(name: str, reads: Reader = text, default: Value = None, refers_to: Reference | None = None) -> Column:
    return Column(name, reads, required=False, default=default, refers_to=refers_to)


def _line_ends_after_it_starts(row: Row) -> Broken | None:
    starts, ends = row["starts_on"], row["ends_on"]
    if starts is not None and ends is not None and ends < starts:  # type: ignore[operator]  # both are days
        return "ends_on", f"before starts_on {starts}; a line of one day ends on the day it starts"
    return None


def _pack_holds_something(row: Row) -> Broken | None:
    if row["minutes"] is None and row["data_mb"] is None:
        return "minutes", "neither minutes nor data_mb is given; give one of them"
    return None


def _charge_can_be_billed(row: Row) -> Broken | None:
    if row["product"] is None and not row["description"]:
        return "description", "neither product nor description is given; say what is charged"
    if row["quantity"] == 0:
        return "quantity", "0; a charge is for something, give how many"
    if row["unit_price"] is None and row["product"] is None:
        return "unit_price", "neither unit_price nor product is given; give one, a product has its price in the price list"
    if row["unit_price"] is not None and row["quantity"] * row["unit_price"] >= CHARGE_BELOW:  # type: ignore[operator]  # both are decimals
        return "quantity", f"quantity × unit_price is not below {CHARGE_BELOW} EUR; check both"
    return _charge_is_allowed(str(row["reason_clause"]))


def _charge_is_allowed(clause: str) -> Broken | None:
    if clause in ALLOWING:
        return None
    what = "a clause that allows no ad-hoc charge" if CLAUSE_ID.fullmatch(clause) else "not a clause id"
    return "reason_clause", f"{what}; name the clause that allows the charge: {', '.join(sorted(ALLOWING))}"


def _credit_is_something(row: Row) -> Broken | None:
    return ("amount", "0; give the amount that is credited, excluding VAT") if row["amount"] == 0 else None


def _deposit_moves_something(row: Row) -> Broken | None:
    return ("amount", "0; give what was received, or what was given back with a minus") if row["amount"] == 0 else None


def _closed_after_opened(row: Row) -> Broken | None:
    if row["closed_on"] is not None and row["closed_on"] < row["opened_on"]:  # type: ignore[operator]  # both are days
        return "closed_on", f"before opened_on {row['opened_on']}; check both days"
    return None


def _suspension_ends_after_it_starts(row: Row) -> Broken | None:
    starts, ends = row["starts_on"], row["ends_on"]
    if ends is not None and ends < starts:  # type: ignore[operator]  # both are days
        return "ends_on", f"before starts_on {starts}; it is the last day of minimum service, at the earliest the first"
    return None


def _mandate_ends_after_it_is_signed(row: Row) -> Broken | None:
    signed_on, ends_on = row["signed_on"], row["ends_on"]
    if ends_on is not None and ends_on < signed_on:  # type: ignore[operator]  # both are days
        return "ends_on", f"before signed_on {signed_on}; it is the last day of the mandate, at the earliest the first"
    return None


PRICE, AMOUNT, COUNT = decimal(6), decimal(2), whole_number()

PARTIES = Table("parties", (
    _needed("party_id", identifier), _needed("role", one_of("partner", "client")), _optional("partner_id", identifier, refers_to="partner"),
    _needed("name"), _needed("language", one_of(*LANGUAGES)), _optional("billing_emails", default=""),
    _needed("delivery", one_of("email", "portal")), _optional("street", default=""), _optional("postal_code", default=""),
    _optional("city", default=""), _needed("country", country), _optional("vat_number", default=""), _optional("peppol_id", default=""),
    _optional("fallback_email", default=""),
), key=("party_id",), mandatory=True, provides="partner")

PRODUCTS = Table("products", (
    _needed("product", identifier), _needed("service", one_of(*SERVICES)), _needed("kind", one_of(*PRODUCT_KINDS)),
    _needed("timing", one_of("at_order", "advance", "arrears")), _needed("name_fr"), _needed("name_nl"), _needed("name_en"),
    _optional("revenue_account", default=""),
), key=("product",), mandatory=True)

CONTRACTS = Table("contracts", (
    _needed("contract_id", identifier), _needed("payer_id", identifier, "party"), _needed("terms", one_of(*TERMS)),
    _optional("signed_on", day), _optional("credit_approved_on", day), _optional("deposit_required", deposit),
    _optional("deposit_received_on", day), _optional("confirmed_on", day), _optional("starts_on", day),
    _optional("term_months", COUNT, default=TERM_MONTHS), _optional("payment_days", COUNT, default=PAYMENT_DAYS),
), key=("contract_id",), mandatory=True)

PRICES = Table("prices", (
    _needed("product", identifier, "product"), _needed("valid_from", day), _needed("unit_price", PRICE), _optional("announced_on", day),
), key=("product", "valid_from"), mandatory=True)

PACKS = Table("packs", (
    _needed("product", identifier, "product"), _needed("valid_from", day), _needed("destination_group", identifier),
    _optional("minutes", PRICE), _optional("data_mb", PRICE),
), key=("product", "valid_from", "destination_group"), rule=_pack_holds_something)

RATES = Table("rates", (
    _needed("deck", one_of(*SERVICES)), _needed("prefix", rate_prefix), _needed("destination"), _needed("destination_group"),
    _needed("valid_from", day), _needed("per_minute", PRICE), _optional("setup", PRICE, default=0),
    _optional("first_increment", whole_number(1), default=1), _optional("next_increment", whole_number(1), default=1),
), key=("deck", "prefix", "valid_from"))

ORDER_LINES = Table("order_lines", (
    _needed("line_id", identifier), _needed("contract_id", identifier, "contract"), _needed("end_client_id", identifier, "party"),
    _needed("product", identifier, "product"), _needed("quantity", COUNT), _optional("unit_price", PRICE), _needed("starts_on", day),
    _optional("ends_on", day), _optional("min_months", COUNT), _optional("charged_through", day),
), key=("line_id",), mandatory=True, rule=_line_ends_after_it_starts)

INVENTORY = Table("inventory", (
    _needed("line_id", identifier, "line"), _needed("element_id", identifier), _needed("kind", one_of(*PRODUCT_KINDS)),
    _optional("label", default=""),
), key=("line_id", "element_id"), mandatory=True)

USAGE = Table("usage", (  # read in bulk by tasks.feed.usage; here for the names and the order
    _needed("usage_id", identifier), _needed("line_id", identifier, "line"), _needed("kind", one_of(*USAGE_KINDS)),
    _needed("direction", one_of(*DIRECTIONS)), _optional("caller", default=""), _optional("callee", default=""), _needed("started_at"),
    _needed("quantity"), _optional("visited_country", country, default=""),
), key=("usage_id",), mandatory=True)

CHARGES = Table("charges", (
    _needed("charge_id", identifier), _needed("contract_id", identifier, "contract"),
    _optional("end_client_id", identifier, refers_to="party"),
    _needed("on", day), _optional("product", identifier, refers_to="product"), _optional("description", default=""),
    _needed("quantity", PRICE), _optional("unit_price", PRICE), _needed("reason_clause"),
), key=("charge_id",), rule=_charge_can_be_billed)

CREDITS = Table("credits", (
    _needed("credit_id", identifier), _needed("contract_id", identifier, "contract"),
    _optional("end_client_id", identifier, refers_to="party"),
    _needed("on", day), _needed("amount", AMOUNT), _needed("reason"),
), key=("credit_id",), rule=_credit_is_something)

TERMINATIONS = Table("terminations", (
    _needed("termination_id", identifier), _needed("contract_id", identifier, "contract"),
    _optional("line_id", identifier, refers_to="line"),
    _optional("end_client_id", identifier, refers_to="party"), _needed("by", one_of("client", "partner", "operator", "bankruptcy")),
    _needed("received_on", day), _optional("requested_on", day), _optional("client_breach", truth, default=False),
    _optional("proof", default=""),
), key=("termination_id",))

DISPUTES = Table("disputes", (
    _needed("dispute_id", identifier), _needed("invoice_number"), _needed("opened_on", day), _needed("amount", AMOUNT),
    _needed("phase", one_of("claim", "mediation", "court")), _optional("guarantee_amount", AMOUNT), _optional("closed_on", day),
), key=("dispute_id",), rule=_closed_after_opened)

DEPOSITS = Table("deposits", (
    _needed("deposit_id", identifier), _needed("payer_id", identifier, "party"), _needed("on", day),
    _needed("amount", decimal(2, signed=True)), _needed("kind", one_of("deposit", "bank_guarantee")),
), key=("deposit_id",), rule=_deposit_moves_something)

SUSPENSIONS = Table("suspensions", (
    _needed("suspension_id", identifier), _needed("end_client_id", identifier, "party"), _needed("starts_on", day),
    _optional("ends_on", day), _needed("reason_clause", suspension_clause), _optional("note", default=""),
), key=("suspension_id",), rule=_suspension_ends_after_it_starts)

SEGMENTS = Table("segments", (
    _needed("segment_id", identifier), _needed("payer_id", identifier, "party"), _needed("segment", identifier), _needed("valid_from", day),
), key=("segment_id",))

MANDATES = Table("mandates", (
    _needed("mandate_id", mandate_reference), _needed("payer_id", identifier, "party"), _needed("iban", iban),
    _optional("bic", bic, default=""), _optional("holder", default=""), _needed("signed_on", day),
    _needed("scheme", one_of("CORE", "B2B")), _optional("ends_on", day),
), key=("mandate_id",), rule=_mandate_ends_after_it_is_signed)

RECOVERY_COSTS = Table("recovery_costs", (
    _needed("cost_id", identifier), _needed("payer_id", identifier, "party"), _needed("on", day), _needed("amount", AMOUNT),
    _needed("description"),
), key=("cost_id",))

DEPOSIT_REQUESTS = Table("deposit_requests", (
    _needed("request_id", identifier), _needed("payer_id", identifier, "party"), _needed("on", day), _needed("amount", AMOUNT),
    _needed("due_by", day),
), key=("request_id",))

REFERENCE = (PARTIES, PRODUCTS, CONTRACTS, PRICES, PACKS, RATES, ORDER_LINES)  # in the order in which they refer to each other
KEPT = (                       # stored as they come, used by later steps of the product
    CHARGES, CREDITS, TERMINATIONS, DISPUTES, DEPOSITS, SUSPENSIONS, SEGMENTS, MANDATES, RECOVERY_COSTS, DEPOSIT_REQUESTS,
)

__all__ = [
    "DIRECTIONS", "INVENTORY", "KEPT", "ORDER_LINES", "PARTIES", "REFERENCE", "SUSPENSIONS", "USAGE", "USAGE_KINDS", "Column", "Reference",
    "Row", "Table",
]
