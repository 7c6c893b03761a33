"""Tests of the helper's functions. `python3 -m unittest` runs them; test/containers/helper.test.ts does it for all."""

import io
import json
import math
import os
import random
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

BASE = tempfile.TemporaryDirectory()
os.environ['SAGEMAKER_BASE_DIR'] = BASE.name
sys.path.insert(0, str(Path(__file__).parents[3] / 'examples/helper'))
sys.dont_write_bytecode = True

import mlops_program as helper  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        """Empties the folder in place of /opt/ml, and collects the log."""
        BASE.cleanup()
        Path(BASE.name).mkdir(exist_ok=True)
        self.logged = []
        patch = mock.patch.object(helper, 'log', lambda message, level='INFO': self.logged.append(str(message)))
        patch.start()
        self.addCleanup(patch.stop)

    def write(self, name, content):
        file = Path(BASE.name) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())

    def environment(self, **values):
        patch = mock.patch.dict(os.environ, values)
        patch.start()
        self.addCleanup(patch.stop)


class Settings(Case):
    def parse(self, given):
        self.write('input/config/hyperparameters.json', given)
        return helper.hyperparameters(
            epochs=helper.whole(20, 1, 500), rate=helper.number(0.01, 0, 1), kind=helper.choice('adam', 'sgd')
        )

    def test_values_have_the_type_of_their_setting(self):
        self.assertEqual(vars(self.parse({})), {'epochs': 20, 'rate': 0.01, 'kind': 'adam'})
        given = {'epochs': '7', 'rate': '1e-3', 'kind': 'sgd', '_tuning_objective_metric': 'validation:loss'}
        self.assertEqual(vars(self.parse(given)), {'epochs': 7, 'rate': 0.001, 'kind': 'sgd'})

    def test_what_is_not_allowed_is_named(self):
        for given, message in [
            ({'epochs': '0'}, 'hyperparameter epochs: "0" is not a whole number from 1 to 500'),
            ({'epochs': '1.5'}, '"1.5" is not a whole number'),
            ({'epochs': '1_0'}, '"1_0" is not a whole number'),
            ({'epochs': 7}, '7 is not a whole number'),
            ({'rate': 'nan'}, '"nan" is not a number from 0 to 1'),
            ({'rate': '2'}, '"2" is not a number from 0 to 1'),
            ({'kind': 'rmsprop'}, '"rmsprop" is not one of adam, sgd'),
            ({'epoch': '3'}, 'hyperparameter "epoch": unknown; known are epochs, rate, kind'),
        ]:
            with self.subTest(given), self.assertRaises(helper.UserError) as raised:
                self.parse(given)
            self.assertIn(message, str(raised.exception))

    def test_a_broken_file_is_a_fault_of_the_input(self):
        self.write('input/config/hyperparameters.json', b'{"epochs": ')
        with self.assertRaisesRegex(helper.UserError, 'hyperparameters.json: not JSON'):
            helper.hyperparameters()

    def test_several_instances_are_refused(self):
        self.write('input/config/resourceconfig.json', {'hosts': ['algo-1']})
        helper.require_one_instance()
        self.write('input/config/resourceconfig.json', {'hosts': ['algo-1', 'algo-2']})
        with self.assertRaisesRegex(helper.UserError, 'the job has 2'):
            helper.require_one_instance()


class Metrics(Case):
    def test_a_line_matches_the_metric_definitions(self):
        helper.log_metrics({'train:loss': 1e-7, 'validation:accuracy': 0.9712345678}, 'epoch=1/2')
        self.assertEqual(self.logged, ['epoch=1/2; train:loss=1e-07; validation:accuracy=0.971234568;'])

    def test_a_value_that_is_not_finite_ends_the_training(self):
        for value in (math.nan, math.inf):
            with self.assertRaisesRegex(helper.UserError, 'validation:loss is'):
                helper.log_metrics({'validation:loss': value})


class Splits(Case):
    KEYS = [f'row {number}' for number in range(4000)]

    def test_fractions_are_met(self):
        splits = [helper.split_of(key, 0.1, 0.25) for key in self.KEYS]
        # Five standard deviations.
        self.assertAlmostEqual(splits.count('validation') / 4000, 0.1, delta=0.024)
        self.assertAlmostEqual(splits.count('test') / 4000, 0.25, delta=0.035)

    def test_the_holdout_stays_when_other_fractions_change_or_it_grows(self):
        def holdout(validation, test):
            return {key for key in self.KEYS if helper.split_of(key, validation, test) == 'test'}

        self.assertEqual(holdout(0.1, 0.2), holdout(0.3, 0.2))
        self.assertTrue(holdout(0.1, 0.2) < holdout(0.1, 0.3))

    def test_it_depends_on_the_content_alone(self):
        self.assertEqual([helper.split_of(key.encode(), 0.3, 0.3) for key in self.KEYS],
                         [helper.split_of(key, 0.3, 0.3) for key in self.KEYS])
        # The digest is written down: another one would move rows between training and holdout.
        self.assertEqual([helper.split_of(str(number), 0.3, 0.3) for number in range(8)],
                         ['validation', 'validation', 'train', 'validation', 'test', 'train', 'train', 'validation'])


