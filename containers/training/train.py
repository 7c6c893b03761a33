"""Entry point of the training job: trains a model on the prepared matrices and exports it as ONNX."""

import os
from functools import partial

from choices import choose
from encoding import load_encoding
from failures import UserError, run_program
from gpu import require_gpu, use_compatible_driver
from layout import CONFIG, DATA, ENCODING, FAILURE, load_cluster, read_json
from settings import parse_settings

# Both are read when torch starts: waiting threads must not occupy cores, and cuBLAS repeats its results only with a
# fixed workspace.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
os.environ.setdefault('CUBLAS_WORKSPACE_CONFIG', ':4096:8')


def main() -> None:
    use_compatible_driver()
    # Faults of the input are found before torch or xgboost is imported, which takes seconds.
    settings = parse_settings(read_json(CONFIG / 'hyperparameters.json') or {})
    encoding = load_encoding(ENCODING)
    cluster = load_cluster()
    if settings.algorithm == 'trees' and len(cluster.hosts) > 1:
        raise UserError(
            f'hyperparameter algorithm: "trees" trains on one instance, and the job has {len(cluster.hosts)}; set '
            'training.instanceCount to 1, or algorithm to "network"'
        )

    from data import load_channel
    from job import Job
    from task import task_of

    require_gpu(cuda_devices)
    train, validation = (load_channel(DATA / channel, encoding) for channel in ('train', 'validation'))
    task = task_of(encoding, train.labels, settings)
    settings = choose(settings, len(train.labels), encoding.classes is not None)
    job = Job(settings, encoding, task, train, validation)
    if settings.algorithm == 'trees':
        from tree_job import train_trees

        train_trees(job)
        return

    from group import run_in_group
    from network_job import train_network

    run_in_group(partial(train_network, job), cluster)



def cuda_devices() -> int:
    import torch

    return torch.cuda.device_count()


if __name__ == '__main__':
    run_program(main, FAILURE)
