"""A process that holds answers or keys never leaves its memory in a file when it crashes.

Takes nothing, gives nothing; every command begins with it, and so does every worker that a command starts.
What an operator sets up (`LimitCORE=0`) does the same from outside; this holds where that was forgotten.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

# From <linux/prctl.h>.
_GET_DUMPABLE = 3
_SET_DUMPABLE = 4


def refuse_core_dumps() -> None:
    """From now on this process can't be dumped, nor, but for what root does, be read by another.

    Processes that it starts inherit the limit, but begin as dumpable again: each has to call this.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # Where dumps are piped to a program (core_pattern begins with |) the kernel passes over the limit.
        _prctl(_SET_DUMPABLE, 0)


def core_dumps_are_refused() -> bool:
    """Whether a crash of this process, as it is now, leaves nothing behind."""
    limited = resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    return limited and (sys.platform != "linux" or _prctl(_GET_DUMPABLE, 0) == 0)


def _prctl(option: int, argument: int) -> int:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    result = int(prctl(option, argument, 0, 0, 0))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"this process can't be kept from core dumps: {os.strerror(number)}")
    return result
