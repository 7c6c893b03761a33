import path from 'node:path';
import { ContainerProgram } from 'local-cloud/programs';
import { check, judgeMetrics, layOutChannels } from '../../../cli/check/check';
import { CLAUSES, Findings, type ClauseName, type Finding } from '../../../cli/check/clauses';
import { checkEvaluate } from '../../../cli/check/evaluate';
import { Jobs } from '../../../cli/check/jobs';
import type { CheckedModel } from '../../../cli/check/model';
import { checkPreprocess, type Prepared } from '../../../cli/check/preprocess';
import { checkServe } from '../../../cli/check/serve';
import { checkTrain, type Channels, type Trained } from '../../../cli/check/train';
import type { GoldenRequest } from '../../../lib/contract/golden';
import { local } from '../../../lib';
import { pipelineConfig } from '../../../lib/config';
import { PYTHON, temporaryFolders } from '../../containers/support/program';
import { SLOPE, writeProject, type Change } from './slope';

const folders = temporaryFolders();
const MODEL: CheckedModel = pipelineConfig('mlops', SLOPE, local);
const interpreters = { node: process.execPath, python: PYTHON };
const project = (changes: readonly Change[] = []) => writeProject(folders, changes);

function checkAll(folder: string): Promise<Finding[]> {
  return check(MODEL, {
    project: folder,
    fixture: { data: path.join(folder, 'data'), schema: null },
    interpreters,
    set: {},
    progress: () => undefined,
  });
}

/** What a good program leaves for the next one. */
interface Good {
  readonly jobs: Jobs;
  readonly prepared: Prepared;
  readonly channels: Channels;
  readonly trained: Trained;
  readonly golden: readonly GoldenRequest[];
}
let good: Good;

const programs: ContainerProgram[] = [];
function programOf(folder: string, step: 'preprocess' | 'train' | 'serve'): ContainerProgram {
  const dockerfile = path.join(folder, step, 'Dockerfile');
  const program = new ContainerProgram({ context: folder, dockerfile, interpreters });
  programs.push(program);
  return program;
}

beforeAll(async () => {
  const folder = project();
  const [jobs, findings] = [new Jobs(), new Findings()];
  const fixture = { data: path.join(folder, 'data'), schema: null };
  const prepared = await checkPreprocess(programOf(folder, 'preprocess'), MODEL, fixture, jobs, findings);
  const channels = layOutChannels(prepared!, fixture, jobs) as Channels;
  const trained = await checkTrain(programOf(folder, 'train'), MODEL, channels, {}, jobs, findings);
  const evaluated = await checkEvaluate(
    programOf(folder, 'serve'),
    MODEL,
    prepared!,
    trained!,
    jobs,
    findings,
  );
  good = { jobs, prepared: prepared!, channels, trained: trained!, golden: evaluated!.golden };
});
afterAll(() => {
  good.jobs.remove();
  for (const program of programs) program.remove();
});

/** Runs the changed program alone, on what the good ones left. */
async function findingsAfter(
  clause: ClauseName,
  changes: readonly Change[],
  model: CheckedModel,
): Promise<Finding[]> {
  const folder = project(changes);
  const { jobs, prepared, channels, trained, golden } = good;
  const findings = new Findings();
  const step = CLAUSES[clause].program;
  const program = programOf(folder, step === 'evaluate' ? 'serve' : step);
  if (step === 'preprocess') {
    await checkPreprocess(program, model, { data: path.join(folder, 'data'), schema: null }, jobs, findings);
  } else if (step === 'train') {
    const found = await checkTrain(program, model, channels, {}, jobs, findings);
    if (found) judgeMetrics(model, found, undefined, findings);
  } else if (step === 'evaluate') {
    await checkEvaluate(program, model, prepared, trained, jobs, findings);
  } else {
    const stopLimit = clause === 'serveStop' ? 1 : 60;
    await checkServe(program, model, { modelFolder: trained.model, golden, stopLimit }, jobs, findings);
  }
  return findings.all();
}

const names = (findings: readonly Finding[], result: Finding['result']) =>
  findings.filter((finding) => finding.result === result).map(({ clause }) => clause);

test('a good program holds every clause', async () => {
  const findings = await checkAll(project());
  expect(findings.filter(({ result }) => result !== 'held')).toEqual([]);
  expect(findings.map(({ clause }) => clause)).toEqual(Object.keys(CLAUSES));
});

const helper = (from: string, to: string): Change => ({ file: 'mlops_program.py', from, to });
const loss = { name: 'train:loss', expression: 'train:loss=([0-9.]+);' };

