import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { pipelineId, type PipelineConfig } from '../../lib/config';
import { resolveData } from '../training-data';
import { uploadData } from '../upload';
import { executionArnOf } from '../execution';
import type { Pipeline } from '../pipeline';
import { until } from '../until';
import type { Ended, Shell } from './shell';
import { lookAt } from './look';
import known from './responses.json';
import { compareShapes, type Shapes } from './shapes';

/** What the steps share. */
export interface Scene {
  readonly config: PipelineConfig;
  readonly shell: Shell;
  /** Opens the deployed pipeline. */
  readonly open: () => Promise<Pipeline>;
  /** Ids of runs that deployed a model, oldest first. */
  readonly deployed: string[];
  /** Shapes of AWS's answers, filled by a step. */
  shapes: Shapes;
}

export interface Claim {
  /** A sentence of the README, which holds or not. */
  readonly claim: string;
  /** True: without it the later ones cannot be tried. */
  readonly needed?: boolean;
  /** Returns what was seen. @throws Error with AWS's words if the claim does not hold */
  readonly try: (scene: Scene) => Promise<string>;
}

/** In the order in which they are tried, in a pipeline that is deployed for it. */
export const CLAIMS: readonly Claim[] = [
  {
    claim: '`npx cdk deploy` deploys an environment to a bootstrapped account',
    needed: true,
    try: async ({ config, shell }) => {
      // Automatic triggers would start runs of their own.
      const flags = ['--require-approval', 'never', '--context', 'triggers=none', ...only(config)];
      await good(shell.cdk('deploy', `${pipelineId(config)}/*`, ...flags));
      return `stacks of ${pipelineId(config)} deployed`;
    },
  },
  {
    claim: 'a run trains a model on the sample data, and deploys it if it passes the gate',
    needed: true,
    try: async (scene) => {
      await upload(scene);
      return deployedBy(scene, scene.shell.mlops('run', '--wait'));
    },
  },
  {
    claim: 'it serves the model over HTTPS, and the API answers as the evaluation did',
    try: async ({ shell }) => {
      await good(shell.mlops('predict', '--golden'));
      return 'golden requests answered alike';
    },
  },
  {
    claim: 'AWS’s answers have the form of the local cloud’s',
    try: async (scene) => {
      scene.shapes = await lookAt(await scene.open(), scene.deployed[0]!);
      const different = compareShapes(known, scene.shapes).map(({ operation }) => operation);
      if (different.length > 0)
        throw new Error(`other answers of ${different.join(', ')}; they are listed below`);
      return `${Object.keys(scene.shapes).length} operations`;
    },
  },
  {
    claim: 'the same input again is nothing to do',
    try: async ({ shell }) => {
      const { decision, message } = await outcome(shell.mlops('run', '--wait'));
      if (decision !== 'nothing-to-do') throw new Error(`${decision}: ${message}`);
      return decision;
    },
  },
  {
    claim: 'a run that fails says why',
    try: async ({ open }) => {
      const { sfn, outputs, pollMs } = await open();
      const input = JSON.stringify({ force: true, hyperparameters: { 'training.epochs': '-1' } });
      const start = new StartExecutionCommand({ stateMachineArn: outputs.StateMachineArn, input });
      const { executionArn } = await sfn.send(start);
      const { error, cause } = await ended({ sfn, pollMs }, executionArn!);
      if (error !== 'InvalidRunInput') throw new Error(`${error}: ${cause}`);
      return `${error}: ${sentence(cause)}`;
    },
  },
  {
    claim: 'a challenger replaces the champion',
    try: (scene) => deployedBy(scene, scene.shell.mlops('run', '--force', '--wait')),
  },
  {
    claim: '`mlops rollback` goes back to the champion before',
    try: async ({ shell }) => {
      const { stdout } = await good(shell.mlops('rollback'));
      const { from, to } = JSON.parse(stdout) as { from: string; to: string };
      await good(shell.mlops('predict', '--golden'));
      return `${from} → ${to}`;
    },
  },
  {
    claim: 'a stopped run goes on with `mlops redrive`, from the checkpoints',
    try: async (scene) => {
      const { shell, open } = scene;
      const { stdout } = await good(shell.mlops('run', '--force'));
      const { runId } = JSON.parse(stdout) as { runId: string };
      const pipeline = await open();
      const executionArn = executionArnOf(pipeline.outputs.StateMachineArn, runId);
      await untilTraining(shell, runId, pipeline.pollMs);
      await pipeline.sfn.send(new StopExecutionCommand({ executionArn, cause: 'acceptance' }));
      await ended(pipeline, executionArn);
      return deployedBy(scene, shell.mlops('redrive', runId, '--wait'));
    },
  },
];

/** Limits the synthesis to the pipeline. */
export function only({ environment, model }: PipelineConfig): string[] {
  return ['--context', `environment=${environment}`, '--context', `model=${model}`];
}

/** Returns the end of a command that succeeded. @throws Error with the last lines that it wrote */
export async function good(command: Promise<Ended>): Promise<Ended> {
  const end = await command;
  if (end.code === 0) return end;
  throw new Error(lastLines(`${end.stdout}\n${end.stderr}`));
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-12).join('\n');
}

interface Outcome {
  readonly runId: string;
  readonly decision: string;
  readonly message: string;
}

/** Returns the last event of a command that follows a run, whatever the run's decision. */
async function outcome(command: Promise<Ended>): Promise<Outcome> {
  const { stdout, stderr } = await command;
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.includes('"event":"ended"')) throw new Error(lastLines(`${stdout}\n${stderr}`));
  return JSON.parse(last) as Outcome;
}

async function deployedBy({ deployed }: Scene, command: Promise<Ended>): Promise<string> {
  const { runId, decision, message } = await outcome(command);
  if (decision !== 'deployed') throw new Error(`${runId} ${decision}: ${message}`);
  deployed.push(runId);
  return `${runId} deployed: ${sentence(message)}`;
}

function sentence(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').slice(0, 200);
}

async function upload({ config, open }: Scene): Promise<void> {
  const { s3, outputs } = await open();
  const sample = await resolveData({}, config.data, noLabel);
  const { prefix, schemaKey } = config.data;
  await uploadData(s3, sample, { bucket: outputs.DataBucketName, prefix, schemaKey });
}

const noLabel = () => Promise.reject(new Error('the sample data have a schema'));

/** An hour; a GPU instance can be long in coming. */
const PATIENCE_MS = 3_600_000;

async function ended({ sfn, pollMs }: Pick<Pipeline, 'sfn' | 'pollMs'>, executionArn: string) {
  const look = async () => {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return found.status !== 'RUNNING' && found;
  };
  return until(`${executionArn} has ended`, look, { everyMs: pollMs, limitMs: PATIENCE_MS });
}

/** Waits until the training job runs, by the state that the run is in. */
async function untilTraining(shell: Shell, runId: string, everyMs: number): Promise<void> {
  const look = async () => {
    const { stdout } = await good(shell.mlops('status', runId));
    const { status, states } = JSON.parse(stdout) as { status: string; states: string[] };
    if (status !== 'RUNNING') throw new Error(`${runId} is ${status} before it trained`);
    return states.some((state) => /^Train model/.test(state));
  };
  await until(`${runId} trains`, look, { everyMs, limitMs: PATIENCE_MS });
}
