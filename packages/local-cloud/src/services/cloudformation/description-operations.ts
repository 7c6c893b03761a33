import { page } from '../../core/paging';
import type { Operations as Handlers } from '../../core/service';
import { requiredCapability } from '../../templates/capabilities';
import { checkType } from '../../templates/check';
import { isHidden } from '../../templates/parameters';
import type { Template, TemplateParameter } from '../../templates/template';
import { parseTemplate } from '../../templates/parse';
import { describeResource, describeStack, summarizeStack } from './descriptions';
import type { Operations } from './operations';
import type { Stack } from './records';
import { invalid, readTemplate } from './requests';
import type { Stacks } from './stacks';

const PAGE = 100;

/**
 * The longest wait of DescribeStacks, milliseconds. Clients poll every few seconds, since in AWS an operation takes
 * minutes; on this machine it mostly takes one or two seconds. So a request for a stack with an operation in progress
 * is answered when that has ended, or after this time.
 */
const LONGEST_POLL_MS = 2000;

export function descriptionOperations(stacks: Stacks, operations: Operations): Handlers<'cloudformation'> {
  const { cloud } = stacks;

  const pageOf = <T>(items: readonly T[], token: string | undefined) =>
    page(
      items.map((item, i) => ({ item, key: String(i).padStart(6, '0') })),
      ({ key }) => key,
      PAGE,
      token,
      invalid,
    );

  const summary = (template: Template) => {
    const capability = requiredCapability(template);
    return {
      Description: template.Description,
      Capabilities: capability ? [capability.capability] : [],
      CapabilitiesReason: capability?.reason,
      DeclaredTransforms: [],
    };
  };

  return {
    async DescribeStacks({ StackName, NextToken }) {
      if (StackName !== undefined) {
        const stack = stacks.get(StackName);
        await operations.settled(stack, LONGEST_POLL_MS);
        return { Stacks: [describeStack(stack)] };
      }
      const { items, nextToken } = pageOf(stacks.existing(), NextToken);
      return { Stacks: items.map(({ item }) => describeStack(item)), NextToken: nextToken };
    },

    async ListStacks({ StackStatusFilter = [], NextToken }) {
      const wanted = stacks
        .all()
        .filter(({ status }) => StackStatusFilter.length === 0 || StackStatusFilter.includes(status));
      const { items, nextToken } = pageOf(wanted, NextToken);
      return { StackSummaries: items.map(({ item }) => summarizeStack(item)), NextToken: nextToken };
    },

    async DescribeStackResources({ StackName, LogicalResourceId, PhysicalResourceId }) {
      const stack =
        StackName === undefined && PhysicalResourceId !== undefined
          ? ownerOf(stacks, PhysicalResourceId)
          : stacks.get(StackName ?? '');
      const resources = Object.entries(stack.resources).filter(
        ([id, { physicalId }]) =>
          (LogicalResourceId === undefined || id === LogicalResourceId) &&
          (PhysicalResourceId === undefined || physicalId === PhysicalResourceId),
      );
      if (LogicalResourceId !== undefined && resources.length === 0)
        throw noResource(stack, LogicalResourceId);
      return { StackResources: resources.map(([id, resource]) => describeResource(stack, id, resource)) };
    },

    async DescribeStackResource({ StackName = '', LogicalResourceId = '' }) {
      const stack = stacks.get(StackName);
      const resource = stack.resources[LogicalResourceId];
      if (!resource) throw noResource(stack, LogicalResourceId);
      const { Timestamp, ...detail } = describeResource(stack, LogicalResourceId, resource);
      const metadata = stacks.templateOf(stack).Resources[LogicalResourceId]?.Metadata;
      return {
        StackResourceDetail: {
          ...detail,
          LastUpdatedTimestamp: Timestamp,
          Metadata: metadata && JSON.stringify(metadata),
        },
      };
    },

    async ListStackResources({ StackName = '', NextToken }) {
      const stack = stacks.get(StackName);
      const { items, nextToken } = pageOf(Object.entries(stack.resources), NextToken);
      const summaries = items.map(({ item: [id, resource] }) => {
        const { Timestamp, StackId: _id, StackName: _name, ...rest } = describeResource(stack, id, resource);
        return { ...rest, LastUpdatedTimestamp: Timestamp };
      });
      return { StackResourceSummaries: summaries, NextToken: nextToken };
    },

    async GetTemplate({ StackName, ChangeSetName, TemplateStage = 'Original' }) {
      const definition = ChangeSetName
        ? stacks.findChangeSet(StackName, ChangeSetName).changeSet.definition
        : stacks.get(StackName ?? '').definition;
      if (TemplateStage !== 'Original' && TemplateStage !== 'Processed')
        throw invalid(`TemplateStage '${TemplateStage}' is not valid; use Original or Processed.`);
      // Without transforms, both stages are the same text.
      return { TemplateBody: definition.templateBody, StagesAvailable: ['Original', 'Processed'] };
    },

    async GetTemplateSummary(input, call) {
      const template =
        input.StackName === undefined
          ? (await readTemplate(cloud, input, call)).template
          : parseTemplate(stacks.get(input.StackName).definition.templateBody);
      const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))];
      return {
        ...summary(template),
        Version: template.AWSTemplateFormatVersion,
        Metadata: template.Metadata && JSON.stringify(template.Metadata),
        ResourceTypes: types,
        Parameters: Object.entries(template.Parameters ?? {}).map(([ParameterKey, declaration]) => ({
          ...describeDeclaration(ParameterKey, declaration),
          ParameterType: declaration.Type,
          ParameterConstraints: { AllowedValues: declaration.AllowedValues?.map(String) ?? [] },
        })),
      };
    },

    async ValidateTemplate(input, call) {
      const { template } = await readTemplate(cloud, input, call);
      for (const [id, { Type }] of Object.entries(template.Resources))
        checkType(stacks.cloud.services.resourceTypes, id, Type, {});
      return {
        ...summary(template),
        Parameters: Object.entries(template.Parameters ?? {}).map(([ParameterKey, declaration]) =>
          describeDeclaration(ParameterKey, declaration),
        ),
      };
    },

    async ListExports({ NextToken }) {
      const { items, nextToken } = pageOf(stacks.exports(), NextToken);
      return {
        Exports: items.map(({ item: { stack, name, value } }) => ({
          ExportingStackId: stack.id,
          Name: name,
          Value: value,
        })),
        NextToken: nextToken,
      };
    },

    async ListImports({ ExportName = '', NextToken }) {
      const users = stacks.importers(ExportName);
      if (users.length === 0) throw invalid(`Export '${ExportName}' is not imported by any stack.`);
      const { items, nextToken } = pageOf(users, NextToken);
      return { Imports: items.map(({ item }) => item), NextToken: nextToken };
    },
  };
}

function describeDeclaration(ParameterKey: string, declaration: TemplateParameter) {
  const { Default, Description } = declaration;
  const DefaultValue = Default === undefined ? undefined : String(Default);
  return { ParameterKey, Description, DefaultValue, NoEcho: isHidden(declaration) };
}

function ownerOf(stacks: Stacks, wanted: string): Stack {
  const stack = stacks
    .existing()
    .find(({ resources }) => Object.values(resources).some(({ physicalId }) => physicalId === wanted));
  if (!stack) throw invalid(`Stack for ${wanted} does not exist`);
  return stack;
}

function noResource({ name }: Stack, logicalId: string): Error {
  return invalid(`Resource ${logicalId} does not exist for stack ${name}`);
}
