import { findPython } from '../scripts/setup.mjs';

/** Tests that run Python take the interpreter that the set-up found; workers inherit the variable. */
export default function setup() {
  const python = findPython(process.cwd());
  if (!python) throw new Error('no Python with torch and numpy was found; npm test installs it');
  process.env.PYTHON = python;
}
