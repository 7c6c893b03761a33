import type { PipelineConfig } from '../../lib/config';
import { change, to, together, within, type Change, type Edit, type Given } from './change';

/** Changes of what a place sets, without the endpoint. */

const LUSTRE = { mode: 'FSxLustre', storageGb: 1_200, throughputPerTib: 125 } as const;

const REALTIME = {
  kind: 'realtime',
  variants: [{ name: 'primary', instanceType: 'ml.m5.large', instanceCount: 2, weight: 1 }],
  scaling: null,
} as const;

/** Gets an endpoint that can be in a network. */
const realtime: Edit = (config) =>
  config.endpoint.serving.kind === 'realtime'
    ? config
    : { ...config, endpoint: { ...config.endpoint, serving: REALTIME } };

/** Returns an edit that sets the network, and what a network needs. */
const network = (of: PipelineConfig['network']): Edit => together(realtime, to({ network: of }));

type Vpc = Given['vpcs'][0];

/** Moves to one of the account's VPCs. */
const vpc =
  (index: 0 | 1, more: (vpc: Vpc, given: Given) => Partial<Vpc> = () => ({})): Edit =>
  (config, given) =>
    network({ ...given.vpcs[index], ...more(given.vpcs[index], given) })(config, given);

const grouped =
  (index: 0 | 1) =>
  (_: Vpc, { securityGroupIds }: Given) => ({
    interfaceEndpoints: 'existing' as const,
    securityGroupIds: [securityGroupIds[index]],
  });

const APPROVALS = [
  to({ approval: { days: 2, emails: ['a@team.dev'] } }),
  to({ approval: { days: 5, emails: ['b@team.dev'] } }),
];

/** Outside of `local` and `dev`, addresses are required. */
const TOLD = { emails: ['team@team.dev'] };

/** Account and region of the local cloud. */
const [HERE, REGION] = ['123456789012', 'us-east-1'];

const USER_POOL = `arn:aws:cognito-idp:${REGION}:${HERE}:userpool/${REGION}_Example`;
/** Without its last digit. */
const CERTIFICATE = `arn:aws:acm:${REGION}:${HERE}:certificate/0a1b2c3d-0000-4000-8000-00000000000`;

const WITHOUT = ['local', 'dev'];
const WITH = ['stage', 'prod'];

