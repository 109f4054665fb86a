import { categoriesOfFilter, newestFilter } from './audit-filters.js';
import { readAuditSettings } from './audit-settings.js';
import { auditedCategories } from './contexts.js';

it('the newest filter has every audited category: a new one needs a version of its own, once anything was sealed', () => {
  expect(categoriesOfFilter[newestFilter]).toEqual(expect.arrayContaining([...auditedCategories]));
});

describe('the settings of the audit log', () => {
  it('take keys and witnesses as they are handed over', () => {
    const seed = Buffer.alloc(32, 1).toString('base64');
    const witness = 'witness.example+2ba2bcb1+BIqI49cdzBZAN1Jvr/Mg3dnQegdfV6h6ZW/kPKPnzIpf';
    const problems: string[] = [];
    const { signingKeys } = readAuditSettings({ AXION_SIGNING_KEY: `${seed}, ${seed}` }, problems);
    expect({ signingKeys, problems }).toEqual({ signingKeys: [seed, seed], problems: [] });
    readAuditSettings({ AXION_WITNESSES: `${witness}@https://witness.example` }, problems);
    expect(problems).toEqual([expect.stringMatching(/AXION_WITNESSES .* not the one that its id says/)]);
  });

  it.each([
    { AXION_SIGNING_KEY: 'c2hvcnQ=' },
    { AXION_SIGNING_KEY: 'no base64' },
    { AXION_WITNESSES: 'x@ftp://y' },
    { AXION_WITNESSES: '/no/such/file' },
  ])('refuse %j without telling a key', (environment) => {
    const problems: string[] = [];
    readAuditSettings(environment, problems);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('c2hvcnQ=');
  });
});
