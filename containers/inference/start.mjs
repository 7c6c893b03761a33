/**
 * The entry point: keeps what Node has compiled beside the sources, for the workers, the prediction threads and
 * every later start. Without it each of them strips the types and compiles anew, which is half of the time until
 * the first answer. JavaScript, since a cache that is switched on here comes too late for this file itself.
 */
import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Threads and workers look at the variable.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, '.compile-cache');
// Where nothing can be written, Node goes on without.
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('./main.ts');
