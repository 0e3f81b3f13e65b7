"""A mail server of our own for tests: Postfix on a free port of the loopback, with its own configuration, queue and mailboxes.

It relays nothing anywhere: what is not for its two domains is refused. It takes mail for whomever, delivers it to Maildirs by virtual(8),
and returns what it cannot deliver as any Postfix does, so the notices are genuine. The Postfix of the machine is left alone.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

MAIN = """\
compatibility_level = 3.6
queue_directory = {here}/queue
data_directory = {here}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {here}/log
maillog_file_prefixes = {here}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.payer.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
relay_domains =
relay_transport = error:5.7.1 this server relays nothing
default_transport = error:5.7.1 this server relays nothing
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{here}/etc/refused
smtpd_reject_unlisted_recipient = no
message_size_limit = 20000000
virtual_mailbox_domains = payer.example, operator.example
virtual_mailbox_base = {here}/mail
virtual_mailbox_maps = regexp:{here}/etc/mailboxes
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 100
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
pickup unix n - n 60 1 pickup
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

# `refused` at once by the server; `nosuch…` taken and returned, as by a server that hands over to another; all others have a mailbox.
REFUSED = "/^refused/ 550 5.7.1 this mailbox takes no mail from outside\n"
MAILBOXES = r"""
/^bounces(\+[0-9]+)?@operator\.example$/ bounces/
!/^nosuch/ payers/
"""


def why_not() -> str:
    """Why Postfix cannot be started here, "" when it can."""
    if shutil.which("postfix", path=_path()) is None:
        return "Postfix is not installed (Debian: postfix)"
    return "" if os.geteuid() == 0 else "Postfix starts as root only"


class Postfix:
    """Runs while the `with` block lasts; `payers` and `bounces` are its Maildirs. Below a short path of its own, since sockets need one."""

    def __init__(self) -> None:
        self._here = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))  # mkdtemp names it; the path must be short
        self.port = _free_port()
        self.payers, self.bounces = self._here / "mail" / "payers", self._here / "mail" / "bounces"

    def __enter__(self) -> "Postfix":
        try:
            self._configure()
            self._command("start")
            _until(self._answers, 30, "Postfix answers")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._command("stop")
        self._remove()

    def wait_until_delivered(self) -> None:
        """Returns once its queue is empty: everything is delivered or returned."""
        _until(lambda: not self.queued(), 120, "the queue of Postfix is empty")

    def queued(self) -> int:
        """How many mails it still has in hand."""
        queues = (self._here / "queue" / name for name in ("maildrop", "incoming", "active", "deferred"))
        return sum(1 for queue in queues for path in queue.rglob("*") if path.is_file())

    def log(self) -> str:
        """What it wrote of its work."""
        return (self._here / "log").read_text(errors="replace")

    def _configure(self) -> None:
        nobody = pwd.getpwnam("nobody")
        values = {
            "here": self._here, "port": self.port, "uid": nobody.pw_uid, "gid": nobody.pw_gid,
            "commands": Path(shutil.which("postfix", path=_path()) or "").parent, "daemons": "/usr/lib/postfix/sbin",
        }  # fmt: skip
        self._here.chmod(0o755)
        for name in ("etc", "queue", "data", "mail"):
            (self._here / name).mkdir()
        shutil.chown(self._here / "data", "postfix")
        shutil.chown(self._here / "mail", nobody.pw_uid, nobody.pw_gid)
        files = {"main.cf": MAIN.format(**values), "master.cf": MASTER.format(**values), "refused": REFUSED, "mailboxes": MAILBOXES}
        for name, content in files.items():
            (self._here / "etc" / name).write_text(content)

    def _command(self, what: str) -> None:
        subprocess.run(
            ["postfix", "-c", str(self._here / "etc"), what],
            check=True,
            capture_output=True,
            timeout=60,
            env={**os.environ, "PATH": _path()},
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                return connection.recv(3) == b"220"
        except OSError:
            return False

    def _remove(self) -> None:
        shutil.rmtree(self._here, ignore_errors=True)


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _until(done: object, seconds: float, what: str) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.1)


__all__ = ["Postfix", "why_not"]
