"""The processes that train one model together: one per GPU, or one per host without GPUs."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn

from failures import run_program
from layout import FAILURE, Cluster

T = TypeVar('T')
PORT = '29500'
JOIN_SECONDS = 0.5
"""Maximum delay before a request to stop is forwarded."""


@dataclass(frozen=True)
class Group:
    """A process's view of the others. A single process is a group of one and never communicates."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """True in the process that prints and writes."""
        return self.rank == 0

    def averaging(self, model: nn.Module) -> nn.Module:
        """Returns `model`, with its gradients averaged over the group in each backward pass."""
        if self.size == 1:
            return model
        devices = [self.device] if self.device.type == 'cuda' else None
        return nn.parallel.DistributedDataParallel(model, device_ids=devices)

    def any(self, *flags: bool) -> list[bool]:
        """Returns each flag, true if it is true in any process, so that all processes decide alike."""
        if self.size == 1:
            return list(flags)
        tensor = torch.tensor(flags, dtype=torch.int32, device=self.device)
        torch.distributed.all_reduce(tensor, op=torch.distributed.ReduceOp.MAX)
        return [flag != 0 for flag in tensor.tolist()]

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        if self.size == 1:
            return tensor
        total = tensor.clone()
        torch.distributed.all_reduce(total)
        return total

    def from_leader(self, make: Callable[[], T]) -> T:
        """Returns the result of `make` in the leading process, which alone calls it."""
        if self.size == 1:
            return make()
        box = [make() if self.leads else None]
        torch.distributed.broadcast_object_list(box, src=0, device=self.device)
        return box[0]


def run_in_group(work: Callable[[Group], None], cluster: Cluster) -> None:
    """Calls `work` once in each process of the job on this host, in this process if it is the only one."""
    gpus = torch.cuda.device_count()
    processes = max(1, gpus)
    on_gpu = gpus > 0
    first_rank = cluster.hosts.index(cluster.host) * processes
    size = len(cluster.hosts) * processes
    if size > 1:
        os.environ.setdefault('MASTER_ADDR', cluster.hosts[0])
        os.environ.setdefault('MASTER_PORT', PORT)
        if cluster.network_interface and len(cluster.hosts) > 1:
            os.environ.setdefault('NCCL_SOCKET_IFNAME', cluster.network_interface)
            os.environ.setdefault('GLOO_SOCKET_IFNAME', cluster.network_interface)
    if processes == 1:
        _run_member(0, work, first_rank, size, on_gpu)
    else:
        _spawn(processes, work, first_rank, size, on_gpu)


def _run_member(
    local_rank: int, work: Callable[[Group], None], first_rank: int, size: int, on_gpu: bool
) -> None:
    device = torch.device('cuda', local_rank) if on_gpu else torch.device('cpu')
    if on_gpu:
        torch.cuda.set_device(device)
    group = Group(first_rank + local_rank, size, device)
    if size == 1:
        work(group)
        return
    torch.distributed.init_process_group('nccl' if on_gpu else 'gloo', rank=group.rank, world_size=size)
    try:
        work(group)
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        # The averaging network must not outlive the process group: if it has the last reference, its destructor waits
        # for the group's thread with the interpreter's lock, which that thread may need to free a tensor.
        gc.collect()
        torch.distributed.destroy_process_group()


def _run_spawned(local_rank: int, *member: object) -> None:
    run_program(lambda: _run_member(local_rank, *member), FAILURE)


def _spawn(processes: int, *member: object) -> None:
    stop_requested = False

    def request_stop(*_: object) -> None:
        nonlocal stop_requested
        stop_requested = True

    # SIGTERM reaches the first process of a container only, so it is forwarded.
    signal.signal(signal.SIGTERM, request_stop)
    context = torch.multiprocessing.spawn(_run_spawned, member, nprocs=processes, join=False)
    try:
        while not context.join(timeout=JOIN_SECONDS):
            if stop_requested:
                for process in context.processes:
                    process.terminate()
    except torch.multiprocessing.ProcessExitedException as error:
        if stop_requested:
            sys.exit(143)
        if error.exit_code < 0:
            raise
        # The process has logged the reason and has written the failure file.
        sys.exit(error.exit_code)