class Shards(Case):
    def test_the_report_counts_rows_and_rejected(self):
        self.environment(SHARD_INDEX='3', VALIDATION_FRACTION='0.3', TEST_FRACTION='0.3')
        self.write('processing/input/data/sub/a.csv', b'x')
        shard = helper.Shard()
        self.assertEqual([file.name for file in shard.files], ['a.csv'])
        splits = [shard.split(str(number)) for number in range(8)]
        for number in range(30):
            shard.reject(f'row {number}')
        self.assertEqual(len(self.logged), 10)
        shard.report()
        report = json.loads((helper.OUTPUT / 'report/shard-00003.json').read_text())
        self.assertEqual(report['rejected'], 30)
        self.assertEqual(report['rows'], {name: splits.count(name) for name in ('train', 'validation', 'test')})
        self.assertEqual(shard.output('train', '.csv'), helper.OUTPUT / 'train/shard-00003.csv')

    def test_a_missing_variable_and_missing_files_are_named(self):
        self.environment(SHARD_INDEX='0', VALIDATION_FRACTION='1.5', TEST_FRACTION='0.3')
        with self.assertRaisesRegex(helper.UserError, 'VALIDATION_FRACTION: "1.5" is not a number from 0 to 1'):
            helper.Shard()
        self.environment(VALIDATION_FRACTION='0.5')
        with self.assertRaisesRegex(helper.UserError, 'has no files'):
            helper.Shard()


class Checkpoint(Case):
    def test_the_newest_whole_one_is_loaded(self):
        checkpoints = helper.Checkpoints('identity')
        self.assertIsNone(checkpoints.load())
        for step in (1, 2, 10):
            checkpoints.save(step, b'state %d' % step)
        self.assertEqual(checkpoints.load(), (10, b'state 10'))
        torn = max(checkpoints.folder.iterdir())
        torn.write_bytes(torn.read_bytes()[:-1])
        self.assertEqual(checkpoints.load(), (2, b'state 2'))
        self.assertFalse(torn.exists())

    def test_three_are_kept(self):
        checkpoints = helper.Checkpoints('identity')
        for step in range(6):
            checkpoints.save(step, b'state')
        self.assertEqual([int(file.name.split('-')[1]) for file in sorted(checkpoints.folder.iterdir())], [3, 4, 5])

    def test_one_of_another_training_is_refused(self):
        helper.Checkpoints('identity').save(1, b'state')
        with self.assertRaisesRegex(helper.UserError, 'other hyperparameters or data'):
            helper.Checkpoints('another').load()

    def test_it_is_saved_by_time(self):
        checkpoints = helper.Checkpoints('identity', seconds=3600)
        checkpoints.offer(1, lambda: self.fail('it is not time'))
        checkpoints = helper.Checkpoints('identity', seconds=0)
        checkpoints.offer(2, lambda: b'state')
        self.assertEqual(checkpoints.load(), (2, b'state'))

    def test_the_folder_is_that_of_the_job(self):
        self.write('input/config/checkpointconfig.json', {'LocalPath': '/opt/ml/other/folder'})
        self.assertEqual(helper.Checkpoints('identity').folder, helper.BASE / 'other/folder')

    def test_a_crash_while_writing_leaves_the_file_as_it_was(self):
        file = helper.BASE / 'file'
        helper.write_atomically(file, 'before')
        with mock.patch.object(os, 'fsync', side_effect=OSError), self.assertRaises(OSError):
            helper.write_atomically(file, 'after')
        self.assertEqual(file.read_text(), 'before')

    def test_the_identity_follows_content_and_names(self):
        self.write('input/data/train/a', b'1')
        first = helper.digest_of({'epochs': 1}, helper.CHANNELS)
        self.assertEqual(first, helper.digest_of({'epochs': 1}, helper.CHANNELS))
        self.assertNotEqual(first, helper.digest_of({'epochs': 2}, helper.CHANNELS))
        self.write('input/data/train/a', b'2')
        second = helper.digest_of({'epochs': 1}, helper.CHANNELS)
        (helper.CHANNELS / 'train/a').rename(helper.CHANNELS / 'train/b')
        self.assertEqual(len({first, second, helper.digest_of({'epochs': 1}, helper.CHANNELS)}), 3)


