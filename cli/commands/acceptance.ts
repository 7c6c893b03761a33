import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pipelineId, resourcePrefix, type PipelineConfig } from '../../lib/config';
import { packageRoot } from '../../lib/config/package-root';
import { CLAIMS, good, only, type Scene } from '../acceptance/claims';
import { acceptanceReport, type Verdict } from '../acceptance/report';
import { compareShapes } from '../acceptance/shapes';
import known from '../acceptance/responses.json';
import { Shell } from '../acceptance/shell';
import type { CommandDescription, CommonOptions } from '../command';
import { endpointNameOf } from '../../lib/contract/names';
import { configOf } from '../configuration';
import { deleteEndpoint } from '../empty';
import { findEndpoint } from '../endpoint';
import { ExitCode, OperatorError, UsageError } from '../errors';
import { duration, type Output } from '../output';
import { openPipeline } from '../pipeline';
import { findStack } from '../stack';

interface AcceptanceOptions extends CommonOptions {
  yes?: boolean;
  keep?: boolean;
  output: string;
}

/** Places whose data are worth more than a trial. */
const PRODUCTION = 'prod';

export const acceptance: CommandDescription<AcceptanceOptions> = {
  usage: 'acceptance',
  summary:
    'Tries the claims of the README in an account: deploys, runs, breaks, rolls back, deletes, and reports.',
  examples: [
    ['acceptance', 'in dev; asks before it spends, and writes acceptance-<date>.md'],
    ['acceptance --yes --keep', 'without a question, and the stacks stay'],
  ],
  options: (command) =>
    command
      .option('--yes', 'do not ask before anything is deployed')
      .option('--keep', 'do not delete the stacks afterwards')
      .option('--output <dir>', 'folder of the report', '.'),
  action: {
    alone: async (choice, out, { yes = false, keep = false, output }) => {
      const config = await configOf(choice);
      await assertNew(config);
      const shell = new Shell(['--environment', config.environment, '--model', config.model]);
      await examine(shell, out);
      await agree(config, shell, out, yes);
      const open = () => openPipeline(config, process.env);
      const scene: Scene = { config, shell, open, deployed: [], shapes: {} };
      const verdicts = await tryAll(scene, out);
      if (!keep)
        verdicts.push(await tried('`npx cdk destroy` deletes the stacks', () => destroy(config, shell), out));
      const date = new Date().toISOString().slice(0, 10);
      const { account, region } = await here();
      const left = await shell.mlops('teardown', '--plan');
      const text = acceptanceReport({
        ...{ date, account, region, verdicts, pipeline: pipelineId(config), left: left.stdout + left.stderr },
        versions: versions(),
        differences: compareShapes(known, scene.shapes),
      });
      const file = join(output, `acceptance-${date}.md`);
      writeFileSync(file, text);
      writeFileSync(join(output, `acceptance-${date}.json`), `${JSON.stringify(scene.shapes, null, 2)}\n`);
      const held = verdicts.every(({ result }) => result === 'held');
      out.event({ event: 'report', file, held, verdicts }, `\nThe report is ${file}.`);
      return held ? ExitCode.Ok : ExitCode.Failed;
    },
  },
};

/** @throws OperatorError where the trial would touch what others use */
async function assertNew(config: PipelineConfig): Promise<void> {
  const id = pipelineId(config);
  if (config.environment === PRODUCTION)
    throw new OperatorError(
      `--environment is "${PRODUCTION}"; the trial deploys and deletes; use dev or stage.`,
    );
  const StackName = `${resourcePrefix(config)}-Storage`;
  if (await findStack(new CloudFormationClient(), StackName))
    throw new OperatorError(
      `stack "${StackName}" exists; the trial deploys "${id}" and deletes it, so it needs a place of its own: delete the stacks first (docs/teardown.md), or use another place.`,
    );
}

