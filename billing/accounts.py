"""The accounts of the Belgian chart (PCMN, royal decree of 21 October 2018) that the journal books, one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal[
    "receivables", "accrued_income", "vat", "on_account", "deposits", "deferred_income", "unmatched", "bank", "write_offs", "revenue",
    "late_fees", "late_interest",
]  # fmt: skip

# Purpose -> the account as it is shipped, and what a bookkeeper calls it. The first three digits are those of the chart.
SHIPPED: Mapping[Purpose, tuple[str, str]] = {
    "receivables": ("400000", "Trade receivables"),
    "accrued_income": ("404000", "Income receivable: traffic not billed yet"),
    "vat": ("451000", "VAT payable"),
    "on_account": ("460000", "Payments received on account"),
    "deposits": ("488000", "Deposits received in cash"),
    "deferred_income": ("493000", "Deferred income"),
    "unmatched": ("499000", "Suspense account: money to be matched"),
    "bank": ("550000", "Bank"),
    "write_offs": ("642000", "Losses on trade receivables"),
    "revenue": ("700000", "Sales and services"),
    "late_fees": ("743000", "Reminder fees and recovery costs"),
    "late_interest": ("756000", "Interest on late payment"),
}
SERVICES: Mapping[str, tuple[str, str]] = {
    "business_telephony": ("700100", "Business Telephony"),
    "sip_trunking": ("700200", "SIP Trunking"),
    "web_meeting": ("700300", "Web Meeting"),
    "telavox": ("700400", "Telavox"),
}


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts in use: `by_purpose` and `by_service` hold what differs from the shipped ones."""

    by_purpose: Mapping[str, str] = field(default_factory=dict)
    by_service: Mapping[str, str] = field(default_factory=dict)

    def of(self, purpose: Purpose) -> str:
        """Returns the account of a purpose."""
        return self.by_purpose.get(purpose) or SHIPPED[purpose][0]

    def of_sale(self, charge: str, revenue_account: str, service: str) -> str:
        """Returns the account a charge is income on: interest and fees have theirs, a product's own goes before that of its service."""
        if charge in ("interest", "fee"):
            return self.of("late_interest" if charge == "interest" else "late_fees")
        if revenue_account:
            return revenue_account
        shipped = SERVICES[service][0] if service in SERVICES else self.of("revenue")
        return self.by_service.get(service) or shipped

    def name(self, account: str) -> str:
        """Returns what an account is called: its purpose, the service sold on it, or plain sales."""
        for purpose, (_, name) in SHIPPED.items():
            if self.of(purpose) == account:
                return name
        for service, (shipped, name) in SERVICES.items():
            if (self.by_service.get(service) or shipped) == account:
                return f"Sales: {name}"
        return "Sales"


__all__ = ["SERVICES", "SHIPPED", "Chart", "Purpose"]
