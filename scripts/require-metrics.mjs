import { readFileSync } from 'node:fs';

/**
 * `node scripts/require-metrics.mjs run.jsonl`: of what `mlops run --wait --json` wrote, the run came into service (or
 * into a test) and the first metric of its gate is a number. Ends with 1 and says why, where it is not so.
 */
const [file] = process.argv.slice(2);
const events = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line));
const ended = events.find(({ event }) => event === 'ended');
const problem = !ended
  ? `${file} has no event "ended": the run was not watched to its end`
  : !['deployed', 'testing'].includes(ended.decision)
    ? `run ${ended.runId} is "${ended.decision}" (${ended.message}); required is deployed or testing`
    : !Number.isFinite(ended.headline?.value)
      ? `run ${ended.runId} has the gate metric ${JSON.stringify(ended.headline)}; required is one whose value is a number`
      : undefined;
console.log(
  problem ?? `run ${ended.runId}: ${ended.decision}, ${ended.headline.name} ${ended.headline.value}`,
);
process.exitCode = problem ? 1 : 0;
