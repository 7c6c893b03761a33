import { readFileSync } from 'node:fs';
import { changedFields, fieldsOf } from '../changes/fields';
import { environmentOf, testChangesFrom } from '../changes/matrix';
import { changes } from '../changes/changes';
import type { Given } from '../changes/change';
import { describeChanges } from '../changes/describe';
import { environments } from '../support/configs';
import { validateConfig } from '../../lib/config';
import { BARE_VPC, GROUPS } from './support/account';

/** What holds the matrix of test/changes together, and a few of its changes; `npm run test:changes` makes them all. */

const REGION = 'us-east-1';
const VPC = {
  ...BARE_VPC,
  subnets: BARE_VPC.subnets.map((each) => ({ ...each, zone: each.zone.replace('eu-west-1', REGION) })),
};
const given: Given = {
  vpcs: [VPC, { ...VPC, vpcId: 'vpc-0123456789abcdef1' }],
  securityGroupIds: [GROUPS[0]!, GROUPS[1]!],
  permissionsBoundaries: ['One', 'Other'],
  buckets: ['1', '2'].map((digit) => ({
    name: `team-data-${digit}`,
    keyArn: `arn:aws:kms:${REGION}:123456789012:key/${digit}`,
  })) as unknown as Given['buckets'],
};

test('the matrix changes every field of a configuration', () => {
  const changed = new Set<string>();
  for (const { environment } of environments) {
    for (const { from, steps } of changes) {
      if (from && !from.includes(environment)) continue;
      let config = environmentOf(environment);
      for (const { edit, outcome } of steps) {
        const next = edit(config, given);
        if (typeof outcome === 'object' && 'refused' in outcome) {
          expect(() => validateConfig(next)).toThrow(outcome.refused);
          continue;
        }
        validateConfig(next);
        for (const field of changedFields(config, next)) changed.add(field);
        config = next;
      }
    }
  }
  expect(fieldsOf().filter((field) => !changed.has(field))).toEqual([]);
});

test('docs/runbook.md lists the changes that are more than one deployment', () => {
  const [, section] = /^## Changing the configuration\n(.*?)^## /ms.exec(
    readFileSync('docs/runbook.md', 'utf8'),
  )!;
  const rows = [...section!.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, what, how]) => `${what} | ${how}`,
  );
  expect(rows.slice(1).filter((row) => !row.startsWith('--'))).toEqual(describeChanges());
});

testChangesFrom(
  'local',
  changes.filter(({ name }) => ['notifications', 'approval: some'].includes(name)),
);
