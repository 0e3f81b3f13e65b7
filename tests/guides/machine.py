"""A server to follow the guide on: Debian's programs of this machine, with folders, ports, users and processes of its own.

Linux namespaces, with overlays over /etc, /opt, /srv, /var and /root: whatever the guide writes there is seen by it alone,
and every process it starts ends with it. There is no network but the loopback of its own.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.guides.blocks import ROOT

STAND_INS = Path(__file__).parent / "stand_ins"
NEEDED = {"pg_createcluster": "postgresql", "nginx": "nginx-light", "git": "git", "make": "make", "curl": "curl", "unshare": "util-linux"}
COVERED = ("etc", "opt", "srv", "var", "root")

BOOT = """
set -euo pipefail
for folder in {covered}; do
    mkdir -p {layers}/$folder/upper {layers}/$folder/work
    mount -t overlay overlay -o lowerdir=/$folder,upperdir={layers}/$folder/upper,workdir={layers}/$folder/work /$folder
done
chmod o+x /root  # where the test's python may be
mount -t tmpfs tmpfs /run
touch /run/server-of-the-guide
mount -t proc proc /proc
mount --bind {root} {root}
mount -o remount,ro,bind {root}
ip link set lo up
hostname server
rm -rf /opt/billing /srv/billing /etc/billing
id billing >/dev/null 2>&1 && userdel billing
exec bash {script}
"""


def why_not() -> str:
    """Why the guide cannot be followed on this machine; empty when it can."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    missing = sorted({package for command, package in NEEDED.items() if shutil.which(command, path=path) is None})
    if missing:
        return f"needs Debian's packages {', '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root, to be a server of its own"
    tried = subprocess.run(["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "needs namespaces, which this machine does not give"


def follow(script: str, folder: Path, timeout_s: float) -> "subprocess.CompletedProcess[str]":
    """Run a bash script on a server of its own; whatever it wrote lies below `folder`/layers."""
    written, boot, said = folder / "guide.sh", folder / "boot.sh", folder / "said.log"
    written.write_text(script, encoding="utf-8")
    boot.write_text(BOOT.format(covered=" ".join(COVERED), layers=folder / "layers", root=ROOT, script=written), encoding="utf-8")
    told = {
        "PATH": f"{STAND_INS}:/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PYTHON_OF_THE_TEST": str(Path(sys.base_prefix) / "bin" / "python3.11"),
        "PACKAGES_OF_THE_TEST": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
    }
    command = ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "bash", str(boot)]
    with said.open("w", encoding="utf-8") as output:
        ended = subprocess.run(
            command, env=told, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=timeout_s, check=False
        )
    return subprocess.CompletedProcess(command, ended.returncode, said.read_text(encoding="utf-8", errors="replace"))
