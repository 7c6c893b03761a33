"""Helper for the programs of a model: preprocess, train, evaluate and serve. Optional, one file, standard library only.

Copy it next to a program (`COPY helper/mlops_program.py …` in its Dockerfile) and take what you need of it:

    from mlops_program import hyperparameters, log_metrics, number, run, whole, write_model

    def train():
        settings = hyperparameters(epochs=whole(20, 1, 500), learning_rate=number(0.01, 1e-5, 1))
        ...
        log_metrics({'validation:accuracy': accuracy})
        write_model({'weights.npz': weights}, classes=classes)

    if __name__ == '__main__':
        run(train=train)

Its parts, in this order: paths; log and failures; settings; splits and the shard's report; checkpoints; model files;
evaluation; golden requests; the HTTP server. docs/bring-your-own-model.md has the contract that they keep.

Python 3.9 or newer.
"""

import base64
import hashlib
import json
import math
import os
import random
import re
import shutil
import signal
import socketserver
import sys
import tarfile
import tempfile
import threading
import time
import traceback
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

# Waiting threads of numerical libraries must not occupy cores; read when such a library is imported, so import this
# file first.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

# --- Paths. SageMaker's are below /opt/ml; SAGEMAKER_BASE_DIR moves them all.

SAGEMAKER_BASE = PurePosixPath('/opt/ml')
BASE = Path(os.environ.get('SAGEMAKER_BASE_DIR') or SAGEMAKER_BASE)
INPUT = BASE / 'processing/input'
"""Input of a processing job: `data/` for preprocess; `validation/`, `test/`, `candidate/`, `champion/` for evaluate."""
OUTPUT = BASE / 'processing/output'
CHANNELS = BASE / 'input/data'
"""Input of a training job: `train/`, `validation/`."""
CONFIG = BASE / 'input/config'
MODEL = BASE / 'model'
FAILURE = BASE / 'output/failure'
MESSAGE = BASE / 'output/message'


def files_below(folder):
    """Returns all files in `folder` and its sub-folders, sorted by path; none if the folder does not exist."""
    return sorted(path for path in Path(folder).rglob('*') if path.is_file())


def write_atomically(file, data):
    """Writes `data`, bytes or text, so that `file` is either whole or as it was before, also after a crash."""
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f'.{file.name}.tmp')
    with temporary.open('wb') as stream:
        stream.write(data.encode() if isinstance(data, str) else data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Log and failures.


class UserError(Exception):
    """An error that the operator can fix. The message says what is wrong, the value, what is allowed and what to do."""


def log(message, level='INFO'):
    """Writes a line of the log, in the form of the pipeline's other programs: JSON with the run's id."""
    content = {'message': str(message)}
    if os.environ.get('RUN_ID'):
        content['runId'] = os.environ['RUN_ID']
    now = time.time()
    stamp = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now)) + f'.{int(now % 1 * 1000):03d}Z'
    line = json.dumps({'timestamp': stamp, 'level': level, 'message': content}, ensure_ascii=False)
    sys.stdout.write(line + '\n')
    sys.stdout.flush()


