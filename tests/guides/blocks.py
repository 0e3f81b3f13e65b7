"""The shell blocks of a guide, as its readers see them: fenced with ```sh, in their order."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\S*)(?: +(.*))?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what follows its language (`sh yours` → "yours"), its text, the line of the guide it begins on."""

    language: str
    note: str
    text: str
    line: int


def blocks_of(guide: Path, language: str = "sh") -> list[Block]:
    """The blocks of a language in the guide. Raises ValueError for one that is not closed."""
    found: list[Block] = []
    opened: tuple[str, str, int] | None = None
    lines: list[str] = []
    for number, line in enumerate(guide.read_text(encoding="utf-8").splitlines(), start=1):
        fence = FENCE.match(line.strip())
        if not fence:
            lines.append(line)
        elif opened is None:
            opened, lines = (fence[1], fence[2] or "", number), []
        else:
            found.append(Block(opened[0], opened[1], "\n".join(lines) + "\n", opened[2]))
            opened = None
    if opened is not None:
        raise ValueError(f"{guide.name}: the block of line {opened[2]} is not closed")
    return [block for block in found if block.language == language]


def as_script(guide: Path, yours: dict[str, str]) -> str:
    """All blocks as one bash script that stops at the first failure and says which line of the guide it came from.

    The block ```sh yours holds the values a reader puts his own in; they are replaced by `yours`, name by name.
    """
    parts = ["set -euo pipefail", "trap 'echo \"FAILED in the block of line $LINE_OF_THE_GUIDE\" >&2' ERR"]
    for block in blocks_of(guide):
        text = block.text
        if block.note == "yours":
            names = re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE)
            assert set(names) == set(yours), f"{guide.name}: the values of the reader are {names}"
            text = "\n".join(f"{name}={value}" for name, value in yours.items()) + "\n"
        parts += [f"LINE_OF_THE_GUIDE={block.line}", f'echo "=== line {block.line} at $SECONDS s"', text]
    return "\n".join(parts)
