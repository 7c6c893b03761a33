/**
 * Ends this process by SIGKILL at the n-th change that it makes to the file system: `KILL_AT=n`. With `KILL_TORN=true`, a
 * write at that moment has written half of its bytes. Without `KILL_AT`, writes the number of changes to `KILL_COUNT` when
 * the process ends.
 */
const fs = require('node:fs');
const promises = require('node:fs/promises');

const at = Number(process.env.KILL_AT ?? 0);
const torn = process.env.KILL_TORN === 'true';
const report = process.env.KILL_COUNT;
// Programs that this process starts live on until it dies.
for (const name of ['KILL_AT', 'KILL_TORN', 'KILL_COUNT']) delete process.env[name];

const original = { ...fs };
let count = 0;

function change(tear) {
  count += 1;
  if (count !== at) return;
  if (torn) tear?.();
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

const half = (data) =>
  typeof data === 'string' ? data.slice(0, data.length / 2) : data.subarray(0, data.length / 2);

function watch(target, name, tear) {
  const call = target[name];
  target[name] = function (...args) {
    change(tear && (() => tear(...args)));
    return call.apply(this, args);
  };
}

for (const [target, suffix] of [
  [fs, 'Sync'],
  [promises, ''],
]) {
  for (const name of ['rename', 'rm', 'mkdir', 'symlink', 'truncate', 'cp'])
    if (target[name + suffix]) watch(target, name + suffix);
  // With its flags: Node's appendFileSync is a writeFileSync that appends.
  watch(target, `writeFile${suffix}`, (file, data, options) =>
    original.writeFileSync(file, half(data), options),
  );
  watch(target, `appendFile${suffix}`, (file, data) => original.appendFileSync(file, half(data)));
}
watch(fs, 'createWriteStream');
watch(fs, 'write', (fd, data) => Buffer.isBuffer(data) && original.writeSync(fd, half(data)));

process.on('exit', () => {
  if (report) original.writeFileSync(report, String(count));
});