class Models(Case):
    def test_a_model_is_read_as_it_was_written(self):
        helper.write_model({'weights': b'123'}, classes=['a'])
        self.assertEqual(helper.read_model()['classes'], ['a'])
        self.write('model/weights', b'124')
        with self.assertRaisesRegex(helper.UserError, 'weights: is missing or is not the file of model.json'):
            helper.read_model()

    def test_a_packed_model_is_unpacked_and_removed(self):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode='w:gz') as tar:
            entry = tarfile.TarInfo('./weights')
            entry.size = 3
            tar.addfile(entry, io.BytesIO(b'123'))
        self.write('processing/input/candidate/model.tar.gz', data.getvalue())
        with helper.unpacked_model('candidate') as folder:
            self.assertEqual((folder / 'weights').read_bytes(), b'123')
        self.assertFalse(folder.exists())
        with helper.unpacked_model('champion') as folder:
            self.assertIsNone(folder)


def classes(truths, rate, seed):
    """Answers of which a share `rate` is right."""
    generator = random.Random(seed)
    answers = [truth if generator.random() < rate else 'other' for truth in truths]
    return [{'label': label, 'probabilities': {label: 0.9}} for label in answers]


class Evaluations(Case):
    LABELS = random.Random(7).choices(['a', 'b', 'b'], k=400)

    def setUp(self):
        super().setUp()
        self.environment(CANDIDATE_VERSION='new', CHAMPION_VERSION='old', BOOTSTRAP_CONFIDENCE='0.95', BOOTSTRAP_RESAMPLES='1000')
        self.write('processing/input/test/rows', b'rows')

    def evaluate(self, candidate, champion=None, metrics=None, naive=None, labels=None):
        labels = labels or self.LABELS
        content = helper.write_evaluation(
            metrics=metrics or {'accuracy': helper.accuracy},
            naive=naive or helper.commonest_class({'a': 10, 'b': 20}),
            labels=labels,
            candidate=candidate,
            validation=(labels[:40], candidate[:40]),
            champion=champion,
        )
        self.assertEqual(content, json.loads((helper.OUTPUT / 'evaluation.json').read_text()))
        return content

    def test_values_are_those_of_all_rows(self):
        answers = classes(self.LABELS, 0.8, 1)
        right = [answer['label'] == label for label, answer in zip(self.LABELS, answers)]
        found = self.evaluate(answers)
        self.assertEqual(found['candidate']['version'], 'new')
        self.assertEqual(found['candidate']['metrics']['accuracy']['value'], sum(right) / 400)
        self.assertEqual(found['naive']['metrics']['accuracy']['value'], self.LABELS.count('b') / 400)
        self.assertEqual(found['agreement'], {'rows': 40, 'metrics': {'accuracy': sum(right[:40]) / 40}})
        self.assertEqual(found['labels'], {name: self.LABELS.count(name) for name in ('a', 'b')})
        self.assertEqual(found['holdout']['rows'], 400)
        self.assertEqual(found['bootstrap'], {'confidence': 0.95, 'resamples': 1000, 'drawn': 1000})
        self.assertEqual((found['champion'], found['differences']), (None, None))

    def test_the_bootstrap_is_paired(self):
        answers = classes(self.LABELS, 0.8, 1)
        same = self.evaluate(answers, champion=answers)
        self.assertEqual(same['differences']['accuracy'], {'value': 0, 'interval': [0, 0]})
        # Unpaired, a difference would vary by sqrt(2 * 0.8 * 0.2 / 400) = 0.028; with ten other rows by 0.008.
        better = [dict(answer) for answer in answers]
        wrong = [index for index, answer in enumerate(answers) if answer['label'] == 'other'][:10]
        for index in wrong:
            better[index]['label'] = self.LABELS[index]
        low, high = self.evaluate(better, champion=answers)['differences']['accuracy']['interval']
        self.assertTrue(0 < low < 0.025 < high < 0.045, (low, high))

    def test_an_interval_has_the_width_of_theory(self):
        generator = random.Random(4)
        labels = [generator.gauss(0, 1) for _ in range(400)]
        answers = [label + generator.gauss(0, 2) for label in labels]
        metrics = {'mean': lambda truths, given: sum(given) / len(given) - sum(truths) / len(truths)}
        found = self.evaluate(answers, metrics=metrics, naive=helper.Naive(0, 'always 0'), labels=labels)
        low, high = found['candidate']['metrics']['mean']['interval']
        self.assertAlmostEqual((high - low) / 2, 1.96 * 2 / math.sqrt(400), delta=0.03)
        # Each bound of a difference holds at 95 %: 1.645 standard errors.
        low, high = self.evaluate(answers, champion=[0.0] * 400, metrics=metrics, naive=helper.Naive(0, ''), labels=labels)[
            'differences']['mean']['interval']
        spread = math.sqrt(sum(answer**2 for answer in answers) / 400 - (sum(answers) / 400) ** 2)
        self.assertAlmostEqual((high - low) / 2, 1.645 * spread / 20, delta=0.03)

    def test_a_share_has_wilsons_interval(self):
        perfect = [{'label': label} for label in self.LABELS]
        low, high = self.evaluate(perfect)['candidate']['metrics']['accuracy']['interval']
        self.assertAlmostEqual(low, 400 / (400 + 1.96**2), places=4)
        self.assertEqual(high, 1)

    def test_the_same_holdout_gives_the_same_resamples(self):
        answers = classes(self.LABELS, 0.8, 1)
        first = self.evaluate(answers, champion=classes(self.LABELS, 0.7, 2))
        self.assertEqual(first, self.evaluate(answers, champion=classes(self.LABELS, 0.7, 2)))
        self.write('processing/input/test/rows', b'other rows')
        other = self.evaluate(answers, champion=classes(self.LABELS, 0.7, 2))
        self.assertNotEqual(first['holdout']['sha256'], other['holdout']['sha256'])

    def test_numbers_have_a_naive_answer_for_each_metric(self):
        labels = [float(number) for number in (0, 0, 0, 10)]
        found = self.evaluate(
            labels, metrics={'rmse': helper.rmse, 'mae': helper.mae}, naive=helper.mean_or_median(2.5, 0.0), labels=labels
        )
        self.assertEqual(found['task'], 'regression')
        naive = found['naive']['metrics']
        self.assertAlmostEqual(naive['rmse']['value'], math.sqrt((3 * 2.5**2 + 7.5**2) / 4))
        self.assertEqual(naive['mae']['value'], 2.5)
        self.assertNotIn('labels', found)

    def test_what_is_undefined_is_null(self):
        def recall(labels, answers):
            of = [answer['label'] == 'c' for label, answer in zip(labels, answers) if label == 'c']
            return sum(of) / len(of)

        found = self.evaluate(classes(self.LABELS, 0.8, 1), metrics={'recall:c': recall, 'nan': lambda *_: math.nan})
        for name in ('recall:c', 'nan'):
            self.assertEqual(found['candidate']['metrics'][name], {'value': None, 'interval': None})
            self.assertEqual(found['advantages'][name], {'value': None, 'interval': None})

    def test_a_champion_may_be_incomparable(self):
        found = self.evaluate(classes(self.LABELS, 0.8, 1), champion='it reads other images')
        self.assertEqual(found['champion'], {'version': 'old', 'incomparable': 'it reads other images'})
        self.assertIsNone(found['differences'])

    def test_a_large_holdout_is_resampled_less_often(self):
        self.environment(BOOTSTRAP_RESAMPLES='100000')
        with mock.patch.object(helper, 'MOST_DRAWS', 400 * 300):
            drawn = self.evaluate(classes(self.LABELS, 0.8, 1))['bootstrap']
        self.assertEqual((drawn['resamples'], drawn['drawn']), (100_000, 300))

    def test_log_loss(self):
        answers = [{'label': 'a', 'probabilities': {'a': 0.5, 'b': 0.5}}, {'label': 'a', 'probabilities': {'a': 1.0}}]
        self.assertAlmostEqual(helper.log_loss(['a', 'c'], answers), (math.log(2) + 15 * math.log(10)) / 2)


