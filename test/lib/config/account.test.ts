import { pipelineConfig, validateConfig, type PipelineConfig } from '../../../lib/config';
import { validateDelivery } from '../../../lib/config/delivery';
import { dev as devPlace, table } from '../../../lib';
import project from '../../../mlops.config';
import { BARE_VPC, GROUPS, inAccount, KEY, VPC, withBucket } from '../../templates/support/account';
import { dev, stage } from '../../support/configs';
import { realtime, workingHours } from '../../templates/support/variants';

const served: PipelineConfig = { ...dev, endpoint: { ...dev.endpoint, serving: realtime } };
const inRegion: PipelineConfig = { ...served, account: '123456789012', region: 'eu-west-1' };

test.each<[name: string, config: PipelineConfig]>([
  ['rules of an account', inAccount(dev)],
  ['a boundary of the account', { ...inRegion, permissionsBoundary: 'arn:aws:iam::123456789012:policy/a/b' }],
  ['a boundary of AWS', { ...inRegion, permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' }],
  ['a VPC', { ...inRegion, network: VPC }],
  ['a VPC without endpoints', { ...inRegion, network: { ...BARE_VPC, securityGroupIds: GROUPS } }],
  ['a bucket', withBucket(inRegion)],
  ['a bucket without a key', withBucket(inRegion, null)],
  ['no bucket', { ...dev, data: { ...dev.data, bucket: null } }],
])('%s is accepted', (_, config) => {
  expect(validateConfig(config)).toBe(config);
});

const [first, second] = VPC.subnets as [(typeof VPC.subnets)[0], (typeof VPC.subnets)[0]];
const many = (count: number, length = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x'.repeat(length)]));

test.each<[message: string, change: object]>([
  ['permissionsBoundary is "no policy"; must be the name or the ARN', { permissionsBoundary: 'no policy' }],
  [
    'permissionsBoundary is "arn:aws:iam::210987654321:policy/p"; must be a policy of the account 123456789012 or of AWS',
    { permissionsBoundary: 'arn:aws:iam::210987654321:policy/p' },
  ],
  ['rolePath is "ml"; must be a path that begins and ends with a slash', { rolePath: 'ml' }],
  ['rolePath is "/ml"; must be a path', { rolePath: '/ml' }],
  ['; must be at most 128', { rolePath: `/${'x'.repeat(127)}/` }],
  ['tags.aws:team is not allowed; its name must be 1 to 127', { tags: { 'aws:team': 'x' } }],
  ['tags.App is not allowed; its name must be none of app, model, environment, run', { tags: { App: 'x' } }],
  ['tags.a&b is not allowed; its name must be 1 to 127', { tags: { 'a&b': 'x' } }],
  ['tags.team is ""; must be 1 to 255', { tags: { team: '' } }],
  ['must be at most 45 tags', { tags: many(46) }],
  ['tags names "Team" twice in different cases', { tags: { team: 'x', Team: 'y' } }],
  ['network.vpcId is "vpc-1"; must be an id such as vpc-', { network: { ...VPC, vpcId: 'vpc-1' } }],
  [
    'network.subnets.0.subnetId is "a"; must be an id such as subnet-',
    { network: { ...VPC, subnets: [{ ...first, subnetId: 'a' }, second] } },
  ],
  [
    'network.subnets are all in eu-west-1a; must be in at least two zones',
    { network: { ...VPC, subnets: [first, { ...second, zone: first.zone }] } },
  ],
  [
    'network.subnets.1.zone is "us-east-1a"; must be a zone of the region eu-west-1',
    { network: { ...VPC, subnets: [first, { ...second, zone: 'us-east-1a' }] } },
  ],
  [
    'network.subnets names "subnet-aaaaaaaaaaaaaaaaa" twice',
    { network: { ...VPC, subnets: [first, second, first] } },
  ],
  [
    'network.subnets have a routeTableId in 1 of 2; must be in all, or in none',
    { network: { ...VPC, subnets: [{ ...first, routeTableId: 'rtb-00000000' }, second] } },
  ],
  [
    'network.interfaceEndpoints is "some"; must be one of existing, create',
    { network: { ...VPC, interfaceEndpoints: 'some' } },
  ],
  ['network.securityGroupIds.0 is "sg"; must be an id', { network: { ...VPC, securityGroupIds: ['sg'] } }],
  ['network.cidr is not a configuration field', { network: { ...VPC, cidr: '10.0.0.0/16' } }],
  [
    'training.input.mode is "FSxLustre" with network.securityGroupIds; must be File or FastFile',
    {
      network: { ...VPC, securityGroupIds: GROUPS },
      training: { ...dev.training, input: { mode: 'FSxLustre', storageGb: 1_200, throughputPerTib: 125 } },
    },
  ],
  ['data.bucket.name is "My_Bucket"; must be the name of a bucket', bucket({ name: 'My_Bucket' })],
  ['data.bucket.name is "10.0.0.1"', bucket({ name: '10.0.0.1' })],
  ['data.bucket.name is "a..b"', bucket({ name: 'a..b' })],
  ['data.bucket.name is missing', bucket({})],
  [
    'data.bucket.keyArn is "arn:aws:kms:eu-west-1:1:alias/x"; must be the ARN of a KMS key',
    bucket({ name: 'abc', keyArn: 'arn:aws:kms:eu-west-1:1:alias/x' }),
  ],
  [
    'must be a key of the region eu-west-1',
    bucket({ name: 'abc', keyArn: KEY.replace('eu-west-1', 'us-east-1') }),
  ],
])('%s', (message, change) => {
  expect(() => validateConfig({ ...inRegion, ...change })).toThrow(message);
});

function bucket(value: object): object {
  return { data: { ...dev.data, bucket: value } };
}

test('a function must be able to hold the tags of an endpoint with working hours', () => {
  const tags = many(20, 100);
  expect(() => validateConfig({ ...workingHours, tags })).toThrow(
    /tags takes \d+ bytes as JSON with endpoint\.workingHours; must be at most 2048/,
  );
  expect(validateConfig({ ...served, tags })).toMatchObject({ tags });
});

test('a place, a model, and a model in a place each add tags; the last one wins', () => {
  const place = { ...devPlace, tags: { team: 'place', a: 'place', b: 'place' } };
  const model = { ...table, tags: { a: 'model', b: 'model' }, places: { dev: { tags: { b: 'here' } } } };
  expect(pipelineConfig('mlops', model, place).tags).toEqual({ team: 'place', a: 'model', b: 'here' });
  expect(dev.tags).toEqual({});
});

test('tags of a place and a model are counted together', () => {
  const model = { ...table, tags: many(30) };
  const place = {
    ...devPlace,
    tags: Object.fromEntries(Object.keys(many(30)).map((key) => [`of-place-${key}`, 'x'])),
  };
  expect(() => validateConfig(pipelineConfig('mlops', model, place))).toThrow('at most 45 tags');
});

test('a model may use another bucket in one place, or the one of the stack', () => {
  const model = {
    ...table,
    data: { ...table.data, bucket: { name: 'team-data' } },
    places: { dev: { data: { bucket: null } } },
  };
  expect(pipelineConfig('mlops', model, devPlace).data.bucket).toBeNull();
});

test.each<[message: string, change: object]>([
  ['rolePath is "delivery"; must be a path', { rolePath: 'delivery' }],
  ['permissionsBoundary is "a b"; must be the name or the ARN', { permissionsBoundary: 'a b' }],
  ['tags.run is not allowed; its name must be none of', { tags: { run: 'x' } }],
])('of the delivery, %s', (message, change) => {
  expect(() => validateDelivery({ ...project.delivery!, account: stage.account!, ...change })).toThrow(
    message,
  );
});