def log_metrics(values, note=''):
    """Logs `name=value;` for each metric, e.g. `epoch=3/20; validation:accuracy=0.97;`.

    The metric definitions of the model's configuration match these lines. SageMaker keeps the last value of each
    name, so log the final metrics last.

    Raises:
        UserError: if a value is not finite: SageMaker would keep an older value, of another model.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise UserError(f'{name} is {value}, not a finite number: the training diverged; lower the learning rate')
    parts = [f'{note};'] if note else []
    log(' '.join(parts + [f'{name}={value:.9g};' for name, value in values.items()]))


# Plain values: the handler may run while the main thread holds an Event's lock.
_stop_requested = False
_stops_by_itself = False


def _on_sigterm(*_):
    global _stop_requested
    _stop_requested = True
    if not _stops_by_itself:
        sys.exit(143)


def run(**programs):
    """Runs the program that the first argument names and ends the process with the status of the contract.

    0: done. 1: `UserError`. 2: a bug. 143: stopped by SIGTERM, which the first process of a container ignores unless it
    handles it. On 1 and 2, one sentence is in output/failure (`train`) or output/message (all others).

        run(preprocess=preprocess)              # a single program needs no argument
        run(evaluate=evaluate, serve=serve)
    """
    signal.signal(signal.SIGTERM, _on_sigterm)
    warnings.showwarning = lambda message, *_args, **_more: log(message, 'WARNING')
    name = sys.argv[1] if len(sys.argv) > 1 else next(iter(programs)) if len(programs) == 1 else ''
    file = FAILURE if name == 'train' else MESSAGE
    try:
        if name not in programs:
            raise UserError(f'argument "{name}": unknown; known are {", ".join(programs)}')
        programs[name]()
    except UserError as error:
        log(error, 'ERROR')
        _fail(file, str(error), 1)
    except Exception as error:
        log(traceback.format_exc(), 'ERROR')
        _fail(file, f'A bug in the program, see its log: {type(error).__name__}: {error}', 2)


def _fail(file, sentence, status):
    file.parent.mkdir(parents=True, exist_ok=True)
    # SageMaker shows the first 1,024 characters.
    file.write_text(sentence[:1024], encoding='utf-8')
    sys.exit(status)


# --- Settings: environment variables and hyperparameters.


def variable(name):
    """Returns an environment variable. Raises UserError if it is missing or empty."""
    value = os.environ.get(name)
    if not value:
        raise UserError(f'{name}: the environment variable is not set')
    return value


def whole(default, low, high):
    """A whole number from `low` to `high`."""
    allowed = f'a whole number from {low} to {high}'
    return _Setting(default, lambda text: _number(text, r'[-+]?\d+', int, low, high), allowed)


def number(default, low, high):
    """A number from `low` to `high`."""
    pattern = r'[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?'
    return _Setting(default, lambda text: _number(text, pattern, float, low, high), f'a number from {low} to {high}')


def choice(default, *others):
    """One of several words, the first of them if it is not given."""
    words = (default, *others)
    return _Setting(default, lambda text: text if text in words else None, f'one of {", ".join(words)}')


@dataclass(frozen=True)
class _Setting:
    default: object
    parse: object
    allowed: str

    def of(self, name, text):
        value = self.parse(text) if isinstance(text, str) else None
        if value is None:
            raise UserError(f'{name}: {json.dumps(text)} is not {self.allowed} (a string)')
        return value


def _number(text, pattern, kind, low, high):
    value = kind(text) if re.fullmatch(pattern, text, re.ASCII) else None
    return value if value is not None and low <= value <= high else None


def hyperparameters(**settings):
    """Returns the job's hyperparameters, a field for each of `settings`.

        settings = hyperparameters(epochs=whole(20, 1, 500), optimizer=choice('adam', 'sgd'))
        settings.epochs

    Raises:
        UserError: naming the hyperparameter, its value and what is allowed; also for an unknown name.
    """
    given = read_json(CONFIG / 'hyperparameters.json') or {}
    # SageMaker adds names with an underscore of its own, such as _tuning_objective_metric.
    for name in given:
        if name not in settings and not name.startswith('_'):
            raise UserError(f'hyperparameter "{name}": unknown; known are {", ".join(settings)}')
    return SimpleNamespace(
        **{
            name: setting.of(f'hyperparameter {name}', given[name]) if name in given else setting.default
            for name, setting in settings.items()
        }
    )


def require_one_instance():
    """Raises UserError if the training job has several instances."""
    hosts = (read_json(CONFIG / 'resourceconfig.json') or {}).get('hosts') or []
    if len(hosts) > 1:
        raise UserError(f'the program trains on one instance, and the job has {len(hosts)}; set the count to 1')


def read_json(file):
    """Returns the JSON object in `file`; None if it does not exist. Raises UserError if it holds anything else."""
    try:
        content = json.loads(Path(file).read_text(encoding='utf-8'))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(f'{Path(file).name}: not JSON in UTF-8 ({error})') from None
    if not isinstance(content, dict):
        raise UserError(f'{Path(file).name}: not a JSON object')
    return content


# --- Splits and the shard's report.


def split_of(key, validation, test):
    """Returns `test`, `validation` or `train` by a digest of `key`, bytes or text: the same in every run.

    `validation` and `test` are fractions of all rows. A row stays in `test` if only the validation fraction changes.
    Rows that belong together, such as those of one person, need one key.
    """
    digest = hashlib.sha256(key.encode() if isinstance(key, str) else key).digest()
    position = int.from_bytes(digest[:8], 'big') / 2**64
    return 'test' if position < test else 'validation' if position < test + validation else 'train'


class Shard:
    """The shard of a preprocessing job: its files, its number, the split of its rows, and its report."""

    MOST_WARNINGS = 10

    def __init__(self):
        fraction = number(None, 0, 1)
        self.index = whole(None, 0, 99_999).of('SHARD_INDEX', variable('SHARD_INDEX'))
        self.validation = fraction.of('VALIDATION_FRACTION', variable('VALIDATION_FRACTION'))
        self.test = fraction.of('TEST_FRACTION', variable('TEST_FRACTION'))
        self.rows = {'train': 0, 'validation': 0, 'test': 0}
        self.rejected = 0
        self.files = files_below(INPUT / 'data')
        if not self.files:
            raise UserError('processing/input/data: has no files; check the data of the run')

    def split(self, key):
        """Counts a row and returns its split, by a digest of `key`."""
        split = split_of(key, self.validation, self.test)
        self.rows[split] += 1
        return split

    def reject(self, reason):
        """Counts a row that cannot be used. `reason` says where it is and what is wrong; the first few are logged."""
        self.rejected += 1
        if self.rejected <= self.MOST_WARNINGS:
            log(f'rejected: {reason}', 'WARNING')

    def output(self, folder, suffix):
        """Returns the path of this shard's file in a folder of the output, e.g. of `scoring/test` with `.csv`."""
        file = OUTPUT / folder / f'shard-{self.index:05d}{suffix}'
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def report(self):
        """Writes the shard's report."""
        content = {'rows': self.rows, 'rejected': self.rejected}
        self.output('report', '.json').write_text(json.dumps(content), encoding='utf-8')
        log(f'shard {self.index}: {json.dumps(self.rows)}, {self.rejected} rejected')


