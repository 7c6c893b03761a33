"""The GPU of the host: CUDA's forward compatibility with its driver, and the demand for a device."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from failures import UserError
from log import log

# Base images for GPUs bring user-mode drivers for older hosts (NVIDIA, CUDA Compatibility: forward compatibility). AWS's
# entry point puts them in front where the host's driver is older; this image has an entry point of its own.
COMPATIBLE_DRIVER = Path('/usr/local/cuda/compat')
DRIVER = Path('/proc/driver/nvidia/version')
REQUIRED = 'GPU_REQUIRED'


def use_compatible_driver(compatible: Path = COMPATIBLE_DRIVER, driver: Path = DRIVER) -> None:
    """Starts the program again with the image's user-mode driver, if the host's driver is older than it.

    The loader reads `LD_LIBRARY_PATH` once, when a process starts; the process keeps its id.
    """
    path = os.environ.get('LD_LIBRARY_PATH', '')
    if str(compatible) in path.split(':') or not is_older(host_version(driver), image_version(compatible)):
        return
    log.info('the driver of the host is older than the image: using the driver in %s', compatible)
    sys.stdout.flush()
    environment = {**os.environ, 'LD_LIBRARY_PATH': f'{compatible}:{path}'.rstrip(':')}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def require_gpu(count: Callable[[], int]) -> None:
    """Raises UserError if the job runs on an instance with a GPU and CUDA sees none: it would train on the CPU.

    Args:
        count: counts the devices that CUDA sees; called only where the job needs one.
    """
    if os.environ.get(REQUIRED) == 'true' and count() == 0:
        raise UserError(
            'training.instanceType has a GPU, and CUDA sees none: the host has no driver for the CUDA of the base '
            'image, or no GPU. Use a base image of an older CUDA (programs.train.baseImage.gpu), or a CPU instance type'
        )


def host_version(driver: Path) -> tuple[int, ...] | None:
    """Returns the version of the host's kernel driver; None without one."""
    try:
        text = driver.read_text(encoding='utf-8')
    except OSError:
        return None
    # `… Kernel Module  535.183.01  …`, or `… Open Kernel Module for x86_64  580.65.06  …`.
    found = re.search(r'Kernel Module\s+(?:for \S+\s+)?(\d+(?:\.\d+)*)', text)
    return version(found[1]) if found else None


def image_version(compatible: Path) -> tuple[int, ...] | None:
    """Returns the version of the image's user-mode driver, which is in the name of its library; None without one."""
    library = compatible / 'libcuda.so.1'
    if not library.exists():
        return None
    found = re.fullmatch(r'libcuda\.so\.(\d+(?:\.\d+)+)', library.resolve().name)
    return version(found[1]) if found else None


def is_older(host: tuple[int, ...] | None, image: tuple[int, ...] | None) -> bool:
    """Returns True if both are known, and the host's driver is older."""
    return host is not None and image is not None and host < image


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split('.'))
