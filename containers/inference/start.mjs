/**
 * The entry point: stores compiled code next to the sources, for the workers, the prediction threads and every later
 * start. Without it each of them strips the types and compiles again, which is half of the time until the first answer.
 * JavaScript, since a cache that is enabled here does not cover this file itself.
 */
import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Threads and workers read the variable.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, '.compile-cache');
// If the folder is read-only, Node continues without a cache.
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('./main.ts');
