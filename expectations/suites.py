"""All gates, in the order of a close."""

from expectations import delivery, documents, drafts, dunning, dunning_before, feed, issue, late_charges, rating, recurring, snapshot
from expectations.check import Suite

SUITES: dict[str, Suite] = {
    module.SUITE.gate: module.SUITE
    for module in (feed, snapshot, rating, recurring, late_charges, drafts, issue, documents, delivery, dunning_before, dunning)
}
