import base from './jest.config.js';

/** What needs programs of the system (strace): `npm run test:system`. */
export default { ...base, testMatch: ['**/*.system.ts'], testTimeout: 120_000, maxWorkers: 1 };
