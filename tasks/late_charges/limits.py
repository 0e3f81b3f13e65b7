"""What late charges may come to at most, by policy: what their gate holds every charge against."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from billing.dunning import Policy
from billing.late_charges import DAYS_UNTIL_DELIVERED
from tasks.policies import policies_in_force, policy_versions
from tasks.segments import named_policies
from tasks.settings import Settings


def limits_of_late_charges(settings: Settings, on: date) -> Mapping[str, object]:
    """Returns columns of the policies in force on a day, a cap None where the law sets none; of the rates of all their versions. EUR.

    Raises PolicyError when one cannot be used.
    """
    policies = policies_in_force(on, settings.policy_folder)
    named = named_policies(settings)
    rates = [row for name in sorted(set(named.values())) for row in _rates(policy_versions(name, on, settings.policy_folder))]
    return {
        "policies": [policy.name for policy in policies],
        "reactivation_fees": [policy.reactivation_fee for policy in policies],
        "cost_caps": [policy.caps.recovery_cost if policy.caps else None for policy in policies],
        "first_fee_caps": [policy.caps.first_reminder if policy.caps else None for policy in policies],
        "later_fee_caps": [policy.caps.later_reminder if policy.caps else None for policy in policies],
        "at_least": [policy.late_charges.debit_note_at_least for policy in policies],
        "segments": list(named),
        "segment_policies": list(named.values()),
        "rate_policies": [name for name, _, _, _ in rates],
        "rate_days": [since for _, since, _, _ in rates],
        "rates_per_month": [per_month for _, _, per_month, _ in rates],
        "legal_rates": [legal for _, _, _, legal in rates],
        "by_days": settings.interest == "daily",
        "days_until_delivered": DAYS_UNTIL_DELIVERED,
    }


def _rates(versions: Sequence[tuple[date, Policy]]) -> Iterator[tuple[str, date, Decimal, Decimal | None]]:
    """What a policy asks a month, and the legal rate a year that its caps set, None without: from each day that one of both changes."""
    for (since, policy), (until, _) in pairwise([*versions, (date.max, versions[-1][1])]):
        legal = policy.caps.interest_per_year if policy.caps else ()
        for day in sorted({since, *(first for first, _ in legal if since < first < until)}):
            in_force = [rate for first, rate in legal if first <= day] or [rate for _, rate in legal[:1]]
            yield policy.name, day, policy.late_charges.interest_per_month, in_force[-1] if in_force else None


__all__ = ["limits_of_late_charges"]
