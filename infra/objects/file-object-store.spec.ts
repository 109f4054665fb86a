import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileObjectStore } from './file-object-store.js';
import { itBehavesAsAnObjectStore } from './object-store.contract.js';

describe('the object store in a folder', () => {
  const directory = mkdtempSync(join(tmpdir(), 'axion-objects-'));
  const store = new FileObjectStore(directory);
  afterAll(() => rmSync(directory, { recursive: true }));
  itBehavesAsAnObjectStore(() => store);
});
