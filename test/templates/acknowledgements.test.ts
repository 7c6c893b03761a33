import { Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { environments } from '../support/configs';
import { type PipelineConfig } from '../../lib/config';
import { BARE_VPC, inAccount, withBucket } from './support/account';
import { dev, synthesiseStage } from './support/synthesis';
import {
  approval,
  asynchronous,
  builtIn,
  lustre,
  prebuilt,
  scaled,
  shadow,
  workingHours,
} from './support/variants';

interface Finding {
  readonly id: string;
  /** Construct path of the resource. */
  readonly at: string;
}

interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
  readonly construct: IConstruct;
}

function findings(scope: IConstruct, checks: AwsSolutionsChecks): Finding[] {
  return checks
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ id: ruleName, at: constructPath! })),
    );
}

/** The same rules without acknowledgements. */
function strictChecks(): AwsSolutionsChecks {
  return Object.assign(new AwsSolutionsChecks(), { isAcknowledged: () => false });
}

function acknowledgements(scope: IConstruct): Acknowledgement[] {
  return scope.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ id: id.replace(/^Annotation::/, ''), reason, construct }))
      // Those of other rules are CDK's own, about its own constructs.
      .filter(({ id }) => id.startsWith('AwsSolutions-')),
  );
}

/** Acknowledged rules other than wildcards: an addition needs a reason. */
const EVERYWHERE = [
  'AwsSolutions-APIG3',
  // POST /predict and GET /schema.
  ...['AwsSolutions-APIG4', 'AwsSolutions-APIG4', 'AwsSolutions-COG4', 'AwsSolutions-COG4'],
  'AwsSolutions-IAM4[service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
  'AwsSolutions-SQS3',
];
const OF_APPROVAL = [
  'AwsSolutions-SF1',
  ...['AwsSolutions-APIG2', 'AwsSolutions-APIG3', 'AwsSolutions-APIG6'],
  ...['AwsSolutions-APIG4', 'AwsSolutions-APIG4', 'AwsSolutions-COG4', 'AwsSolutions-COG4'],
];

describe.each<[string, PipelineConfig, readonly string[]]>([
  ...environments.map((config): [string, PipelineConfig, string[]] => [
    config.environment,
    config,
    config.approval ? [...EVERYWHERE, ...OF_APPROVAL] : EVERYWHERE,
  ]),
  ['an environment with approval', approval, [...EVERYWHERE, ...OF_APPROVAL]],
  ['an environment with a file system', lustre, EVERYWHERE],
  ['scaling', scaled, EVERYWHERE],
  // Results have a path of their own.
  ['a queue', asynchronous, [...EVERYWHERE, 'AwsSolutions-APIG4', 'AwsSolutions-COG4']],
  ['a shadow', shadow, EVERYWHERE],
  ['an environment with working hours', workingHours, EVERYWHERE],
  ['evaluation by batch transform on a built-in algorithm', builtIn, EVERYWHERE],
  ['prebuilt images', prebuilt, EVERYWHERE],
  ['an existing account', withBucket({ ...inAccount(dev), network: BARE_VPC }), EVERYWHERE],
])('cdk-nag AwsSolutions on %s', (_, config, unfollowed) => {
  const { stage } = synthesiseStage(config);
  const all = findings(stage, strictChecks());
  const acknowledged = acknowledgements(stage);

  test('has no finding that is not acknowledged', () => {
    expect(findings(stage, new AwsSolutionsChecks())).toEqual([]);
  });

  test('still has every acknowledged finding, in exactly one resource each', () => {
    expect(all.length).toBeGreaterThan(30);
    for (const { id, construct } of acknowledged) {
      const { path } = construct.node;
      const found = all.filter((finding) => finding.id === id && finding.at.startsWith(`${path}/`));
      expect([path, id, found.length]).toEqual([path, id, 1]);
    }
  });

  test('has no acknowledgement for a whole stack or stage', () => {
    for (const { construct } of acknowledged) {
      expect(Stack.isStack(construct) || Stage.isStage(construct)).toBe(false);
    }
  });

  test('has acknowledged findings for wildcards and a few rules only, each with a reason', () => {
    const others = acknowledged.filter(({ id }) => !id.startsWith('AwsSolutions-IAM5'));
    expect(others.map(({ id }) => id.replace(/\[.*:policy\//, '[')).sort()).toEqual([...unfollowed].sort());
    for (const { reason } of acknowledged) expect(reason).toMatch(/^[\w' ].{40,}$/);
  });
});

test('an acknowledgement applies to its finding only', () => {
  const stack = new Stack();
  const topic = new CfnTopic(stack, 'Topic');
  const found = () => findings(stack, new AwsSolutionsChecks()).map(({ id }) => id);
  expect(found()).toEqual(['AwsSolutions-SNS3']);
  Validations.of(topic).acknowledge({ id: 'AwsSolutions-SNS2', reason: 'none' });
  expect(found()).toEqual(['AwsSolutions-SNS3']);
  Validations.of(topic).acknowledge({ id: 'AwsSolutions-SNS3', reason: 'none' });
  expect(found()).toEqual([]);
  expect(findings(stack, strictChecks())).toEqual([{ id: 'AwsSolutions-SNS3', at: 'Default/Topic' }]);
});
