import type { ResourceToImport } from '@aws-sdk/client-cloudformation';
import type { ResourceTypes } from '../../core/resource-type';
import type { ResourceChange } from '../../templates/changes';
import type { Template } from '../../templates/template';
import type { ImportedResource, Stack } from './records';
import { invalid } from './requests';

/**
 * Checks the resources of an import: each is in the template, with a deletion policy, and of a type that can be
 * imported; the template adds nothing else ("Import AWS resources into a CloudFormation stack"). The sentences are not
 * AWS's, except that of a resource that is missing.
 *
 * @throws ServiceError ValidationError
 */
export function readImports(
  types: ResourceTypes,
  template: Template,
  stack: Pick<Stack, 'resources'>,
  requested: readonly ResourceToImport[],
): ImportedResource[] {
  if (requested.length === 0) throw invalid('ResourcesToImport is empty; name the resources to import.');
  const imported = requested.map((each) => readImport(types, template, stack, each));
  const missing = Object.keys(template.Resources).filter(
    (id) => !stack.resources[id] && !imported.some(({ logicalId }) => logicalId === id),
  );
  if (missing.length > 0)
    throw invalid(`Resources [${missing.join(', ')}] is missing from ResourceToImport list`);
  return imported;
}

function readImport(
  types: ResourceTypes,
  template: Template,
  stack: Pick<Stack, 'resources'>,
  { LogicalResourceId: logicalId = '', ResourceType = '', ResourceIdentifier = {} }: ResourceToImport,
): ImportedResource {
  const definition = template.Resources[logicalId];
  if (definition?.Type !== ResourceType)
    throw invalid(`The template has no resource ${logicalId} of the type ${ResourceType}.`);
  if (stack.resources[logicalId]) throw invalid(`The resource ${logicalId} is in the stack already.`);
  if (definition.DeletionPolicy === undefined)
    throw invalid(`The resource ${logicalId} must have a DeletionPolicy to be imported.`);
  const adopt = types[ResourceType]?.adopt;
  if (!adopt) throw invalid(`ResourceTypes [${ResourceType}] are not supported for Import`);
  const [names, id] = [Object.keys(ResourceIdentifier), ResourceIdentifier[adopt.identifier]];
  if (id === undefined || names.length > 1)
    throw invalid(
      `ResourceIdentifier of ${logicalId} has [${names.join(', ')}]; ${ResourceType} is identified by ${adopt.identifier}.`,
    );
  return { logicalId, id };
}

/** Returns the changes of an import, in the order of the request. */
export function importChanges(template: Template, imported: readonly ImportedResource[]): ResourceChange[] {
  return imported.map(({ logicalId, id }) => ({
    ...{
      action: 'Import',
      logicalId,
      type: template.Resources[logicalId]!.Type,
      physicalId: id,
      details: [],
    },
  }));
}
