/**
 * Asks the npm registry for known vulnerabilities of what is shipped. Fails for high and critical ones. A registry that
 * has no audit, as many mirrors, is reported and fails nothing.
 */
import { spawnSync } from 'node:child_process';

let failed = false;
for (const folder of ['.', 'containers/inference', 'containers/preprocessing']) {
  const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const found = parse(stdout);
  const counts = found?.metadata?.vulnerabilities;
  if (counts === undefined) {
    const why = found?.message ?? found?.error?.summary ?? stderr.trim().split('\n')[0];
    process.stderr.write(`audit: ${folder}: NOT CHECKED, the registry has no audit: ${why}\n`);
    continue;
  }
  process.stdout.write(`audit: ${folder}: ${counts.total} known vulnerabilities\n`);
  const grave = Object.values(found.vulnerabilities).filter(({ severity }) =>
    /^(high|critical)$/.test(severity),
  );
  for (const { name, severity, range, fixAvailable } of grave)
    process.stderr.write(
      `audit: ${folder}: ${name} ${range} has a ${severity} vulnerability; ${fixAvailable ? 'npm audit fix updates it' : 'no fixed version exists: replace the package'}\n`,
    );
  failed ||= grave.length > 0;
}
process.exitCode = failed ? 1 : 0;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
