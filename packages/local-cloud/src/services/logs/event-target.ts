import type { Cloud } from '../../core/cloud';
import type { Groups } from './groups';

/** Writes each event of a rule whose target is a log group as a line in a daily stream. */
export function registerEventTarget(cloud: Cloud, groups: Groups): void {
  cloud.events.registerTarget(
    (arn) => /^arn:aws[a-z-]*:logs:[^:]*:\d*:log-group:/.test(arn),
    async ({ targetArn, input, from, sourceArn }) => {
      // Only a resource policy of CloudWatch Logs could allow it, and this cloud does not have them.
      cloud.authorize(
        { principal: from, sourceArn },
        { action: 'logs:PutLogEvents', resources: [targetArn] },
        'cloudwatchlogs',
      );
      const group = groups.get(targetArn);
      const name = `events/${new Date(cloud.clock.now()).toISOString().slice(0, 10)}`;
      if (!group.streams[name]) groups.createStream(group, name);
      const now = cloud.clock.now();
      const message = typeof input === 'string' ? input : JSON.stringify(input);
      await groups.append(group, groups.stream(group, name), [
        { timestamp: now, message, ingestionTime: now },
      ]);
    },
  );
}
