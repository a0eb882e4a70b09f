"""Compiles the inner loops when Winnow is installed. Without a C compiler they stay in numpy: slower, the same bits."""

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("app", "core", "_kernels.c")


def command(source: Path, target: Path) -> list[str]:
    """What compiles and links the module for this interpreter."""
    compiler = shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared")
    if chosen := os.environ.get("CC"):
        compiler[:1] = shlex.split(chosen)
    flags = shlex.split(sysconfig.get_config_var("CCSHARED") or "")
    headers = sysconfig.get_path("include")
    return [*compiler, *flags, "-O2", f"-I{headers}", str(source), "-o", str(target), "-lm"]


class KernelsHook(BuildHookInterface):
    """Makes `_kernels` beside its source and puts it into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; whatever goes wrong, the installation goes on without."""
        source = Path(self.root, SOURCE)
        target = source.with_name("_kernels" + sysconfig.get_config_var("EXT_SUFFIX"))
        made = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            subprocess.run(command(source, made), check=True, capture_output=True, text=True)
            made.replace(target)  # whole or not at all, also while a service runs with the one before
        except (OSError, subprocess.CalledProcessError) as error:
            made.unlink(missing_ok=True)
            target.unlink(missing_ok=True)  # of another version it would give other bits
            reason = getattr(error, "stderr", "") or error
            self.app.display_warning(f"The inner loops stay in numpy, for they could not be compiled: {reason}")
            return
        build_data["artifacts"].append(target.relative_to(self.root).as_posix())
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