/** Changes that break one clause, and what is said of it. */
const BROKEN: [ClauseName, RegExp, readonly Change[], CheckedModel?][] = [
  [
    'preprocessOutput',
    /wrote no file to scoring\/test/,
    [{ from: "('test', 'scoring/test')", to: "('test', 'scoring/other')" }],
  ],
  [
    'preprocessReport',
    /not shard-0\.json/,
    [helper("self.output('report', '.json')", "self.output('report', '.txt')")],
  ],
  [
    'preprocessNames',
    /two shards write .*train\.csv/,
    [{ from: "shard.output(folder, '.csv').", to: "shard.output(folder, '.csv').with_name('train.csv')." }],
  ],
  [
    'preprocessSplit',
    /the same files have .* in two shards, .* in one/,
    [{ from: 'shard.split(line)', to: 'shard.split(str(shard.index) + line.decode())' }],
  ],
  [
    'preprocessFault',
    /ended with 1, and output\/message is missing/,
    [{ from: 'shard.reject(file.name)', to: 'os._exit(1)' }],
  ],
  [
    'preprocessFolders',
    /changed processing\/input\/data\/a\.csv/,
    [{ from: 'shard.report()', to: "shard.report()\n    shard.files[0].write_text('0,0\\n')" }],
  ],
  ['trainModel', /ended with 0 and wrote no model/, [{ from: "write_model({'slope'", to: "dict({'slope'" }]],
  [
    'trainMetrics',
    /no value of train:loss \(train:loss=/,
    [],
    { ...MODEL, metrics: { ...MODEL.metrics, training: [...MODEL.metrics.training, loss] } },
  ],
  [
    'trainHyperparameter',
    /"a wrong value", without the name steps/,
    [
      helper(
        "raise UserError(f'{name}: {json.dumps(text)} is not {self.allowed} (a string)')",
        "raise UserError('a wrong value')",
      ),
    ],
  ],
  [
    'trainFault',
    /output\/failure is missing/,
    [{ from: "raise UserError(f'{folder.name}: has no rows')", to: 'os._exit(1)' }],
  ],
  [
    'trainStop',
    /SIGTERM ended with 1: /,
    [helper("is saved')\n            sys.exit(143)", "is saved')\n            sys.exit(1)")],
  ],
  ['trainStop', /left no checkpoint/, [helper('        self.save(step, state())\n', '')]],
  [
    'trainStop',
    /left slope in model/,
    [
      {
        from: '    while step <',
        to: "    MODEL.mkdir()\n    (MODEL / 'slope').write_text('0')\n    while step <",
      },
    ],
  ],
  ['trainResume', /it began again/, [{ from: "checkpoints.load() or (0, b'0')", to: "(0, b'0')" }]],
  [
    'trainResume',
    /validation:rmse is .* without an interruption, .* with one/,
    [
      { from: 'json.dumps(slope).encode())', to: 'json.dumps(slope + 1).encode())' },
      { from: '0.001 *', to: '0.00001 *' },
    ],
  ],
  [
    'trainFolders',
    /changed input\/cache/,
    [
      {
        from: '    checkpoints = Checkpoints(',
        to: "    (CHANNELS.parent / 'cache').write_text('1')\n    checkpoints = Checkpoints(",
      },
    ],
  ],
  [
    'evaluateForm',
    /advantages is missing; must be an object/,
    [helper("'advantages': differences('naive'),", '')],
  ],
  [
    'evaluateForm',
    /without a champion: ended with 2/,
    [{ from: 'naive=mean_or', to: 'naive=[][0] or mean_or' }],
  ],
  [
    'evaluateSettings',
    /candidate is "latest"; the variable has/,
    [helper("'version': variable('CANDIDATE_VERSION')", "'version': 'latest'")],
  ],
  [
    'evaluateSettings',
    /resamples is 2000; the variable has 300/,
    [helper("os.environ.get('BOOTSTRAP_RESAMPLES', '2000')", "'2000'")],
  ],
  [
    'evaluateMetrics',
    /candidate\.metrics has no finite mae/,
    [],
    { ...MODEL, gate: { ...MODEL.gate, metrics: [{ name: 'mae', threshold: null, tolerance: 0 }] } },
  ],
  [
    'evaluateChampion',
    /rmse is .* as candidate, .* as champion/,
    [{ from: 'champion.values(xs)', to: 'champion.values([2 * x for x in xs])' }],
  ],
  [
    'evaluateChampion',
    /the same model is incomparable with itself: old/,
    [{ from: 'champion and champion.values(xs)', to: "champion and 'old'" }],
  ],
  [
    'evaluateAgreement',
    /rmse is .* by the serving code, validation:rmse is .* by training/,
    [{ from: 'validation=([y', to: 'validation=([y + 1' }],
  ],
  [
    'evaluateGolden',
    /of text\/csv; api\.accepts has application\/json/,
    [{ from: "Golden('application/json'", to: "Golden('text/csv'" }],
  ],
  [
    'evaluateGolden',
    /golden\.json\[0\] is .*; must be with either "body" or "bodyBase64"/,
    [helper("else {'body': request.body}", "else {'text': request.body}")],
  ],
  [
    'evaluateFault',
    /ended with 1, and output\/message is missing/,
    [{ from: "raise UserError('processing/input/candidate: holds no model.tar.gz')", to: 'os._exit(1)' }],
  ],
  [
    'evaluateFolders',
    /changed processing\/input\/candidate\//,
    [
      helper("folder = Path(tempfile.mkdtemp(prefix='model-'))", 'folder = archive.parent'),
      helper('        shutil.rmtree(folder)', '        pass'),
    ],
  ],
  [
    'serveReady',
    /ended with 1: .*has no model\.json/,
    [{ from: 'Model(MODEL)', to: "Model(MODEL / 'other')" }],
  ],
  [
    'serveGolden',
    /request 0: value: expected .*, given/,
    [{ from: 'json_body(body))', to: 'json_body(body) + 1)' }],
  ],
  [
    'serveGolden',
    /request 0: modelVersion: expected "check-candidate", given "1"/,
    [helper("os.environ.get('MODEL_VERSION') or", "'1' if 'MODEL_VERSION' in os.environ else")],
  ],
  [
    'serveBusy',
    /no answer within 2 s while 8 requests are open/,
    [
      // The seventh request is slow: the golden ones are over, and /ping waits for its turn.
      helper('threading.BoundedSemaphore(os.cpu_count() or 1)', 'threading.BoundedSemaphore(1)'),
      helper("if path == '/ping':\n", "if path == '/ping':\n          with self.server.slots:\n"),
      {
        from: 'return model.answer(json_body(body))',
        to: 'model.asked = getattr(model, "asked", 0) + 1\n    if model.asked == 7: __import__("time").sleep(2.5)\n    return model.answer(json_body(body))',
      },
    ],
  ],
  [
    'serveType',
    /answers 200 to application\/x-mlops-check/,
    [helper('if kind not in self.server.accepts:', 'if False:')],
  ],
  [
    'serveBody',
    /answers 500 to 7 wrong bytes of application\/json/,
    [{ from: 'json_body(body))', to: 'json.loads(body))' }],
  ],
  [
    'serveBody',
    /answers 400 to wrong application\/json with "wrong"/,
    [helper("return {'error': {**error, 'field': self.field} if self.field else error}", "return 'wrong'")],
  ],
  [
    'serveAlive',
    /then answers 503/,
    [
      helper(
        '                status, content = error.status, error.body()\n',
        "                status, content = error.status, error.body()\n                if error.code == 'InvalidInput': self.server.ready = False\n",
      ),
    ],
  ],
  [
    'serveFolders',
    /changed model\/cache/,
    [
      {
        from: 'self.mean = read_model',
        to: "(folder / 'cache').write_text('1')\n        self.mean = read_model",
      },
    ],
  ],
  ['serveStop', /still runs 1 s after SIGTERM/, [helper('while not _stop_requested:', 'while True:')]],
];

test.each(BROKEN)('broken: %s, %s', async (clause, how, changes, model = MODEL) => {
  const findings = await findingsAfter(clause, changes, model);
  expect(names(findings, 'broken')).toEqual([clause]);
  const found = findings.find((finding) => finding.clause === clause)!;
  expect(found.how).toMatch(how);
  expect(found.remedy).toBe(CLAUSES[clause].remedy);
});

test.each(['preprocess', 'train', 'serve'] as const)('a broken Dockerfile of %s', async (step) => {
  const file = `${step}/Dockerfile`;
  const findings = await checkAll(project([{ file, from: /\[.*\]/, to: 'python3 program.py' }]));
  expect(names(findings, 'broken')).toEqual([`${step}Image`]);
  expect(findings.find(({ result }) => result === 'broken')!.how).toMatch(
    /line 4: ENTRYPOINT is in shell form/,
  );
  const left = findings.filter(({ result }) => result === 'unchecked').map(({ program }) => program);
  expect(new Set(left)).toEqual(
    new Set(
      {
        preprocess: ['preprocess', 'train', 'evaluate', 'serve'],
        train: ['train', 'evaluate', 'serve'],
        serve: ['evaluate', 'serve'],
      }[step],
    ),
  );
});

test('every clause is broken once', () => {
  const broken = new Set(BROKEN.map(([clause]) => clause));
  const images = ['preprocessImage', 'trainImage', 'serveImage'];
  expect(Object.keys(CLAUSES).filter((name) => !broken.has(name as ClauseName))).toEqual(images);
});
