import {
  GuardedPipeline,
  POLL_SECONDS,
  requestBody,
  type Answer,
  type Deployment,
  type ProgramChange,
} from '../runs/guarded';
import { story } from '../runs/story';

const ANSWER = 'return { status: 200, body: boundedAnswer(answer, settings.maxAnswerBytes) };';
const BAKE_SECONDS = 120;
const CANARY = { strategy: 'canary', canaryPercent: 50, bakeSeconds: BAKE_SECONDS } as const;
const AB_TEST = { strategy: 'abTest', challengerPercent: 50, bakeSeconds: BAKE_SECONDS } as const;
const SHADOW = {
  ...({ strategy: 'shadow', copyPercent: 100 } as const),
  ...{ bakeSeconds: BAKE_SECONDS, observeSeconds: 60 },
};

const BROKEN: ProgramChange = [
  ANSWER,
  `if (answer.predictions.length > 0) throw new Error('no answer'); ${ANSWER}`,
];
/** Not for single rows, as the smoke test asks a challenger of an A/B test before it bakes. */
const BROKEN_FOR_TWO: ProgramChange = [
  ANSWER,
  `if (answer.predictions.length === 2) throw new Error('no answer'); ${ANSWER}`,
];
const SLOW: ProgramChange = [ANSWER, `await new Promise((resolve) => setTimeout(resolve, 1_200)); ${ANSWER}`];
const WRONG: ProgramChange = [
  ANSWER,
  `const given = answer.predictions as { label: string; probabilities: object }[];
   const other = (p: typeof given[0]) => Object.keys(p.probabilities).find((label) => label !== p.label)!;
   const predictions = given.map((p) => ({ ...p, label: other(p) }));
   return { status: 200, body: JSON.stringify({ ...answer, predictions }) };`,
];

const { step } = story();
let guarded: GuardedPipeline;
let champion: string;

beforeAll(async () => {
  guarded = await GuardedPipeline.open(CANARY);
  champion = (await guarded.run()).runId;
});
afterAll(() => guarded?.close());

/** Deploys a changed inference program under load. */
async function challenge(deployment: Deployment, program: ProgramChange) {
  await guarded.change(deployment, 2, program);
  const before = await guarded.ask(requestBody(2));
  const load = guarded.load(requestBody(2));
  const lastRun = await guarded.run(true).finally(() => load.stop());
  const during = load.answers;
  const after = await guarded.ask(requestBody(2));
  return { before, during, after, lastRun };
}

/** Expects every answer of the champion to equal the one before, byte for byte. */
function expectSameAnswers({ before, during, after }: Awaited<ReturnType<typeof challenge>>): void {
  expect(before).toMatchObject({ status: 200, version: champion });
  const production = during.filter(({ version }) => version === champion);
  expect(production.length).toBeGreaterThan(50);
  expect(new Set(production.map(({ status, text }) => `${status} ${text}`))).toEqual(
    new Set([`${before.status} ${before.text}`]),
  );
  expect(after).toEqual(before);
}

/** Only the challenger's own requests may fail. */
function failedRequests(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ status }) => status !== 200);
}

describe('a challenger is rolled back automatically, and the champion answers as before', () => {
  step.each<[string, string, Deployment, string, ProgramChange]>([
    // Each strategy and each alarm once: a run with its bake takes half a minute. guardrails.test.ts has a canary with
    // errors, test/templates all alarms of all strategies.
    ['is slow', 'mlops-table-local-primary-latency', CANARY, 'Describe endpoint', SLOW],
    ['answers 5xx', 'mlops-table-local-challenger-errors', AB_TEST, 'Look at challenger', BROKEN_FOR_TWO],
    ['answers 5xx to copies', 'mlops-table-local-challenger-errors', SHADOW, 'Look at challenger', BROKEN],
  ])('one that %s, by the alarm %s', async (_, alarm, deployment, look, program) => {
    const outcome = await challenge(deployment, program);
    const { lastRun, during } = outcome;
    expect(lastRun).toMatchObject({
      ...{ status: 'FAILED', decision: 'failed', error: 'DeploymentRolledBack' },
      ...{ championBefore: champion, championAfter: champion },
      prediction: { modelVersion: champion },
    });
    expect(lastRun.message).toContain(alarm);
    expect(await guarded.pipeline.mailOf(lastRun.runId)).toContain(alarm);
    expectSameAnswers(outcome);
    for (const { status, text } of failedRequests(during)) {
      expect({ status, text }).toEqual({ status: 502, text: expect.stringContaining('"ModelError"') });
    }

    const [raised] = await guarded.raisedAt(alarm);
    const looks = (await guarded.statesOf(lastRun)).filter(({ name }) => name === look);
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.filter(({ at }) => at > raised!).length).toBeLessThanOrEqual(
      BAKE_SECONDS / POLL_SECONDS + 2,
    );
    expect(await guarded.leftoversOf(lastRun.runId)).toEqual([]);
  });

  step('one of an A/B test that answers golden requests wrongly, by the smoke test', async () => {
    const outcome = await challenge(AB_TEST, WRONG);
    const { lastRun, during } = outcome;
    expect(lastRun).toMatchObject({
      ...{ status: 'FAILED', error: 'SmokeTestFailed', championAfter: champion },
      prediction: { modelVersion: champion },
    });
    expect(await guarded.pipeline.mailOf(lastRun.runId)).toContain(lastRun.message);
    expectSameAnswers(outcome);
    // It answered, although wrongly, until the rollback.
    expect(failedRequests(during)).toEqual([]);
    expect(during.some(({ version }) => version === lastRun.runId)).toBe(true);
    expect(await guarded.leftoversOf(lastRun.runId)).toEqual([]);
  });
});
