import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { environments } from '../support/configs';

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly properties?: { readonly validateOnSynth?: boolean } }>
  >;
}

/** The app as `npm run build` makes it and the CDK CLI runs it. */
function synthesise(outdir: string, extra: Record<string, string> = {}): void {
  execFileSync(process.execPath, [join('dist', 'bin', 'app.js')], {
    stdio: 'pipe',
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...extra }),
      CDK_VALIDATION: 'false',
    },
  });
}

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'app-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

// `cdk synth` without names validates top-level stacks, of which there are none, and stacks with validateOnSynth.
test('`cdk synth` validates every stack of every environment', () => {
  synthesise(outdir);
  for (const { environment } of environments) {
    const file = join(outdir, `assembly-table-${environment}`, 'manifest.json');
    const { artifacts } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    const stacks = Object.values(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
    expect(stacks.length).toBeGreaterThan(2);
    for (const { properties } of stacks) expect(properties?.validateOnSynth).toBe(true);
  }
});

test('an unknown environment is refused', () => {
  expect(() => synthesise(outdir, { environment: 'production' })).toThrow(
    /"environment" is "production".*local, dev, stage, prod/,
  );
});