# --- Checkpoints.


def digest_of(*parts):
    """Returns a digest of bytes, paths of files or folders (their content), and JSON values."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in [part] if part.is_file() else files_below(part):
                digest.update(f'{file.relative_to(part)}\0{file.stat().st_size}\0'.encode())
                with file.open('rb') as stream:
                    for block in iter(lambda: stream.read(1 << 20), b''):
                        digest.update(block)
        else:
            data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
            digest.update(f'{len(data)}\0'.encode() + data)
    return digest.hexdigest()


class Checkpoints:
    """Checkpoints of a training, which SageMaker copies to S3 and back after an interruption.

        checkpoints = Checkpoints(identity=digest_of(vars(settings), CHANNELS))
        step, data = checkpoints.load() or (0, None)
        while step < last:
            ...
            step += 1
            checkpoints.offer(step, lambda: state_as_bytes())

    From `load` on, SIGTERM no longer ends the process at once: the next `offer` saves and ends it with status 143. Call
    it often: SageMaker waits 120 seconds.
    """

    KEPT = 3
    """A torn newest one is skipped for an older one."""

    def __init__(self, identity, seconds=60):
        """`identity` is a digest of all that the result depends on; a checkpoint with another one is refused.

        `seconds` between two checkpoints: SIGTERM before a Spot interruption is not documented, so save by time too.
        """
        self._identity, self._seconds, self._saved_at = identity, seconds, time.monotonic()
        local = (read_json(CONFIG / 'checkpointconfig.json') or {}).get('LocalPath') or 'checkpoints'
        path = PurePosixPath(local)
        self.folder = BASE / (path.relative_to(SAGEMAKER_BASE) if SAGEMAKER_BASE in path.parents else path)

    def load(self):
        """Returns step and data of the newest whole checkpoint; None without one. Torn ones are removed.

        Raises:
            UserError: if the checkpoint belongs to another training.
        """
        global _stops_by_itself
        _stops_by_itself = True
        for file in self._files():
            data = file.read_bytes()
            if file.stem.rpartition('-')[2] != _short(data):
                log(f'skipped torn checkpoint {file.name}: its digest does not match its name', 'WARNING')
                file.unlink()
                continue
            identity, _, state = data.partition(b'\n')
            if identity.decode('ascii', 'replace') != self._identity:
                raise UserError(
                    f'checkpoint {file.name} was made with other hyperparameters or data; use another checkpoint '
                    'prefix, or empty this one'
                )
            step = int(file.name.split('-')[1])
            log(f'resumed from checkpoint {file.name}')
            return step, state
        return None

    def save(self, step, data):
        """Writes the checkpoint after `step` steps and removes those no longer needed."""
        data = self._identity.encode() + b'\n' + data
        write_atomically(self.folder / f'step-{step:010d}-{_short(data)}.checkpoint', data)
        for file in self._files()[self.KEPT :]:
            file.unlink()
        self._saved_at = time.monotonic()

    def offer(self, step, state):
        """Saves `state()`, bytes, if it is time. After SIGTERM, saves and ends the process with status 143."""
        global _stops_by_itself
        _stops_by_itself = True
        if not _stop_requested and time.monotonic() - self._saved_at < self._seconds:
            return
        self.save(step, state())
        if _stop_requested:
            log('stopped on request; a checkpoint is saved')
            sys.exit(143)

    def _files(self):
        return sorted(self.folder.glob('step-*.checkpoint'), reverse=True)


def _short(data):
    return hashlib.sha256(data).hexdigest()[:16]


# --- Model files.


def write_model(files, **about):
    """Writes a model's files (name → bytes) and `model.json`: `about` with their digests."""
    for name, data in files.items():
        write_atomically(MODEL / name, data)
    sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    write_atomically(MODEL / 'model.json', json.dumps({**about, 'sha256': sha256}, indent=2, ensure_ascii=False))


