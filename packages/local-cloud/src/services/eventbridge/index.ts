import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { matchesPattern, patternProblem, type Pattern } from '../../core/event-pattern';
import type { EventEnvelope } from '../../core/events';
import { page } from '../../core/paging';
import type { Input, Service, ServiceDefinition } from '../../core/service';
import { recurrenceProblem } from 'aws-schedules';
import { passTo } from '../../core/pass-role';
import { readEntry } from './entries';
import { inputFor, inputProblem } from './input';
import type { Rule } from './rule';
import { ScheduledRules } from './scheduled-rules';
import { eventTypes } from './resources';

/**
 * Targets that EventBridge calls with a role; a resource policy allows it to call functions, topics, queues and log
 * groups (User Guide, "Using identity-based policies for Amazon EventBridge").
 */
const NEEDS_ROLE =
  /^arn:aws[a-z-]*:(states|codebuild|codepipeline|ecs|batch|kinesis|firehose|sagemaker|ssm|redshift|redshift-data|inspector):/;

const MAX_TARGETS = 5;
const PAGE = 100;

/**
 * EventBridge: rules on the default bus. Events are matched when they are published and sent to the targets at once;
 * rules with a schedule fire at their times.
 */
function create(cloud: Cloud): Service<'eventbridge'> {
  const store = cloud.stores.store<{ rules: Record<string, Rule> }>('eventbridge', () => ({ rules: {} }));
  const { rules } = store.data;
  const from = cloud.principals.service('events.amazonaws.com');

  cloud.events.subscribe((event: EventEnvelope) => {
    for (const rule of Object.values(rules)) {
      if (rule.state !== 'ENABLED' || rule.pattern === undefined) continue;
      if (!matchesPattern(JSON.parse(rule.pattern) as Pattern, event)) continue;
      send(rule, event);
    }
  });
  const schedules = new ScheduledRules(cloud, rules, send);

  function send(rule: Rule, event: EventEnvelope): void {
    for (const target of rule.targets) {
      cloud.events.deliver({
        targetArn: target.Arn!,
        input: inputFor(target, event, rule),
        from,
        roleArn: target.RoleArn,
        sourceArn: rule.arn,
        // "The message is the event itself" (User Guide, "Using dead-letter queues"); its attributes are not kept here.
        ...(target.DeadLetterConfig?.Arn && {
          deadLetter: { arn: target.DeadLetterConfig.Arn, body: event },
        }),
      });
    }
  }

  function find(name: string, bus?: string): Rule {
    checkBus(bus);
    if (Object.hasOwn(rules, name)) return rules[name]!;
    throw new ServiceError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
  }

  function checkBus(bus = 'default'): void {
    if (bus === 'default' || bus === cloud.arn('events', 'event-bus/default')) return;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Event bus ${bus} does not exist; use the default bus.`,
    );
  }

  const show = ({ name, arn, state, pattern, schedule, description, roleArn }: Rule) => ({
    Name: name,
    Arn: arn,
    State: state,
    EventPattern: pattern,
    ScheduleExpression: schedule,
    Description: description,
    RoleArn: roleArn,
    EventBusName: 'default',
  });

  function setState(name: string, bus: string | undefined, state: Rule['state']): void {
    find(name, bus).state = state;
    store.changed();
    schedules.reschedule(name);
  }

  const onRule = (action: string) => (input: { Name?: string; Rule?: string }) => ({
    action: `events:${action}`,
    resources: [cloud.arn('events', `rule/${input.Name ?? input.Rule ?? ''}`)],
  });

  const invalidToken = (message: string) => new ServiceError('ValidationException', message);

  return {
    start: async () => schedules.start(),
    stop: async () => schedules.stop(),
    permissions: {
      PutRule: (input) => [
        onRule('PutRule')(input),
        ...(input.RoleArn ? [passTo(input.RoleArn, 'events.amazonaws.com')] : []),
      ],
      DescribeRule: onRule('DescribeRule'),
      DeleteRule: onRule('DeleteRule'),
      EnableRule: onRule('EnableRule'),
      DisableRule: onRule('DisableRule'),
      PutTargets: (input) => [
        onRule('PutTargets')(input),
        ...(input.Targets ?? []).flatMap(({ RoleArn }) =>
          RoleArn ? [passTo(RoleArn, 'events.amazonaws.com')] : [],
        ),
      ],
      RemoveTargets: onRule('RemoveTargets'),
      ListTargetsByRule: onRule('ListTargetsByRule'),
      ListRules: () => ({ action: 'events:ListRules', resources: [cloud.arn('events', 'rule/*')] }),
      PutEvents: () => ({
        action: 'events:PutEvents',
        resources: [cloud.arn('events', 'event-bus/default')],
      }),
    },
    operations: {
      async PutRule(input) {
        checkBus(input.EventBusName);
        checkRule(input);
        const {
          Name: name = '',
          State = 'ENABLED',
          EventPattern,
          ScheduleExpression,
          Description,
          RoleArn,
        } = input;
        const arn = cloud.arn('events', `rule/${name}`);
        rules[name] = {
          name,
          arn,
          state: State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
          ...(EventPattern && { pattern: EventPattern }),
          ...(ScheduleExpression && { schedule: ScheduleExpression, scheduled: cloud.clock.now() }),
          ...(Description && { description: Description }),
          ...(RoleArn && { roleArn: RoleArn }),
          targets: rules[name]?.targets ?? [],
        };
        store.changed();
        schedules.reschedule(name);
        return { RuleArn: arn };
      },

      async DescribeRule({ Name = '', EventBusName }) {
        return show(find(Name, EventBusName));
      },

      async ListRules({ NamePrefix = '', EventBusName, Limit = PAGE, NextToken }) {
        checkBus(EventBusName);
        const found = Object.values(rules).filter(({ name }) => name.startsWith(NamePrefix));
        const { items, nextToken } = page(found, ({ name }) => name, Limit, NextToken, invalidToken);
        return { Rules: items.map(show), NextToken: nextToken };
      },

      async DeleteRule({ Name = '', EventBusName }) {
        checkBus(EventBusName);
        if (rules[Name]?.targets.length) {
          throw new ServiceError('ValidationException', "Rule can't be deleted since it has targets.");
        }
        delete rules[Name];
        store.changed();
        schedules.reschedule(Name);
        return {};
      },

      async EnableRule({ Name = '', EventBusName }) {
        setState(Name, EventBusName, 'ENABLED');
        return {};
      },

      async DisableRule({ Name = '', EventBusName }) {
        setState(Name, EventBusName, 'DISABLED');
        return {};
      },

      async PutTargets({ Rule: name = '', EventBusName, Targets = [] }) {
        const rule = find(name, EventBusName);
        for (const target of Targets) {
          if (NEEDS_ROLE.test(target.Arn!) && !target.RoleArn) {
            // The sentence as reports of failed deployments quote it.
            throw new ServiceError('ValidationException', `RoleArn is required for target ${target.Arn}.`);
          }
          const problem = inputProblem(target);
          if (problem) throw new ServiceError('ValidationException', `Target ${target.Id}: ${problem}`);
        }
        const kept = rule.targets.filter(({ Id }) => !Targets.some((target) => target.Id === Id));
        if (kept.length + Targets.length > MAX_TARGETS) {
          const message = `The requested resource exceeds the maximum number allowed: ${MAX_TARGETS} targets a rule.`;
          throw new ServiceError('LimitExceededException', message);
        }
        rule.targets = [...kept, ...Targets];
        store.changed();
        return { FailedEntryCount: 0, FailedEntries: [] };
      },

      async RemoveTargets({ Rule: name = '', EventBusName, Ids = [] }) {
        const rule = find(name, EventBusName);
        const missing = Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
        rule.targets = rule.targets.filter(({ Id }) => !Ids.includes(Id!));
        store.changed();
        const FailedEntries = missing.map((id) => ({
          TargetId: id,
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: `Rule ${name} has no target ${id}.`,
        }));
        return { FailedEntryCount: missing.length, FailedEntries };
      },

      async ListTargetsByRule({ Rule: name = '', EventBusName, Limit = PAGE, NextToken }) {
        const { targets } = find(name, EventBusName);
        const { items, nextToken } = page(targets, ({ Id }) => Id!, Limit, NextToken, invalidToken);
        return { Targets: items, NextToken: nextToken };
      },

      async PutEvents({ Entries = [] }) {
        const results = Entries.map((entry) => {
          checkBus(entry.EventBusName);
          const read = readEntry(entry);
          return 'event' in read ? { EventId: cloud.events.publish(read.event).id } : read.failure;
        });
        return {
          FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
          Entries: results,
        };
      },

      async TestEventPattern({ EventPattern = '', Event = '' }) {
        return { Result: matchesPattern(parsePattern(EventPattern), JSON.parse(Event)) };
      },
    },
  };
}

function checkRule({ State, EventPattern, ScheduleExpression }: Input<'eventbridge', 'PutRule'>): void {
  if (State !== undefined && State !== 'ENABLED' && State !== 'DISABLED') {
    throw notSupported(`the rule state ${State}`, 'Use ENABLED or DISABLED.');
  }
  if (!EventPattern && !ScheduleExpression) {
    throw new ServiceError(
      'ValidationException',
      'Parameter(s) EventPattern or ScheduleExpression must be specified.',
    );
  }
  if (EventPattern) parsePattern(EventPattern);
  const problem = ScheduleExpression && recurrenceProblem(ScheduleExpression);
  if (problem) {
    const message = `Parameter ScheduleExpression is not valid: '${ScheduleExpression}': ${problem}.`;
    throw new ServiceError('ValidationException', message);
  }
}

function parsePattern(text: string): Pattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch (error) {
    throw new ServiceError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${String(error)}`,
    );
  }
  const problem = patternProblem(pattern);
  if (problem)
    throw new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${problem}`);
  return pattern as Pattern;
}

export const eventbridge: ServiceDefinition<'eventbridge'> = {
  id: 'eventbridge',
  facts: {
    package: '@aws-sdk/client-eventbridge',
    signingName: 'events',
    iamPrefix: 'events',
    protocol: 'awsJson1_1',
    target: 'AWSEvents',
    invalidInput: 'ValidationException',
  },
  resourceTypes: eventTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    eventbridge: EventBridge;
  }
}
