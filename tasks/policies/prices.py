"""What letters may cost and when they may suspend, by policy and level: what the gate holds every letter of a day against."""

from collections.abc import Mapping
from datetime import date

from tasks.policies import policies_in_force


def limits_of_letters(on: date, folder: str = "") -> Mapping[str, list[object]]:
    """Returns columns of one length, a row for each level of each policy in force on a day; a cap is None where the law sets none. EUR.

    Raises PolicyError when one cannot be used.
    """
    rows = [(policy, stage, policy.caps) for policy in policies_in_force(on, folder) for stage in policy.stages]
    return {
        "policies": [policy.name for policy, _, _ in rows],
        "levels": [stage.level for _, stage, _ in rows],
        "fees": [stage.fee for _, stage, _ in rows],
        "fee_caps": [(caps.first_reminder if stage.level == 1 else caps.later_reminder) if caps else None for _, stage, caps in rows],
        "costs": [stage.recovery_cost for _, stage, _ in rows],
        "cost_caps": [caps.recovery_cost if caps else None for _, _, caps in rows],
        "suspends": [stage.action == "suspension" for _, stage, _ in rows],
        "warned_days": [policy.suspension.days_after_reminder_at_least for policy, _, _ in rows],
    }


__all__ = ["limits_of_letters"]
