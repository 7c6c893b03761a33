"""Training of a small convolutional network, resumable after each epoch."""

from mlops_program import (
    CHANNELS,
    Checkpoints,
    UserError,
    digest_of,
    hyperparameters,
    log_metrics,
    number,
    require_one_instance,
    run,
    whole,
    write_model,
)

import torch
from torch.nn.functional import cross_entropy

from archives import read_archives
from network import Network, batch_of, from_bytes, to_bytes
from pixels import pixels_of


def train():
    settings = hyperparameters(
        epochs=whole(20, 1, 1000),
        learning_rate=number(0.003, 1e-6, 1),
        batch_size=whole(32, 1, 1024),
        channels=whole(16, 1, 256),
        seed=whole(1, 0, 2**31),
    )
    require_one_instance()
    # More threads cost more than they save at this size, and the result would depend on their number.
    torch.set_num_threads(1)
    labels, images = read_archives(CHANNELS / 'train')
    validation = read_archives(CHANNELS / 'validation')
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise UserError(f'channel "train": all images are of the class "{classes[0]}"; at least two are needed')
    network = fit(settings, [classes.index(label) for label in labels], images, classes, validation)
    write_model(
        {'network.pt': to_bytes(network.state_dict())},
        classes=classes,
        counts={name: labels.count(name) for name in classes},
        channels=settings.channels,
        hyperparameters=vars(settings),
    )
    log_metrics({'validation:accuracy': accuracy_of(network, classes, validation)}, 'final')


def fit(settings, targets, images, classes, validation):
    """Returns the trained network; after an interruption, the same as without one."""
    torch.manual_seed(settings.seed)
    network = Network(settings.channels, len(classes))
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    inputs, targets = augmented(batch_of([pixels_of(data) for data in images]), torch.tensor(targets))
    checkpoints = Checkpoints(identity=digest_of(vars(settings), CHANNELS))

    def state():
        # The rest of the optimizer's state follows from the settings.
        return to_bytes({'network': network.state_dict(), 'optimizer': optimizer.state_dict()['state']})

    epoch = 0
    found = checkpoints.load()
    if found:
        epoch, content = found[0], from_bytes(found[1])
        network.load_state_dict(content['network'])
        options = optimizer.state_dict()['param_groups']
        optimizer.load_state_dict({'state': content['optimizer'], 'param_groups': options})
    while epoch < settings.epochs:
        network.train()
        total = 0.0
        # A generator for each epoch: a resumed training draws the same order without storing its state.
        generator = torch.Generator().manual_seed(settings.seed * 100_003 + epoch)
        for rows in torch.randperm(len(targets), generator=generator).split(settings.batch_size):
            loss = cross_entropy(network(inputs[rows]), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        epoch += 1
        log_metrics(
            {
                'train:loss': total / len(targets),
                'validation:accuracy': accuracy_of(network, classes, validation),
            },
            f'epoch={epoch}/{settings.epochs}',
        )
        checkpoints.offer(epoch, state)
    return network


def augmented(inputs, targets):
    """Adds each image's mirror image and the negatives of both, which are of the same class."""
    mirrored = inputs.flip(3)
    return torch.cat([inputs, mirrored, -inputs, -mirrored]), targets.repeat(4)


def accuracy_of(network, classes, split):
    """Returns the share of the images of a split whose most probable class is the right one."""
    labels, images = split
    answers = network.probabilities([pixels_of(data) for data in images])
    right = [classes[row.index(max(row))] == label for row, label in zip(answers, labels)]
    return sum(right) / len(right)


if __name__ == '__main__':
    run(train=train)
