"""All gates, in the order of a close."""

from expectations import delivery, documents, drafts, dunning, feed, issue, rating, recurring, snapshot
from expectations.check import Suite

SUITES: dict[str, Suite] = {
    module.SUITE.gate: module.SUITE for module in (feed, snapshot, rating, recurring, drafts, issue, documents, delivery, dunning)
}