def read_model(folder=MODEL):
    """Returns the content of model.json. Raises UserError if it is missing or a file has another digest."""
    folder = Path(folder)
    about = read_json(folder / 'model.json')
    if about is None:
        raise UserError(f'{folder}: has no model.json; train the model again')
    for name, digest in about['sha256'].items():
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise UserError(f'{folder / name}: is missing or is not the file of model.json; train the model again')
    return about


@contextmanager
def unpacked_model(role):
    """Unpacks the `candidate` or the `champion` of an evaluation; gives the folder, or None without a model.

        with unpacked_model('candidate') as folder: ...
    """
    archive = INPUT / role / 'model.tar.gz'
    if not archive.is_file():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix='model-'))
    try:
        with tarfile.open(archive) as tar:
            # Absolute paths and links are refused where this Python can.
            tar.extractall(folder, **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))
        yield folder
    finally:
        shutil.rmtree(folder)


# --- Evaluation. A metric is a function of (labels, answers), two lists of equal length, that returns a number.


def accuracy(labels, answers):
    """Share of the rows whose `label` is right; answers are `{"label": …, "probabilities": {class: number}}`."""
    return sum(label == answer['label'] for label, answer in zip(labels, answers)) / len(labels)


accuracy.share = True
"""Marks a metric as a share of the rows, whose interval is Wilson's."""


def log_loss(labels, answers):
    """Mean of −ln of the probability of the true class; a class that the model does not know has 1e-15."""
    likely = [max(answer['probabilities'].get(label, 0), 1e-15) for label, answer in zip(labels, answers)]
    return -sum(map(math.log, likely)) / len(likely)


