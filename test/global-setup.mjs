import { findPython } from '../scripts/setup.mjs';

/** Tests that run Python take the interpreter that the set-up found; workers inherit the variable. */
export default function setup() {
  const python = findPython(process.cwd());
  if (!python) throw new Error('no Python with torch and numpy was found; npm test installs it');
  process.env.PYTHON = python;
  // Where a construct was made is a tenth of a synthesis under Jest, which maps every line of a stack.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
}
