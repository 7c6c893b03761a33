import type { Cloud } from '../../core/cloud';
import type { Groups } from './groups';

/** A rule's target that is a log group gets each event as a line in a stream of its own time. */
export function registerEventTarget(cloud: Cloud, groups: Groups): void {
  cloud.events.registerTarget(
    (arn) => /^arn:aws[a-z-]*:logs:[^:]*:\d*:log-group:/.test(arn),
    async ({ targetArn, input, from, sourceArn }) => {
      // Only a resource policy of CloudWatch Logs could allow it, and there are none here.
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
