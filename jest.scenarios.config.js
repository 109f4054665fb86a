import base from './jest.config.js';

/** What takes longer than every run of the tests should: `npm run scenarios`. */
export default { ...base, testMatch: ['**/*.scenario.ts'], testTimeout: 120_000, maxWorkers: 1 };