def rmse(labels, answers):
    return math.sqrt(sum((label - answer) ** 2 for label, answer in zip(labels, answers)) / len(labels))


def mae(labels, answers):
    return sum(abs(label - answer) for label, answer in zip(labels, answers)) / len(labels)


@dataclass(frozen=True)
class Naive:
    """The answer without a model, which a model must beat."""

    answer: object
    description: str
    by_metric: dict = field(default_factory=dict)
    """Another answer for single metrics."""


def commonest_class(counts):
    """Returns the naive answer for classes. `counts` are the training rows by class."""
    commonest, total = max(counts, key=counts.get), sum(counts.values())
    shares = {name: count / total for name, count in counts.items()}
    return Naive(
        {'label': commonest, 'probabilities': shares},
        f'always {json.dumps(commonest, ensure_ascii=False)}, the commonest class of the training rows',
    )


def mean_or_median(mean, median):
    """Returns the naive answer for numbers: the mean of the training rows; for `mae` their median, which is better."""
    return Naive(
        mean,
        f'always {mean:.6g}, the mean of the training rows (for mae {median:.6g}, their median)',
        {'mae': median},
    )


MOST_DRAWS = 4_000_000
"""Maximum rows × resamples, so that a large holdout takes seconds; FEWEST_RESAMPLES are drawn in any case."""
FEWEST_RESAMPLES = 200


