import type {
  ApiStage,
  Op,
  PatchOperation,
  QuotaSettings,
  StageKey,
  ThrottleSettings,
} from '@aws-sdk/client-api-gateway';
import { camelCase, generatedName, type Properties, type ResourceType } from '../../../core/resource-type';

/** Resource types that limit calls of a REST API. */
export const usagePlanTypes: Record<string, ResourceType> = {
  'AWS::ApiGateway::ApiKey': {
    properties: ['Description', 'Enabled', 'Name', 'StageKeys', 'Tags', 'Value'],
    async create({ Description, Enabled, Name, StageKeys, Value }, context) {
      const { id } = await context.cloud.call(
        'apigateway',
        'CreateApiKey',
        {
          name: (Name as string | undefined) ?? generatedName(context, 128),
          description: Description as string | undefined,
          enabled: Enabled === true,
          value: Value as string | undefined,
          stageKeys: camelCase(StageKeys) as StageKey[] | undefined,
        },
        context.caller,
      );
      return { physicalId: id!, attributes: { APIKeyId: id } };
    },
    async update({ Description = '', Enabled, StageKeys }, { cloud, caller }, before) {
      const [stagesBefore, stagesAfter] = [stagesOf(before.properties.StageKeys), stagesOf(StageKeys)];
      const stages = (op: Op, values: string[]) => values.map((value) => ({ op, path: '/stages', value }));
      const patchOperations: PatchOperation[] = [
        ...stages(
          'remove',
          stagesBefore.filter((stage) => !stagesAfter.includes(stage)),
        ),
        ...stages(
          'add',
          stagesAfter.filter((stage) => !stagesBefore.includes(stage)),
        ),
        { op: 'replace', path: '/description', value: Description as string },
        { op: 'replace', path: '/enabled', value: String(Enabled === true) },
      ];
      await cloud.call('apigateway', 'UpdateApiKey', { apiKey: before.physicalId, patchOperations }, caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('apigateway', 'DeleteApiKey', { apiKey: physicalId }, caller);
    },
  },

  'AWS::ApiGateway::UsagePlan': {
    properties: ['ApiStages', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'],
    async create(properties, context) {
      const { ApiStages, Description, Quota, Throttle, UsagePlanName } = properties;
      const stages = (ApiStages ?? []) as { ApiId: string; Stage: string }[];
      const { id } = await context.cloud.call(
        'apigateway',
        'CreateUsagePlan',
        {
          name: (UsagePlanName as string | undefined) ?? generatedName(context, 128),
          description: Description as string | undefined,
          apiStages: stages.map(({ ApiId, Stage }): ApiStage => ({ apiId: ApiId, stage: Stage })),
          quota: camelCase(Quota) as QuotaSettings | undefined,
          throttle: camelCase(Throttle) as ThrottleSettings | undefined,
        },
        context.caller,
      );
      return { physicalId: id!, attributes: { Id: id } };
    },
    async update(properties, { cloud, caller }, before) {
      const { physicalId: usagePlanId } = before;
      const patchOperations = patches(before.properties, properties);
      await cloud.call('apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations }, caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('apigateway', 'DeleteUsagePlan', { usagePlanId: physicalId }, caller);
    },
  },

  'AWS::ApiGateway::UsagePlanKey': {
    properties: ['KeyId', 'KeyType', 'UsagePlanId'],
    async create({ KeyId, KeyType, UsagePlanId }, { cloud, caller }) {
      const { id } = await cloud.call(
        'apigateway',
        'CreateUsagePlanKey',
        { usagePlanId: UsagePlanId as string, keyId: KeyId as string, keyType: KeyType as string },
        caller,
      );
      return { physicalId: `${id}:${UsagePlanId as string}`, attributes: { Id: id } };
    },
    async delete({ properties }, { cloud, caller }) {
      const { KeyId, UsagePlanId } = properties as Record<string, string>;
      await cloud.call(
        'apigateway',
        'DeleteUsagePlanKey',
        { usagePlanId: UsagePlanId!, keyId: KeyId! },
        caller,
      );
    },
  },
};

/** Returns the patches that change one definition of a usage plan into another. A generated name stays. */
function patches(before: Properties, after: Properties): PatchOperation[] {
  const stages = ({ ApiStages = [] }: Properties) =>
    (ApiStages as { ApiId: string; Stage: string }[]).map(({ ApiId, Stage }) => `${ApiId}:${Stage}`);
  const path = '/apiStages';
  const list: PatchOperation[] = [
    ...stages(before).map((value): PatchOperation => ({ op: 'remove', path, value })),
    ...stages(after).map((value): PatchOperation => ({ op: 'add', path, value })),
  ];
  for (const name of ['Throttle', 'Quota']) {
    const values = camelCase(after[name]) as Record<string, unknown> | undefined;
    const section = `/${name.toLowerCase()}`;
    if (!values && before[name] !== undefined) list.push({ op: 'remove', path: section });
    for (const [member, value] of Object.entries(values ?? {}))
      list.push({ op: 'replace', path: `${section}/${member}`, value: String(value) });
  }
  const { UsagePlanName: name, Description: description = '' } = after;
  if (name !== undefined) list.push({ op: 'replace', path: '/name', value: name as string });
  list.push({ op: 'replace', path: '/description', value: description as string });
  return list;
}

/** Returns a key's stages as `<api>/<stage>`. */
function stagesOf(stageKeys: unknown): string[] {
  return ((stageKeys ?? []) as { RestApiId: string; StageName: string }[]).map(
    ({ RestApiId, StageName }) => `${RestApiId}/${StageName}`,
  );
}
