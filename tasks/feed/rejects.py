"""The reject list: what of the feed was refused, where it stands and what to do."""

from dataclasses import dataclass

VALUE_LENGTH = 200
CALLED_SHOWN = 5


@dataclass(frozen=True, slots=True, order=True)
class Reject:
    """One refused cell, row or file. `line` is that of the file, the header is line 1; 0 speaks of the file as a whole."""

    path: str
    line: int
    column_name: str
    value: str
    reason: str


class FileRefused(Exception):
    """A file that cannot be used as a whole."""

    def __init__(self, reason: str, line: int = 0, column: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.line, self.column, self.value = line, column, value

    def at(self, path: str) -> Reject:
        """The entry of the reject list."""
        return reject(path, self.line, self.column, self.value, str(self))


def reject(path: str, line: int, column: str, value: str, reason: str) -> Reject:
    """An entry of the list, its value made fit to store and show: control characters spelled out, no longer than 200 characters."""
    shown = "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in value)
    return Reject(path, line, column, shown if len(shown) <= VALUE_LENGTH else shown[: VALUE_LENGTH - 1] + "…", reason)


def masked_number(value: str) -> str:
    """A number of a call as the list may keep it: its first 5 characters."""
    return value[:CALLED_SHOWN] + "x" * max(0, len(value) - CALLED_SHOWN)


__all__ = ["FileRefused", "Reject", "masked_number", "reject"]
