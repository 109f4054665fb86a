import { InMemoryReadModelStore } from './in-memory-read-model-store.js';
import { itBehavesAsAReadModelStore } from './read-model-store.contract.js';

describe('the read model store in memory', () => {
  itBehavesAsAReadModelStore(() => new InMemoryReadModelStore());
});
