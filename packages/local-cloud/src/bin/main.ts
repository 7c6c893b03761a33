import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startLocalCloud, type LocalCloud } from '..';
import { faultReport, readPlan } from '../faults/plan-file';
import { removeState } from '../core/lock';
import { parseFlags, type Flags } from './flags';

/** The template that `cdk bootstrap` deploys, from the installed CDK CLI. */
const BOOTSTRAP_TEMPLATE = 'aws-cdk/lib/api/bootstrap/bootstrap-template.yaml';

/** Runs `npx local-cloud`: an account on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const interruption = interrupted();
  const flags = parseFlags(process.argv.slice(2));
  const cloud = await open(flags);
  try {
    const template = bootstrapTemplate();
    if (template !== undefined) await cloud.bootstrap(template);
    process.stdout.write(greeting(cloud, template !== undefined));
    await interruption;
    if (flags.faults !== undefined) process.stdout.write(faultReport(cloud.faults));
  } finally {
    await cloud.close();
  }
}

async function open(flags: Flags): Promise<LocalCloud> {
  const { port, apiPort, state, fresh, engine, quota: quotas } = flags;
  const faults = flags.faults === undefined ? undefined : readPlan(flags.faults);
  const stateDirectory = resolve(state);
  if (fresh) removeState(stateDirectory);
  return startLocalCloud({ stateDirectory, port, apiPort, quotas, engine, faults, python: findPython() });
}

/** Returns the template's path; undefined if the CDK CLI is not installed. */
function bootstrapTemplate(): string | undefined {
  try {
    return readFileSync(require.resolve(BOOTSTRAP_TEMPLATE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function greeting(cloud: LocalCloud, bootstrapped: boolean): string {
  const { endpoint, region, credentials } = cloud.clientOptions();
  const invokeUrl = `https://api.execute-api.${region}.amazonaws.com/stage/path`;
  return [
    `Local cloud: account ${cloud.account}, region ${region}. Ctrl-C stops it.`,
    `REST APIs: ${invokeUrl} is served at ${cloud.localUrl(invokeUrl)}.`,
    ...(bootstrapped ? [] : ['The account is not bootstrapped: run npx cdk bootstrap before cdk deploy.']),
    '',
    `export AWS_ENDPOINT_URL=${endpoint}`,
    `export AWS_REGION=${region}`,
    // Version 1 of the AWS CLI and boto3 read this variable.
    `export AWS_DEFAULT_REGION=${region}`,
    `export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    '',
  ].join('\n');
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

/** Returns `PYTHON`, or the first interpreter found. Without one, containers that need no Python still run. */
function findPython(): string {
  const { PYTHON } = process.env;
  if (PYTHON) return PYTHON;
  return [resolve('.venv/bin/python'), '/usr/bin/python3'].find((path) => existsSync(path)) ?? 'python3';
}

main().catch((error: unknown) => {
  process.stderr.write(`local-cloud: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
