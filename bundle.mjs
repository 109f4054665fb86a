// Makes the programs that users start: each of them one file, with what several share in a few more (ADR 14).
// Two thousand small files take two seconds to find and to read, at every start and after every crash.
import { renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const programs = [
  'apps/cli/main.js',
  'apps/cli/verify-thread.js',
  'apps/standalone/main.js',
  'apps/standalone/application-main.js',
  'apps/standalone/nodes-main.js',
  'apps/worker/computation-main.js',
];

/** Packages that look for files of their own beside them: binaries, programs of threads. */
const withFilesOfTheirOwn = ['@duckdb/node-bindings', 'lmdb', 'pino', 'swagger-ui-dist'];

/** What the frameworks load when it is there; Axion has no use for it. */
const absent = [
  '@aws-sdk/credential-providers',
  '@fastify/multipart',
  '@fastify/view',
  '@mongodb-js/zstd',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'aws4',
  'class-transformer',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
];

const directory = 'dist/programs';
const draft = `${directory}.new`;

rmSync(draft, { recursive: true, force: true });
await build({
  entryPoints: programs.map((program) => `dist/${program}`),
  outbase: 'dist',
  outdir: draft,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: [...withFilesOfTheirOwn, ...absent],
  // Commands, events and errors are told apart by the names of their classes.
  keepNames: true,
  // A third less to read and to compile, and names stay in the traces of errors.
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS packages inside ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  },
});
// Somebody may use what was there, as CI does beside the tests: the same sources make the same names.
rmSync(directory, { recursive: true, force: true });
renameSync(draft, directory);
