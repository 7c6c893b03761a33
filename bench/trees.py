"""Compares the trees of the training program with scikit-learn's HistGradientBoosting and its defaults.

Both train on the same rows; the program's trees stop by a validation split, as they do in the pipeline. Prints a table
in Markdown: the metric of both on the test rows of random splits, and the 95 % interval of the difference
(bootstrap over test rows). Needs scikit-learn and xgboost:
`/usr/bin/python3 bench/trees.py [TABLE…] [HYPERPARAMETER=VALUE…]`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / 'containers/training'))

from checkpoint import CheckpointFolder  # noqa: E402
from choices import choose  # noqa: E402
from encoding import Encoding, Input  # noqa: E402
from settings import parse_settings  # noqa: E402
from sklearn import datasets, ensemble  # noqa: E402
from task import task_of  # noqa: E402
from tree_columns import learn_columns  # noqa: E402
from tree_training import Boosting  # noqa: E402

SPLITS = {'wide': 3, 'clusters': 3, 'houses': 3}
"""Ten for the other tables: a large table needs fewer."""
RESAMPLES = 2_000


def main() -> None:
    print('| table | rows × columns | metric | trees | HistGradientBoosting | difference, 95 % interval |')
    print('| --- | --- | --- | --- | --- | --- |')
    chosen = sys.argv[1:]
    settings = {key: value for key, value in (item.split('=') for item in chosen if '=' in item)}
    names = [item for item in chosen if '=' not in item] or TABLES
    for name in names:
        features, labels, classes = TABLES[name]()
        splits = range(SPLITS.get(name, 10))
        ours, theirs = zip(*(compare(features, labels, classes, split, settings) for split in splits))
        a, b = np.concatenate(ours), np.concatenate(theirs)
        score = (lambda e: np.sqrt(e.mean())) if classes is None else (lambda e: 1 - e.mean())
        random = np.random.default_rng(0)
        draws = [random.integers(0, len(a), len(a)) for _ in range(RESAMPLES)]
        low, high = np.quantile([score(a[draw]) - score(b[draw]) for draw in draws], [0.025, 0.975])
        metric = 'RMSE' if classes is None else 'accuracy'
        shape = f'{features.shape[0]} × {features.shape[1]}'
        cells = [name, shape, metric, f'{score(a):.4f}', f'{score(b):.4f}', f'{low:+.4f} to {high:+.4f}']
        print(f'| {" | ".join(cells)} |', flush=True)


def compare(features, labels, classes, split, given):
    """Returns the errors of both on the test rows: squared, or 1 where the class is wrong."""
    order = np.random.default_rng(split).permutation(len(features))
    test, validation, train = np.split(order, [len(order) // 5, len(order) * 2 // 5])
    inputs = tuple(Input(str(index), 0.0, None) for index in range(features.shape[1]))
    encoding = Encoding('label', classes, inputs, {})
    settings = choose(parse_settings({'algorithm': 'trees', **given}), len(train), classes is not None)
    task = task_of(encoding, labels[train], settings)
    columns, train_columns = learn_columns(features[train], labels[train], encoding, task)
    with tempfile.TemporaryDirectory() as folder:
        boosting = Boosting(
            task,
            (train_columns, labels[train]),
            (columns.transform(features[validation]), labels[validation]),
            settings,
            CheckpointFolder(Path(folder)),
            '',
        )
        boosting.run('')
    answers = boosting.answers(columns.transform(features[test]))
    if classes is None:
        model = ensemble.HistGradientBoostingRegressor(random_state=0).fit(features[train], labels[train])
        exact = labels[test].astype(np.float64)
        return (answers[:, 0] - exact) ** 2, (model.predict(features[test]) - exact) ** 2
    model = ensemble.HistGradientBoostingClassifier(random_state=0).fit(features[train], labels[train])
    return answers.argmax(axis=1) != labels[test], model.predict(features[test]) != labels[test]


def of_sklearn(load, **options):
    features, labels = load(**options)
    return features.astype(np.float32), labels


def classes_of(table):
    features, labels = table
    return features, labels.astype(np.int64), tuple(map(str, np.unique(labels)))


def regression_of(table):
    features, labels = table
    return features, labels.astype(np.float32), None


def houses():
    """Returns twenty thousand blocks of houses: skewed incomes, coordinates that interact, a capped price."""
    random = np.random.default_rng(3)
    income, age = random.lognormal(1.2, 0.5, 20_000), random.integers(1, 52, 20_000)
    rooms, people = random.lognormal(1.6, 0.3, 20_000), random.lognormal(7, 0.8, 20_000)
    north, east = random.uniform(32, 42, 20_000), random.uniform(-124, -114, 20_000)
    coast = np.exp(-np.abs(east + 120 - (north - 36) * 0.5))
    price = 0.45 * income + 1.5 * coast + 0.01 * age + 0.1 * np.log(rooms) - 0.05 * np.log(people)
    price = np.minimum(price * random.lognormal(0, 0.2, 20_000), 5)
    return np.stack([income, age, rooms, people, north, east], axis=1).astype(np.float32), price


def wide():
    return of_sklearn(
        datasets.make_classification, n_samples=400, n_features=5_000, n_informative=10, n_redundant=0,
        n_clusters_per_class=1, class_sep=2.0, random_state=1,
    )


def clusters(rows):
    return of_sklearn(
        datasets.make_classification, n_samples=rows, n_features=20, n_informative=10, n_clusters_per_class=4,
        n_classes=3, random_state=4,
    )


TABLES = {
    'breast cancer': lambda: classes_of(of_sklearn(datasets.load_breast_cancer, return_X_y=True)),
    'iris': lambda: classes_of(of_sklearn(datasets.load_iris, return_X_y=True)),
    'wide': lambda: classes_of(wide()),
    'wine': lambda: classes_of(of_sklearn(datasets.load_wine, return_X_y=True)),
    'clusters': lambda: classes_of(clusters(20_000)),
    'few clusters': lambda: classes_of(clusters(3_000)),
    'diabetes': lambda: regression_of(of_sklearn(datasets.load_diabetes, return_X_y=True)),
    'friedman': lambda: regression_of(of_sklearn(datasets.make_friedman1, n_samples=2_000, noise=1.0, random_state=2)),
    'houses': lambda: regression_of(houses()),
}

if __name__ == '__main__':
    main()
