import { itBehavesAsAnEventLog } from './event-log.contract.js';
import { InMemoryEventLog } from './in-memory-event-log.js';

describe('the event log in memory', () => {
  const log = new InMemoryEventLog();
  itBehavesAsAnEventLog(() => log);
});