def write_evaluation(metrics, naive, labels, candidate, validation, champion=None):
    """Compares candidate, champion and naive answer on the same rows and writes evaluation.json.

    Paired bootstrap: every resample of the holdout's rows is measured for all of them, so a difference in one resample
    is due to the models, not to the rows. The seed comes from the holdout's files.

    Args:
        metrics: function by name; the names are those of the model's configuration.
        naive: `Naive`.
        labels: the true answers to the rows of `test`; texts are classes.
        candidate: the candidate's answers to them.
        validation: (labels, candidate's answers) of the validation rows, compared with training's own metrics.
        champion: the champion's answers; None without one; a text that says why it cannot be compared.

    Returns:
        The content of evaluation.json.
    """
    if not labels or not validation[0]:
        raise UserError('test, validation: a split has no rows; raise its fraction or give the run more data')
    confidence = number(0.95, 0.5, 1).of('BOOTSTRAP_CONFIDENCE', os.environ.get('BOOTSTRAP_CONFIDENCE', '0.95'))
    resamples = whole(2000, 100, 100_000).of('BOOTSTRAP_RESAMPLES', os.environ.get('BOOTSTRAP_RESAMPLES', '2000'))
    drawn = min(resamples, max(FEWEST_RESAMPLES, MOST_DRAWS // len(labels)))
    sha256 = digest_of(INPUT / 'test')
    compared = {'candidate': {name: candidate for name in metrics}}
    compared['naive'] = {name: [naive.by_metric.get(name, naive.answer)] * len(labels) for name in metrics}
    if champion is not None and not isinstance(champion, str):
        compared['champion'] = {name: champion for name in metrics}
    values = {who: {n: _value(metrics[n], labels, of[n]) for n in metrics} for who, of in compared.items()}
    resampled = _bootstrap(metrics, labels, compared, drawn, random.Random(sha256))

    def estimates(who):
        return {n: _estimate(values[who][n], interval(metrics[n], values[who][n], resampled[who][n])) for n in metrics}

    def interval(metric, value, in_resamples):
        if getattr(metric, 'share', False) and value is not None:
            return _wilson_interval(value, len(labels))
        low, high = _interval(in_resamples, 0.025) or (0, 0)
        # Without variation the bootstrap says nothing about rows outside of the holdout.
        return [low, high] if low < high else None

    def differences(other):
        found = {}
        for name in metrics:
            first, second = values['candidate'][name], values[other][name]
            pairs = zip(resampled['candidate'][name], resampled[other][name])
            each = [one - two for one, two in pairs if one is not None and two is not None]
            value = None if first is None or second is None else first - second
            found[name] = _estimate(value, _interval(each, 1 - confidence))
        return found

    content = {
        'formatVersion': 2,
        'task': 'classification' if isinstance(labels[0], str) else 'regression',
        'holdout': {'rows': len(labels), 'sha256': sha256},
        'bootstrap': {'confidence': confidence, 'resamples': resamples, 'drawn': drawn},
        'naive': {'answer': naive.answer, 'description': naive.description, 'metrics': estimates('naive')},
        'candidate': {'version': variable('CANDIDATE_VERSION'), 'metrics': estimates('candidate')},
        'champion': None,
        'differences': None,
        'advantages': differences('naive'),
        'agreement': {
            'rows': len(validation[0]),
            'metrics': {name: _value(metric, *validation) for name, metric in metrics.items()},
        },
    }
    if 'champion' in compared:
        content['champion'] = {'version': variable('CHAMPION_VERSION'), 'metrics': estimates('champion')}
        content['differences'] = differences('champion')
    elif champion is not None:
        content['champion'] = {'version': variable('CHAMPION_VERSION'), 'incomparable': champion}
    if content['task'] == 'classification':
        content['labels'] = {name: labels.count(name) for name in sorted(set(labels))}
    write_atomically(OUTPUT / 'evaluation.json', json.dumps(content, indent=2, allow_nan=False))
    for who in compared:
        log(f'{who}: {json.dumps(values[who])} on {len(labels)} rows')
    return content


def _bootstrap(metrics, labels, compared, drawn, generator):
    """Returns the value of each metric in each resample, by model and metric; None where it is undefined."""
    resampled = {who: {name: [] for name in metrics} for who in compared}
    rows = range(len(labels))
    for _ in range(drawn):
        chosen = generator.choices(rows, k=len(labels))
        drawn_labels = list(map(labels.__getitem__, chosen))
        for who, answers in compared.items():
            drawn_answers = {}
            for name, metric in metrics.items():
                of = answers[name]
                if id(of) not in drawn_answers:
                    drawn_answers[id(of)] = list(map(of.__getitem__, chosen))
                resampled[who][name].append(_value(metric, drawn_labels, drawn_answers[id(of)]))
    return resampled


def _value(metric, labels, answers):
    """Returns a metric's value; None where it is undefined, such as a recall without rows of the class."""
    try:
        value = metric(labels, answers)
    except ZeroDivisionError:
        return None
    return float(value) if value is not None and math.isfinite(value) else None


def _interval(values, tail):
    """Returns the interval that leaves out the share `tail` of the values at each end; None without values."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    beyond = round(tail * (len(known) - 1))
    return [known[beyond], known[len(known) - 1 - beyond]]


def _wilson_interval(share, rows):
    """Returns Wilson's interval at 95 % of a share of rows; unlike the bootstrap's it is not empty at 0 and 1."""
    z2 = 1.959964**2
    center = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = math.sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    return [max(0.0, center - half), min(1.0, center + half)]


def _estimate(value, interval):
    return {'value': value, 'interval': None if value is None else interval}


# --- Golden requests: a deployed model must answer them as the candidate did in its evaluation.


@dataclass(frozen=True)
class Golden:
    content_type: str
    body: object
    """Bytes, or text."""
    answer: object
    """The server's whole answer, a JSON value; its text if it is not JSON."""
    label: object
    """The true answer, for people."""


def golden_rows(labels, count=5):
    """Returns the indexes of a few rows, a typical one first: each class in turn, or numbers over the whole range."""
    if isinstance(labels[0], str):
        by_class = {}
        for index, label in enumerate(labels):
            by_class.setdefault(label, []).append(index)
        commonest_first = sorted(by_class.values(), key=len, reverse=True)
        rounds = [rows[turn] for turn in range(count) for rows in commonest_first if turn < len(rows)]
        return rounds[:count]
    ordered = sorted(range(len(labels)), key=labels.__getitem__)
    spread = [round(step * (len(ordered) - 1) / max(1, count - 1)) for step in range(count)]
    return list(dict.fromkeys(ordered[position] for position in [spread[count // 2], *spread]))


def write_golden(requests):
    """Writes golden.json."""
    content = []
    for request in requests:
        body = (
            {'bodyBase64': base64.b64encode(request.body).decode('ascii')}
            if isinstance(request.body, bytes)
            else {'body': request.body}
        )
        content.append({'contentType': request.content_type, **body, 'answer': request.answer, 'label': request.label})
    if not content:
        raise UserError('test: no row for a golden request; raise its fraction or give the run more data')
    write_atomically(OUTPUT / 'golden.json', json.dumps(content, indent=2, allow_nan=False))


def model_version():
    """Returns the version that answers name: while serving MODEL_VERSION, in an evaluation the candidate's."""
    return os.environ.get('MODEL_VERSION') or os.environ.get('CANDIDATE_VERSION') or ''


# --- The HTTP server.


class RequestError(Exception):
    """A request that cannot be answered; the message tells the caller what to change."""

    STATUSES = {
        'InvalidInput': 400,
        'NotFound': 404,
        'MethodNotAllowed': 405,
        'PayloadTooLarge': 413,
        'UnsupportedMediaType': 415,
        'InternalError': 500,
        'ModelNotReady': 503,
    }

    def __init__(self, code, message, field=None):
        super().__init__(message)
        self.code, self.field, self.status = code, field, self.STATUSES[code]

    def body(self):
        error = {'code': self.code, 'message': str(self)}
        return {'error': {**error, 'field': self.field} if self.field else error}


def invalid(field, problem):
    """Returns the error for a wrong value: `raise invalid('rows[2].age', '"x" is not a number')`."""
    return RequestError('InvalidInput', f'{field}: {problem}', field)


def json_body(body):
    """Returns the JSON value of a request's body. Raises RequestError if it is not JSON."""
    try:
        return json.loads(body.decode('utf-8'))
    except (ValueError, RecursionError) as error:
        raise invalid('body', f'not JSON in UTF-8 ({error})') from None


def serve(load, answer, accepts, most_bytes=6_291_456):
    """Serves a model until SIGTERM: `GET /ping`, and `POST /invocations` with one of the content types `accepts`.

    The port opens before the model is loaded, because SageMaker requires connections within 250 ms; `/ping` answers 503
    until it is. Each connection has a thread, so `/ping` answers during predictions, as long as they release Python's
    lock now and then. No more predictions run at once than there are cores.

    Args:
        load: returns the model. Raises UserError if it cannot be used.
        answer: called with (model, body in bytes, content type); returns a JSON value. Raises `invalid(…)`.
        most_bytes: of a request; the default is SageMaker's limit for real-time endpoints.
    """
    global _stops_by_itself
    port = whole(8080, 0, 65_535).of('SAGEMAKER_BIND_TO_PORT', os.environ.get('SAGEMAKER_BIND_TO_PORT', '8080'))
    host = os.environ.get('BIND_HOST', '0.0.0.0')
    try:
        server = _Server((host, port), answer, tuple(accepts), most_bytes)
    except OSError as error:
        raise UserError(f'SAGEMAKER_BIND_TO_PORT: cannot listen on {host}:{port} ({error}); choose another') from None
    threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True).start()
    server.model = load()
    server.ready = True
    _stops_by_itself = True
    log(f'ready: process {os.getpid()}, http://{host}:{server.server_address[1]}')
    # Not an endless wait: a signal that arrives just before a wait begins is not handled until it ends.
    while not _stop_requested:
        time.sleep(0.1)
    server.shutdown()
    server.server_close()
    with server.idle:
        server.idle.wait_for(lambda: server.open_requests == 0, timeout=60)


class _Server(ThreadingHTTPServer):
    # Connections that wait for a thread.
    request_queue_size = 128

    def __init__(self, address, answer, accepts, most_bytes):
        super().__init__(address, _Handler)
        self.answer, self.accepts, self.most_bytes = answer, accepts, most_bytes
        self.model, self.ready = None, False
        self.slots = threading.BoundedSemaphore(os.cpu_count() or 1)
        self.open_requests, self.idle = 0, threading.Condition()

    def server_bind(self):
        """Binds without HTTPServer's look-up of the host's name, which waits for a name server that may not answer."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def count(self, change):
        with self.idle:
            self.open_requests += change
            self.idle.notify_all()

    def handle_error(self, request, client_address):
        """Ignores connections that the client closed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            log(traceback.format_exc(), 'ERROR')


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    # Otherwise an answer of two packets waits 40 ms for the first one's acknowledgement.
    disable_nagle_algorithm = True

    def handle_any(self):
        self.server.count(+1)
        try:
            try:
                status, content = 200, self.respond()
            except RequestError as error:
                status, content = error.status, error.body()
            except ConnectionError:
                raise
            except Exception:
                log(traceback.format_exc(), 'ERROR')
                error = RequestError('InternalError', 'the request failed; see the log for the cause')
                status, content = error.status, error.body()
            self.send(status, content)
        finally:
            self.server.count(-1)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def respond(self):
        """Returns the answer to the request: None for an empty one."""
        body = self.read_body()
        path, method = self.path.partition('?')[0], self.command
        methods = {'/ping': 'GET', '/invocations': 'POST'}
        if path not in methods:
            raise RequestError('NotFound', f'{path}: no such path; there are {" and ".join(methods)}')
        if method != methods[path]:
            raise RequestError('MethodNotAllowed', f'{method} {path}: use {methods[path]}')
        if not self.server.ready:
            raise RequestError('ModelNotReady', 'the model is being loaded; try again in a moment')
        if path == '/ping':
            return None
        kind = (self.headers.get('content-type') or '').partition(';')[0].strip().lower()
        if kind not in self.server.accepts:
            allowed = ' or '.join(self.server.accepts)
            raise RequestError('UnsupportedMediaType', f'content type "{kind}" is not served; send {allowed}')
        with self.server.slots:
            content = self.server.answer(self.server.model, body, kind)
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()

    def read_body(self):
        """Returns the body, read to its end even if it is too large: a client that still sends sees no answer."""
        size, parts = 0, []
        for part in self.chunks() if self.headers.get('transfer-encoding') else self.parts():
            size += len(part)
            if size <= self.server.most_bytes:
                parts.append(part)
        if size > self.server.most_bytes:
            raise RequestError('PayloadTooLarge', f'body: {size} bytes, of which {self.server.most_bytes} are allowed')
        return b''.join(parts)

    def parts(self):
        """Yields the parts of a body with a content-length."""
        length = self.headers.get('content-length') or '0'
        if not re.fullmatch(r'[0-9]+', length):
            self.close_connection = True
            raise invalid('content-length', f'"{length}" is not a number')
        left = int(length)
        while left > 0:
            part = self.rfile.read(min(left, 1 << 16))
            if not part:
                raise ConnectionResetError('the body ended early')
            left -= len(part)
            yield part

    def chunks(self):
        """Yields the chunks of a body that is sent in chunks."""
        while True:
            line = self.rfile.readline(1024).partition(b';')[0].strip()
            if not re.fullmatch(rb'[0-9a-fA-F]{1,8}', line):
                raise ConnectionResetError('a chunk has no length')
            if int(line, 16) == 0:
                break
            yield self.rfile.read(int(line, 16))
            self.rfile.readline(1024)
        while self.rfile.readline(65536).strip():
            pass

    def send(self, status, content):
        data = b'' if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header('content-length', str(len(data)))
        if data:
            self.send_header('content-type', 'application/json')
        if _stop_requested or self.close_connection:
            self.send_header('connection', 'close')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    def log_message(self, *_):
        """Logs no request: bodies and paths may be personal."""
