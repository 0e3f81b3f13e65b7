"""A Maildir folder that takes each message once: written under `tmp`, then named into `new`."""

import os
import re
from pathlib import Path

FLAGS = ":2,"


class Maildir:
    """Messages in a folder that any mail reader opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # What a reader has seen moves to `cur` with flags behind its name; looked at once, not for each message.
        self._seen = {path.name.partition(FLAGS)[0] for path in (folder / "cur").iterdir()}

    def deliver(self, name: str, content: bytes) -> bool:
        """Store the message as `name`; False when it is there already. Raises OSError, and then it is not there."""
        path = self.folder / "new" / name
        if name in self._seen or path.exists():
            return False
        temporary = self.folder / "tmp" / name
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return True


def file_name(message_id: str) -> str:
    """The name a message is stored under: its Message-ID, so that a second delivery finds the first."""
    return re.sub(r"[^A-Za-z0-9.@=_-]", "_", message_id.strip("<>"))