class GoldenRequests(Case):
    def test_each_class_is_among_them_the_commonest_first(self):
        labels = ['a', 'a', 'b', 'b', 'b', 'c', 'c']
        rows = helper.golden_rows(labels)
        self.assertEqual([labels[row] for row in rows[:3]], ['b', 'a', 'c'])
        self.assertEqual(len(set(rows)), 5)

    def test_numbers_are_over_the_whole_range_the_median_first(self):
        labels = [50, 10, 80, 40, 20, 70, 30, 60, 0]
        self.assertEqual([labels[row] for row in helper.golden_rows(labels)], [40, 0, 20, 60, 80])
        self.assertEqual(helper.golden_rows([1.5]), [0])

    def test_bodies_are_text_or_base64(self):
        helper.write_golden([
            helper.Golden('image/png', b'\x89PNG', {'label': 'a'}, 'b'),
            helper.Golden('application/json', '"text"', [1], 2),
        ])
        self.assertEqual(
            json.loads((helper.OUTPUT / 'golden.json').read_text()),
            [
                {'contentType': 'image/png', 'bodyBase64': 'iVBORw==', 'answer': {'label': 'a'}, 'label': 'b'},
                {'contentType': 'application/json', 'body': '"text"', 'answer': [1], 'label': 2},
            ],
        )


if __name__ == '__main__':
    unittest.main()
