import { InMemoryLeaseStore } from './in-memory-lease-store.js';
import { itBehavesAsALeaseStore } from './lease-store.contract.js';

describe('the lease store in memory', () => {
  const store = new InMemoryLeaseStore();
  itBehavesAsALeaseStore(() => store);
});
