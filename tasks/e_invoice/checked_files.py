"""`billing check-e-invoice`: what is wrong with e-invoices that lie in files, for finance and support."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.e_invoice.finding import Look
from tasks.e_invoice.validating import looked_into
from tasks.ledger import Stopped
from tasks.settings import Settings

LAYERS = "the schema of UBL 2.1, our own checks, the rules of EN 16931"


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """What was found in each file, and the rules they were held to."""

    looks: tuple[Look, ...]
    rules: str

    @property
    def refused(self) -> bool:
        """Whether somebody would refuse one of them."""
        return any(finding.severity == "fatal" for look in self.looks for finding in look.findings)

    def __str__(self) -> str:
        lines = [line for look in self.looks for line in map(str, look.findings)]
        right = [f"{look.name}: no rule finds a fault" for look in self.looks if not look.findings]
        return "\n".join([*lines, *right, f"held to {self.rules}"])


def check_files(files: Sequence[Path], settings: Settings) -> CheckedFiles:
    """Look into the files. Raises Stopped naming the one that cannot be read, or when the rules cannot be run."""
    rules = Path(settings.peppol_rules) if settings.peppol_rules else None
    looks = tuple(looked_into(_contents(files), peppol_rules=rules, workers=settings.workers))
    also = f" and those of Peppol ({rules})" if rules else "; set peppol_rules to a copy of those of Peppol to hold them to these too"
    return CheckedFiles(looks, LAYERS + also)


def _contents(files: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        try:
            yield str(file), file.read_bytes()
        except OSError as error:
            raise Stopped(f"{file} cannot be read ({error.strerror}); name the XML files of e-invoices") from None
