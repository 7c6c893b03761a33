"""The training of a network, from arrays to the exported model, in each process of the job."""

import inspect
import io

import torch

from checkpoint import CheckpointFolder
from data import Table
from export import ANSWERS, INPUT_NAME, OPSET
from group import Group
from job import Job
from layout import checkpoint_folder
from network import Network, Served
from network_training import Split, Training


def train_network(job: Job, group: Group) -> None:
    """Trains with the other processes of `group`; the leading one exports the best weights."""
    settings, task = job.settings, job.task
    torch.set_num_threads(settings.threads)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    # Scaling and first weights are computed on the CPU, so that they are equal on every device.
    network = Network(job.train.features, job.encoding, task.outputs, settings)
    train, validation = _to_device(job.train, job, group), _to_device(job.validation, job, group)
    training = Training(
        network.to(group.device),
        task,
        train,
        validation,
        settings,
        group,
        CheckpointFolder(checkpoint_folder()),
        job.identity(group.size, group.device.type),
    )
    layers = f'hidden layers: {settings.hidden_layers} of {settings.hidden_units} units'
    training.run(f'{job.headline}; network, {layers}, batches of {settings.batch_size} rows')
    if not group.leads:
        return

    metrics = training.measure(train), training.measure(validation)
    served = Served(network.cpu().eval(), task)
    with torch.no_grad():
        answers = served(torch.from_numpy(job.validation.features[:ANSWERS])).numpy()
    epochs = {'run': len(training.history.entries), 'best': training.history.best + 1}
    graph = _graph(served, len(job.encoding.inputs), task.output_name)
    job.finish(graph, answers, *metrics, {'epochs': epochs}, {'torch': torch.__version__})


def _to_device(table: Table, job: Job, group: Group) -> Split:
    features = torch.from_numpy(table.features).to(group.device)
    targets = torch.from_numpy(job.task.targets(table.labels)).to(group.device)
    return Split(features, targets, table.labels)


def _graph(served: Served, inputs: int, output_name: str) -> bytes:
    # Newer versions default to an exporter that needs onnxscript, which the training image does not have.
    by_tracing = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
    buffer = io.BytesIO()
    torch.onnx.export(
        served,
        (torch.zeros(1, inputs),),
        buffer,
        input_names=[INPUT_NAME],
        output_names=[output_name],
        dynamic_axes={INPUT_NAME: {0: 'batch'}, output_name: {0: 'batch'}},
        opset_version=OPSET,
        **by_tracing,
    )
    return buffer.getvalue()
