import type { PriceTable } from '../../lib/contract/prices';
import type { TemplateResource } from './assembly';
import { MONTH_HOURS, rest, type CostLine } from './cost-line';

/** CloudWatch bills a period below a minute, in seconds, as high resolution. */
const MINUTE = 60;

type Lines = (resources: readonly TemplateResource[], prices: PriceTable) => CostLine[];

/** Types that cost something as long as they exist. */
const AT_REST: Readonly<Record<string, Lines>> = {
  'AWS::KMS::Key': (keys, { units }) => [
    rest('KMS keys', `${keys.length}`, keys.length * units.keyMonth.price),
  ],
  'AWS::CloudWatch::Alarm': (alarms, { units, alwaysFree }) => {
    const metrics = alarms.flatMap(alarmPeriods);
    const high = metrics.filter((period) => period < MINUTE).length;
    const standard = metrics.length - high;
    const billed = Math.max(0, standard - alwaysFree.alarms);
    return [
      rest('Alarms', `${standard}, ${alwaysFree.alarms} are free`, billed * units.alarmMonth.price),
      ...(high > 0
        ? [rest('Alarms of high resolution', `${high}`, high * units.highResolutionAlarmMonth.price)]
        : []),
    ];
  },
  'AWS::CloudWatch::Dashboard': (dashboards, { units, alwaysFree }) => [
    rest(
      'Dashboards',
      `${dashboards.length}, ${alwaysFree.dashboards} are free`,
      Math.max(0, dashboards.length - alwaysFree.dashboards) * units.dashboardMonth.price,
    ),
  ],
  'AWS::EC2::VPCEndpoint': (endpoints, { units }) => {
    const interfaces = endpoints.filter(({ properties }) => properties.VpcEndpointType === 'Interface');
    if (interfaces.length === 0) return [];
    const zones = interfaces.reduce((sum, { properties }) => sum + lengthOf(properties.SubnetIds), 0);
    const how = `${interfaces.length}, with ${zones} network interfaces, ${MONTH_HOURS} h`;
    return [rest('Interface endpoints', how, zones * MONTH_HOURS * units.interfaceEndpointHour.price)];
  },
  'AWS::FSx::FileSystem': (systems, prices) =>
    systems.map(({ properties }) => fileSystem(properties, prices)),
};

/** Types that cost something only in use, and whose use the lines of runs and requests, and of storage, estimate. */
const IN_USE = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::ECR::Repository',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::StepFunctions::StateMachine',
]);

/** Types, and services with `*`, that cost nothing by themselves. */
const FREE = [
  ...['AWS::IAM::*', 'AWS::CDK::Metadata', 'AWS::Lambda::Permission', 'AWS::Lambda::EventInvokeConfig'],
  ...['Account', 'ApiKey', 'Deployment', 'GatewayResponse', 'Method', 'Model', 'RequestValidator'].map(
    (name) => `AWS::ApiGateway::${name}`,
  ),
  ...['Resource', 'UsagePlan', 'UsagePlanKey'].map((name) => `AWS::ApiGateway::${name}`),
  ...['VPC', 'Subnet', 'RouteTable', 'SubnetRouteTableAssociation', 'SecurityGroup'].map(
    (name) => `AWS::EC2::${name}`,
  ),
  ...['SecurityGroupEgress', 'SecurityGroupIngress'].map((name) => `AWS::EC2::${name}`),
  'Custom::VpcRestrictDefaultSG',
  ...['AWS::KMS::Alias', 'AWS::FSx::DataRepositoryAssociation', 'AWS::Scheduler::ScheduleGroup'],
  ...[
    'AWS::S3::BucketPolicy',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy',
    'AWS::SageMaker::ModelPackageGroup',
  ],
];

/** Resources of one type without a price. */
export interface NotPriced {
  readonly type: string;
  readonly count: number;
}

/** Returns the cost of a template's resources at rest, and the types that it does not include. */
export function templateLines(
  resources: readonly TemplateResource[],
  prices: PriceTable,
): { lines: CostLine[]; notPriced: NotPriced[] } {
  const types = Map.groupBy(resources, ({ type }) => type);
  const lines = Object.entries(AT_REST).flatMap(([type, of]) => of(types.get(type) ?? [], prices));
  const notPriced = [...types]
    .filter(([type]) => !(type in AT_REST) && !IN_USE.has(type))
    .map(([type, found]) => ({ type, count: found.filter((resource) => !isFree(resource)).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.type < b.type ? -1 : 1));
  return { lines, notPriced };
}

function isFree({ type, properties }: TemplateResource): boolean {
  // Standard parameters are free; a stage costs something with a cache.
  if (type === 'AWS::SSM::Parameter') return (properties.Tier ?? 'Standard') === 'Standard';
  if (type === 'AWS::ApiGateway::Stage') return properties.CacheClusterEnabled !== true;
  const service = type.split('::').slice(0, 2).join('::');
  return FREE.includes(type) || FREE.includes(`${service}::*`);
}

/** Returns the period of each metric that the alarm is billed for, in seconds. */
function alarmPeriods({ properties }: TemplateResource): number[] {
  const { Period = MINUTE, Metrics } = properties as {
    Period?: number;
    Metrics?: { MetricStat?: { Period: number } }[];
  };
  return Metrics ? Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []) : [Period];
}

function fileSystem(properties: TemplateResource['properties'], { units }: PriceTable): CostLine {
  const { StorageCapacity: storage, LustreConfiguration: lustre } = properties as {
    StorageCapacity: number;
    LustreConfiguration?: { PerUnitStorageThroughput?: number };
  };
  const throughput = lustre?.PerUnitStorageThroughput ?? 0;
  const how = `${storage} GiB in FSx for Lustre, ${throughput} MB/s each TiB`;
  const name = `lustre${throughput}GbMonth`;
  return rest('File system', how, isUnit(name, units) ? storage * units[name].price : null);
}

function isUnit(name: string, units: PriceTable['units']): name is keyof PriceTable['units'] {
  return Object.hasOwn(units, name);
}

function lengthOf(list: unknown): number {
  // A list that is an intrinsic function has at least one subnet.
  return Array.isArray(list) ? list.length : 1;
}
