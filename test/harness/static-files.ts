import { loadPackage } from '@nestjs/common/utils/load-package.util.js';

/**
 * Jest cannot load `@fastify/static` on Node 20: it requires an ES module. Nest asks this cache before it loads the
 * package, so the application starts without the assets of its pages; `program.spec.ts` looks at the real ones.
 */
export async function withoutStaticFiles(): Promise<void> {
  const none = (_instance: unknown, _options: unknown, done: () => void): void => done();
  await loadPackage('@fastify/static', 'the tests', () => Promise.resolve({ default: none }));
}
