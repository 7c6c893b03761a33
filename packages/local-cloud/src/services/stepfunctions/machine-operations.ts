import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { assertDefinition } from './definition';
import { authorizeMachine } from './machine-role';
import type { Machines } from './machines';
import { DEFAULT_LOGGING, DEFAULT_TRACING, ENCRYPTION, type MachineRecord } from './records';
import { checkName, invalidToken, PAGE } from './requests';

/** Operations that create, update, find and tag state machines. */
export function machineOperations(cloud: Cloud, machines: Machines): Operations<'sfn'> {
  return {
    async CreateStateMachine(input) {
      const {
        name,
        definition,
        roleArn,
        type = 'STANDARD',
        loggingConfiguration,
        tracingConfiguration,
      } = input;
      checkName(name!);
      if (type !== 'STANDARD') throw notSupported('express workflows', 'Use type STANDARD.');
      if (input.publish) throw notSupported('versions of state machines', 'Leave out publish.');
      assertDefinition(definition!, cloud.services.model);
      checkLogging(loggingConfiguration);
      const arn = machines.arn(name!);
      const before = machines.data[arn];
      // An identical request is not an error; AWS documents that the role is not compared.
      const wanted = { definition, loggingConfiguration, tracingConfiguration };
      if (before && sameMachine(before, wanted)) {
        return { stateMachineArn: arn, creationDate: new Date(before.created) };
      }
      if (before) {
        throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
      }
      authorizeMachine(
        cloud,
        { arn, roleArn: roleArn!, definition: definition!, loggingConfiguration },
        'create',
      );
      const now = cloud.clock.now();
      machines.data[arn] = {
        arn,
        name: name!,
        definition: definition!,
        roleArn: roleArn!,
        created: now,
        updated: now,
        revision: randomUUID(),
        loggingConfiguration,
        tracingConfiguration,
        tags: input.tags ?? [],
      };
      machines.changed();
      return { stateMachineArn: arn, creationDate: new Date(now) };
    },

    async UpdateStateMachine(input) {
      const target = machines.get(input.stateMachineArn!);
      if (input.publish) throw notSupported('versions of state machines', 'Leave out publish.');
      const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
      if (!(definition ?? roleArn ?? loggingConfiguration ?? tracingConfiguration)) {
        // The sentence that Moto and LocalStack raise.
        throw new ServiceError(
          'MissingRequiredParameter',
          'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
        );
      }
      checkLogging(loggingConfiguration);
      if (input.definition !== undefined) assertDefinition(input.definition, cloud.services.model);
      const changed = {
        ...target,
        definition: input.definition ?? target.definition,
        roleArn: input.roleArn ?? target.roleArn,
        loggingConfiguration: input.loggingConfiguration ?? target.loggingConfiguration,
        tracingConfiguration: input.tracingConfiguration ?? target.tracingConfiguration,
        updated: cloud.clock.now(),
        revision: randomUUID(),
        revised: true,
      };
      authorizeMachine(cloud, changed, 'update');
      Object.assign(target, changed);
      machines.changed();
      return { updateDate: new Date(target.updated), revisionId: target.revision };
    },

    async DescribeStateMachine({ stateMachineArn }) {
      const target = machines.get(stateMachineArn!);
      return {
        stateMachineArn: target.arn,
        name: target.name,
        status: 'ACTIVE',
        type: 'STANDARD',
        definition: target.definition,
        roleArn: target.roleArn,
        creationDate: new Date(target.created),
        revisionId: target.revised ? target.revision : undefined,
        loggingConfiguration: { ...DEFAULT_LOGGING, ...target.loggingConfiguration },
        tracingConfiguration: { ...DEFAULT_TRACING, ...target.tracingConfiguration },
        encryptionConfiguration: ENCRYPTION,
      };
    },

    async DeleteStateMachine({ stateMachineArn }) {
      delete machines.data[stateMachineArn!];
      machines.changed();
      return {};
    },

    async TagResource({ resourceArn, tags = [] }) {
      const target = machines.get(resourceArn!);
      const kept = target.tags.filter(({ key }) => !tags.some((tag) => tag.key === key));
      target.tags = [...kept, ...tags];
      machines.changed();
      return {};
    },

    async UntagResource({ resourceArn, tagKeys = [] }) {
      const target = machines.get(resourceArn!);
      target.tags = target.tags.filter(({ key }) => !tagKeys.includes(key!));
      machines.changed();
      return {};
    },

    async ListTagsForResource({ resourceArn }) {
      return { tags: machines.get(resourceArn!).tags };
    },

    async ListStateMachines({ maxResults, nextToken }) {
      const all = page(
        Object.values(machines.data),
        ({ name }) => name,
        maxResults || PAGE,
        nextToken,
        invalidToken,
      );
      return {
        stateMachines: all.items.map(({ arn, name, created }) => ({
          stateMachineArn: arn,
          name,
          type: 'STANDARD' as const,
          creationDate: new Date(created),
        })),
        nextToken: all.nextToken,
      };
    },
  };
}

/** @throws ServiceError InvalidLoggingConfiguration */
function checkLogging(configuration: LoggingConfiguration | undefined): void {
  const { level = 'OFF', destinations = [] } = configuration ?? {};
  if (level === 'OFF' || destinations.length === 1) return;
  // The sentence as reports of failed deployments quote it.
  const message = 'Invalid Logging Configuration: Must specify exactly one Log Destination.';
  throw new ServiceError('InvalidLoggingConfiguration', message);
}

type Compared = Partial<Pick<MachineRecord, 'definition' | 'loggingConfiguration' | 'tracingConfiguration'>>;

function sameMachine(a: Compared, b: Compared): boolean {
  const compared = ({ definition, loggingConfiguration, tracingConfiguration }: Compared) =>
    JSON.stringify([definition, loggingConfiguration, tracingConfiguration]);
  return compared(a) === compared(b);
}