async function examine(shell: Shell, out: Output): Promise<void> {
  const { code, stdout, stderr } = await shell.mlops('doctor');
  const findings = code <= 1 && stdout !== '' ? (JSON.parse(stdout) as Finding[]) : undefined;
  if (!findings) throw new OperatorError(`mlops doctor failed: ${stderr.trim().replace(/^mlops: /, '')}`);
  const faults = findings.filter(({ result }) => result === 'fails');
  if (faults.length > 0)
    throw new OperatorError(
      `the account is not ready: ${faults.map(({ check, found, fix }) => `${check}: ${found}; ${fix}`).join('; ')}. Nothing was deployed.`,
    );
  out.event({ event: 'examined', checks: findings.length }, `✓ ${findings.length} checks of the account`);
}

interface Finding {
  readonly check: string;
  readonly result: string;
  readonly found: string;
  readonly fix: string;
}

/** Prints the estimate, and asks. @throws OperatorError if the answer is not yes */
async function agree(config: PipelineConfig, shell: Shell, out: Output, yes: boolean): Promise<void> {
  const { stdout } = await good(shell.mlops('cost', '--runs', '4'));
  const { rest, total } = JSON.parse(stdout) as { rest: number; total: number };
  const { account, region } = await here();
  const runs = (total - rest).toFixed(2);
  const day = (rest / 30).toFixed(2);
  const text = `This deploys ${pipelineId(config)} to account ${account}, ${region}, starts 5 runs (about ${runs} USD) and deletes it again; a day at rest is about ${day} USD.`;
  out.event({ event: 'estimate', runs: total - rest, restPerMonth: rest }, text);
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new UsageError(
      'standard input is no terminal, so nobody can be asked; add --yes to go on without a question.',
    );
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question('Type yes to go on: ').finally(() => questions.close());
  if (answer.trim() !== 'yes')
    throw new OperatorError(`the answer is "${answer}", not yes; nothing was deployed.`);
}

async function here(): Promise<{ account: string; region: string }> {
  const client = new STSClient();
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  return { account: Account!, region: await client.config.region() };
}

async function tryAll(scene: Scene, out: Output): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let broken = false;
  for (const { claim, needed, try: attempt } of CLAIMS) {
    const verdict: Verdict = broken
      ? { claim, result: 'not tried', seconds: 0, seen: 'an earlier step failed' }
      : await tried(claim, () => attempt(scene), out);
    if (needed && verdict.result === 'not held') broken = true;
    verdicts.push(verdict);
  }
  return verdicts;
}

async function tried(claim: string, attempt: () => Promise<string>, out: Output): Promise<Verdict> {
  const started = performance.now();
  const [result, seen] = await attempt().then(
    (text) => ['held', text] as const,
    (error: Error) =>
      ['not held', `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`] as const,
  );
  const seconds = (performance.now() - started) / 1000;
  const verdict = { claim, result, seconds, seen };
  out.event(
    { event: 'claim', ...verdict },
    `${result === 'held' ? '✓' : '✗'} ${claim} (${duration(seconds)})\n  ${seen}`,
  );
  return verdict;
}

/** Deletes the stacks, and the data where they are not retained. */
async function destroy(config: PipelineConfig, shell: Shell): Promise<string> {
  const id = pipelineId(config);
  const flags = ['--force', '--context', 'triggers=none', ...only(config)];
  const endpoint = endpointNameOf(resourcePrefix(config));
  const sagemaker = new SageMakerClient();
  // `mlops empty` deletes no retained data; an endpoint would be billed on.
  if (config.retainData && (await findEndpoint(sagemaker, endpoint)))
    await deleteEndpoint(sagemaker, endpoint);
  await good(shell.cdk('destroy', `${id}/Inference`, `${id}/Pipeline`, ...flags));
  if (config.retainData)
    return 'Inference, Pipeline and the endpoint deleted; data and their stacks are retained, as configured';
  await good(shell.mlops('empty', '--yes'));
  await good(shell.cdk('destroy', `${id}/*`, ...flags));
  return 'all stacks deleted';
}

function versions(): Record<string, string> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file beside the program, read at run time
  const own = require(join(packageRoot(), 'package.json')) as { version: string };
  return { 'sagemaker-mlops-pipeline': own.version, node: process.versions.node };
}
