import { runProgram, type Finished } from 'local-cloud/testing';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineId, resourcePrefix, type PipelineConfig } from '../../lib/config';
import { mlops } from '../cli/operator';
import { story } from '../runs/story';
import { environments } from '../support/configs';
import { Account } from './account';
import { changes } from './changes';
import { environmentOf } from './matrix';

/** From a changed configuration to the end of each environment, and to its next deployment, by the CDK CLI. */

/** Changes that add to every stack. */
const MORE = ['approval: some', 'programs.evaluate: a folder', 'endpoint.workingHours'];

describe.each(environments.map(({ environment }) => environment))('%s', (environment) => {
  const original = environmentOf(environment);
  const prefix = resourcePrefix(original);
  const id = pipelineId(original);
  const { step } = story();
  let account: Account;
  let changed: PipelineConfig;

  beforeAll(async () => {
    account = await Account.open();
    changed = changes
      .filter(({ name, from }) => MORE.includes(name) && (from?.includes(environment) ?? true))
      .reduce((config, { steps }) => steps[0]!.edit(config, account.given), original);
  });
  afterAll(() => account?.close());

  async function cdk(config: PipelineConfig, command: string, ...args: string[]): Promise<Finished> {
    const { endpoint, region, credentials } = account.cloud.clientOptions();
    const env = {
      ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, HOME: account.folder },
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...{ CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: '1' },
    };
    const flags = ['--app', account.assembly(config), '--no-color', '--no-notices', '--ci'];
    const program = require.resolve('aws-cdk/bin/cdk');
    return runProgram(program, [command, ...args, ...flags], { env, cwd: account.folder });
  }
  const deploy = (config: PipelineConfig, ...stacks: string[]) =>
    cdk(config, 'deploy', ...stacks.map((stack) => `${id}/${stack}`), '--require-approval', 'never');
  const destroy = (...stacks: string[]) =>
    cdk(changed, 'destroy', ...stacks.map((stack) => `${id}/${stack}`), '--force');
  const works = ({ code, output }: Finished): void => {
    if (code !== 0) throw new Error(output);
  };
  const stacks = async () =>
    (await account.stacks(original)).map(({ StackName }) => StackName!.slice(prefix.length + 1)).sort();

  step('is deployed, serves, and is changed', async () => {
    works(await deploy(original, '*'));
    await account.serve(original);
    works(await deploy(changed, '*'));
  });

  step('loses what can be built again, and gets it back beside its data', async () => {
    const before = await account.resources(original);
    works(await destroy('Inference', 'Pipeline'));
    works(await deploy(changed, '*'));
    const after = await account.resources(original);
    for (const [name, resource] of before)
      if (name.startsWith(`${prefix}-Storage/`)) expect([name, after.get(name)]).toEqual([name, resource]);
  });

  if (original.network)
    step('keeps the network while the endpoint is in it', async () => {
      works(await destroy('Inference', 'Pipeline'));
      const { code, output } = await destroy('Network-*');
      expect([code, output]).toEqual([1, expect.stringMatching(/has a dependent object/)]);
    });

  step('is deleted, after its contents or without its data', async () => {
    works(await destroy('Inference', 'Pipeline'));
    if (original.retainData) {
      await account.stopServing(original);
      const { code, output } = await destroy('Storage');
      expect([code, output]).toEqual([1, expect.stringMatching(/TerminationProtection/)]);
      writeFileSync(
        join(account.folder, 'retained.json'),
        JSON.stringify(await account.listed(`${prefix}-Storage`)),
      );
      await account.unprotect(`${prefix}-Storage`);
    } else {
      const emptied = await mlops(account.cloud, ['empty', '--environment', environment, '--yes']);
      expect(emptied).toMatchObject({ code: 0, stderr: '' });
    }
    works(await destroy('*'));
    expect(await stacks()).toEqual([]);
  });

  step('is deployed again: anew, or with the data that was retained', async () => {
    if (original.retainData) {
      const { code, output } = await deploy(changed, '*');
      expect([code, output]).toEqual([1, expect.stringMatching(/already exists/)]);
      // What is left of the attempt has no resources, and is protected too.
      await account.unprotect(`${prefix}-Storage`);
      expect(await account.remove(`${prefix}-Storage`)).toBe('DELETE_COMPLETE');
      const [, script] = /^node -e '\n(.*?)\n' > mapping.json$/ms.exec(
        readFileSync('docs/runbook.md', 'utf8'),
      )!;
      const mapping = execFileSync(process.execPath, ['-e', script!], { cwd: account.folder });
      writeFileSync(join(account.folder, 'mapping.json'), mapping);
      works(await cdk(changed, 'import', `${id}/Storage`, '--resource-mapping', 'mapping.json'));
    }
    works(await deploy(changed, '*'));
    const all = await account.resources(original);
    if (!original.retainData) return;
    const { StackResourceSummaries: kept } = JSON.parse(
      readFileSync(join(account.folder, 'retained.json'), 'utf8'),
    ) as { StackResourceSummaries: { LogicalResourceId: string; PhysicalResourceId: string }[] };
    const before = kept.filter(({ LogicalResourceId }) => /^(Store|Images)/.test(LogicalResourceId));
    expect(before.length).toBeGreaterThan(5);
    for (const { LogicalResourceId, PhysicalResourceId } of before)
      if (!/Policy/.test(LogicalResourceId))
        expect(all.get(`${prefix}-Storage/${LogicalResourceId}`)?.physicalId).toBe(PhysicalResourceId);
  });

  step('goes into no other account or region', async () => {
    const before = await account.resources(original);
    for (const { steps } of changes.filter(({ steps: [{ outcome } = {}] }) => outcome === 'elsewhere')) {
      const elsewhere = steps[0]!.edit(changed, account.given);
      const { code, output } = await deploy(elsewhere, 'Storage');
      // The CLI turns to that account and that region only.
      const target = `deploy-role-${elsewhere.account}-${elsewhere.region}`;
      expect([code, output]).toEqual([1, expect.stringContaining(target)]);
    }
    expect(await account.resources(original)).toEqual(before);
  });
});
