"""Work on one thing after another that goes on past what one of them cannot do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tasks.ledger import Stopped
from tasks.mail import MailUnavailable
from tasks.store import StoreFailed


@dataclass(slots=True)
class GoingOn:
    """Keeps what stopped or could not be stored, so that the others are done before it is raised.

    So many errors in a row as `patience` are raised at once (0: never): then it is not the one thing that is wrong.
    """

    patience: int = 0
    errors: list[Stopped | StoreFailed] = field(default_factory=list)
    _in_a_row: int = 0

    @contextmanager
    def past(self) -> Iterator[None]:
        """The work on one thing."""
        try:
            yield
        except (Stopped, StoreFailed) as error:
            self.errors.append(error)
            self._in_a_row += 1
            if self._in_a_row == self.patience:
                self.end()
        else:
            self._in_a_row = 0

    @property
    def mail_is_down(self) -> bool:
        """Whether the mail server could not be used."""
        return any(isinstance(error, MailUnavailable) for error in self.errors)

    def end(self) -> None:
        """Raises what was kept, if anything was: of several what another try may help, else all they say."""
        for kind in (MailUnavailable, StoreFailed):
            for error in self.errors:
                if isinstance(error, kind):
                    raise error
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise Stopped("\n".join(dict.fromkeys(str(error) for error in self.errors)))


__all__ = ["GoingOn"]
