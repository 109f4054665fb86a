import base from './jest.config.js';

/** The protocols' documented behaviour, through the official clients: `npm run conformance`. */
export default {
  ...base,
  roots: ['<rootDir>/conformance'],
  testMatch: ['**/*.conformance.ts'],
};
