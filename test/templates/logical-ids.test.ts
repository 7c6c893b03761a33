import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environments } from '../support/configs';
import { synthesise, type Synthesis } from './support/synthesis';

/**
 * The promise of docs/upgrading.md: within a major version no resource is replaced. `logical-ids.json` has the types of
 * the released version's resources by place, stack and logical id. UPDATE_LOGICAL_IDS=1 adds new ones; a major version
 * begins with a new file.
 */
const FILE = join(__dirname, 'logical-ids.json');
type Types = Record<string, string>;
type Recorded = Record<string, Record<string, Types>>;
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded;

/** Their ids contain a hash of what they publish. */
const PER_RELEASE = ['AWS::ApiGateway::Deployment', 'AWS::Lambda::Version'];

const idsOf = (synthesis: Synthesis, stack: keyof Synthesis): Types =>
  Object.fromEntries(
    synthesis[stack].resources
      .filter(({ type }) => !PER_RELEASE.includes(type))
      .map(({ id, type }) => [id, type]),
  );

const STACKS = ['storage', 'network', 'pipeline', 'inference'] as const;
const cases = environments.flatMap((config) => STACKS.map((stack) => [config.environment, stack] as const));

test.each(cases)(
  '%s, %s: the resources of the released version are there, with their types',
  (place, stack) => {
    const config = environments.find(({ environment }) => environment === place)!;
    const now = idsOf(synthesise(config), stack);
    const before = recorded[place]?.[stack] ?? {};
    expect(now).toMatchObject(before);
    if (process.env.UPDATE_LOGICAL_IDS) {
      recorded[place] = { ...recorded[place], [stack]: { ...before, ...now } };
      writeFileSync(FILE, `${JSON.stringify(recorded, null, 2)}\n`);
    } else {
      // A new resource belongs to the promise once it is released.
      expect(before).toEqual(now);
    }
  },
);
