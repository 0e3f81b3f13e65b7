"""The register of our own checks: an id, how severe it is, and a function that says what is wrong, a line for each place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tasks.e_invoice.finding import Finding, Severity
from tasks.e_invoice.reading import Document

Says = Callable[[Document], Iterator[str]]


@dataclass(frozen=True, slots=True)
class HouseCheck:
    """A check of our own; `says` gives what is wrong and where, nothing for a document that is right."""

    rule: str
    severity: Severity
    says: Says

    def findings(self, name: str, found: Document) -> Iterator[Finding]:
        """What is wrong with the document."""
        for text in self.says(found):
            yield Finding(name, self.rule, self.severity, text)


CHECKS: dict[str, HouseCheck] = {}


def house(rule: str, severity: Severity = "fatal") -> Callable[[Says], Says]:
    """Register the function as the check `rule`."""

    def register(says: Says) -> Says:
        assert rule not in CHECKS, f"two checks are named {rule}"
        CHECKS[rule] = HouseCheck(rule, severity, says)
        return says

    return register
