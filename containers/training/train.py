"""Entry point of the training job: trains a classifier on the prepared table and exports it as ONNX."""

import os
from functools import partial

from failures import run_program
from layout import CONFIG, DATA, FAILURE, SCHEMA, load_cluster, read_json
from schema import load_schema
from settings import parse_settings

# Both are read when torch starts: waiting threads must not burn the cores that others need, and cuBLAS
# repeats its results only with a fixed workspace.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
os.environ.setdefault('CUBLAS_WORKSPACE_CONFIG', ':4096:8')


def main() -> None:
    # Whatever the input may have wrong is found before torch is imported, which takes seconds.
    settings = parse_settings(read_json(CONFIG / 'hyperparameters.json') or {})
    schema = load_schema(SCHEMA)
    cluster = load_cluster()

    from data import load_channel

    train, validation = (load_channel(DATA / channel, schema) for channel in ('train', 'validation'))

    from group import run_in_group
    from job import train_and_export

    run_in_group(partial(train_and_export, settings, schema, train, validation), cluster)


if __name__ == '__main__':
    run_program(main, FAILURE)