export const placeChanges: readonly Change[] = [
  change('name', [to({ name: 'other' })], { outcome: 'another', title: '`name`' }),
  change('model', [to({ model: 'other' })], { outcome: 'another', title: '`model`' }),
  change('environment', [to({ environment: 'other', account: HERE, region: REGION, notifications: TOLD })], {
    outcome: 'another',
    title: '`environment`',
  }),
  change('account, region: those of the credentials', [to({ account: HERE, region: REGION })], {
    from: WITHOUT,
  }),
  change('account', [to({ account: '210987654321', region: REGION })], {
    outcome: 'elsewhere',
    title: '`account`',
  }),
  change('region', [to({ account: HERE, region: 'eu-west-1' })], {
    outcome: 'elsewhere',
    title: '`region`',
  }),
  change('permissionsBoundary', [
    (config, { permissionsBoundaries: [one] }) => ({ ...config, permissionsBoundary: one }),
    (config, { permissionsBoundaries: [, other] }) => ({ ...config, permissionsBoundary: other }),
  ]),
  change('rolePath', [to({ rolePath: '/ml/' }), to({ rolePath: '/other/' })]),
  change('retainData', [(config) => ({ ...config, retainData: !config.retainData })]),
  change('logRetentionDays', [to({ logRetentionDays: 7 })]),
  change('tags', [to({ tags: { team: 'fraud', cost: '42' } }), to({ tags: { team: 'risk' } })]),
  change('network: a new one, a zone more, another range', [
    network({ zones: 2, cidr: '10.50.0.0/16' }),
    network({ zones: 3, cidr: '10.50.0.0/16' }),
    network({ zones: 3, cidr: '10.51.0.0/16' }),
  ]),
  change('network: none', [to({ network: null })], { from: WITH }),
  change('network: a zone less', [
    network({ zones: 3, cidr: '10.52.0.0/16' }),
    {
      edit: network({ zones: 2, cidr: '10.52.0.0/16' }),
      outcome: 'users first',
      title: '`network.zones` from 3 to 2',
    },
  ]),
  change('network: a VPC of the account, other subnets, another VPC', [
    vpc(0),
    vpc(0, ({ subnets: [a, , c] }) => ({ subnets: [c!, a!] })),
    vpc(1),
  ]),
  change('network: a VPC with endpoints, with groups', [
    vpc(0),
    {
      edit: vpc(0, () => ({ interfaceEndpoints: 'existing' })),
      outcome: 'users first',
      title: '`network.interfaceEndpoints` from create to existing',
    },
    { edit: vpc(0, grouped(0)), outcome: 'users first', title: '`network.securityGroupIds` of the team' },
    vpc(0, grouped(1)),
  ]),
  change('network beside a serverless endpoint', [to({ network: { zones: 2, cidr: '10.50.0.0/16' } })], {
    from: ['dev'],
    title: '`network` with a serverless endpoint',
    outcome: { refused: /SageMaker runs serverless endpoints outside of your network/ },
  }),
  change('preprocessing', [
    to({ preprocessing: { instanceType: 'ml.m5.large', volumeSizeGb: 50, maxRuntimeMinutes: 40 } }),
  ]),
  change('evaluation', [
    to({ evaluation: { instanceType: 'ml.m5.large', volumeSizeGb: 50, maxRuntimeMinutes: 40 } }),
  ]),
  change('training: instances, volume, time, Spot', [
    within('training', {
      ...{ instanceType: 'ml.m5.2xlarge', instanceCount: 2, volumeSizeGb: 60, maxRuntimeMinutes: 100 },
      input: { mode: 'FastFile' },
      spot: { maxWaitMinutes: 300, onDemandFallback: false },
    }),
    within('training', { spot: null }),
  ]),
  change('training.input: a file system, grown, faster', [
    together(network({ zones: 2, cidr: '10.53.0.0/16' }), within('training', { input: LUSTRE })),
    {
      edit: within('training', { input: { ...LUSTRE, storageGb: 2_400 } }),
      outcome: 'works',
      stuck: true,
      title: '`training.input.storageGb`, more',
    },
    within('training', { input: { ...LUSTRE, storageGb: 2_400, throughputPerTib: 250 } }),
    {
      edit: within('training', { input: { ...LUSTRE, throughputPerTib: 250 } }),
      outcome: { fails: /it can only grow/ },
      title: '`training.input.storageGb`, less',
    },
  ]),
  change('triggers', [
    within('triggers', {
      schedule: { expression: 'rate(2 days)', timeZone: 'Europe/Berlin' },
      newData: { quietMinutes: 30, maxWaitMinutes: 90 },
      newCode: true,
      drift: { alarmNames: ['ours'] },
    }),
    within('triggers', {
      schedule: { expression: 'rate(3 days)', timeZone: 'UTC' },
      newData: null,
      newCode: false,
      drift: null,
    }),
    within('triggers', { schedule: null }),
  ]),
  change('approval: some', APPROVALS, {
    from: WITHOUT,
    back: 'users first',
    backTitle: '`approval` to null',
  }),
  change('approval: days, approvers', APPROVALS, { from: WITH }),
  change('approval: none', [to({ approval: null })], {
    from: WITH,
    outcome: 'users first',
    title: '`approval` to null',
  }),
  change('alarms', [to({ alarms: { errorsPerFiveMinutes: 9, latencyMs: 999 } })]),
  change('notifications', [to({ notifications: { emails: ['c@team.dev'] } })]),
  change('api: limits', [within('api', { rateLimit: 9, burstLimit: 19, dailyQuota: 29 })]),
  change('api.authorization: IAM, a user pool, scopes', [
    within('api', { authorization: { kind: 'iam' } }),
    within('api', { authorization: { kind: 'cognito', userPoolArn: USER_POOL } }),
    within('api', {
      authorization: { kind: 'cognito', userPoolArn: `${USER_POOL}2`, scopes: ['model/predict'] },
    }),
  ]),
  change('api.domain: one, another', [
    within('api', { domain: { domainName: 'predict.team.dev', certificateArn: `${CERTIFICATE}0` } }),
    within('api', { domain: { domainName: 'predict.team.dev', certificateArn: `${CERTIFICATE}1` } }),
    within('api', { domain: { domainName: 'model.team.dev', certificateArn: `${CERTIFICATE}0` } }),
  ]),
  change('apiLoggingRole', [to({ apiLoggingRole: 'existing' })]),
];
