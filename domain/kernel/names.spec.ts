import fc from 'fast-check';
import { isWorkspaceId, parseStreamName, streamName, workspaceId } from './names.js';

const categories = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,20}$/);
const workspaces = fc.stringMatching(/^[a-z][a-z0-9-]{1,30}$/).map((text) => workspaceId(text));
const ids = fc.stringMatching(/^[\x21-\x7e]{1,60}$/);
const parts = fc.record({ category: categories, workspace: workspaces, id: ids });

describe('rule F1: stream names', () => {
  it('are category, workspace and id', () =>
    expect(streamName('model', workspaceId('acme'), 'fraud.v1-b')).toBe('model-acme.fraud.v1-b'));

  it('read in one way only: back to what they were made from', () =>
    fc.assert(
      fc.property(parts, (given) => {
        const { category, workspace, id } = given;
        expect(parseStreamName(streamName(category, workspace, id))).toEqual(given);
      }),
    ));

  it('are the same only for the same parts', () => {
    // Few letters, so that different parts come near one another.
    const near = (alphabet: string, length: number) =>
      fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: length }).map((all) => all.join(''));
    const triples = fc.tuple(near('a-.', 3), near('a-.', 4), near('a-.', 4));
    fc.assert(
      fc.property(triples, triples, (one, other) => {
        const [first, second] = [nameOf(one), nameOf(other)];
        if (first !== undefined && first === second) expect(one).toEqual(other);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '',
    'a',
    'A1',
    '1a',
    'a.b',
    'a_b',
    'a b',
    'a/b',
    '-ab',
    'a\n',
    'ab\n',
    'ä1',
    `a${'b'.repeat(63)}`,
  ])('have no workspace "%s"', (text) => {
    expect(isWorkspaceId(text)).toBe(false);
    expect(() => workspaceId(text)).toThrow(expect.objectContaining({ code: 'tenancy.bad-workspace-id' }));
  });

  it.each(['a1', 'acme', 'acme-eu-1', 'a-', `a${'b'.repeat(62)}`])('may have a workspace "%s"', (text) =>
    expect(isWorkspaceId(text)).toBe(true),
  );

  it.each(['', 'Model', 'data-set', 'data.set', '1model', '$model', 'mödel', 'model\n'])(
    'have no category "%s"',
    (category) =>
      expect(() => streamName(category, workspaceId('acme'), 'x')).toThrow(
        expect.objectContaining({ code: 'kernel.bad-stream-name' }),
      ),
  );

  it.each(['', ' ', 'a b', 'a\n', 'ä', '\u0000', 'x'.repeat(201)])('have no id %j', (id) =>
    expect(() => streamName('model', workspaceId('acme'), id)).toThrow(
      expect.objectContaining({ code: 'kernel.bad-stream-name' }),
    ),
  );

  it.each(['', 'model', 'model-acme', 'model.acme', '$all', '$$model-acme.x', 'model-acme.', '-acme.x'])(
    'are not "%s"',
    (name) => expect(parseStreamName(name)).toBeUndefined(),
  );
});

function nameOf([category, workspace, id]: readonly [string, string, string]): string | undefined {
  if (!isWorkspaceId(workspace)) return undefined;
  try {
    return streamName(category, workspace, id);
  } catch {
    return undefined;
  }
}
