import { InvariantBroken, Rejected, codeOf, invariant, isRejected, messageOf } from './errors.js';

describe('errors', () => {
  it('have a name, a stable code, a sentence and details', () =>
    expect(new Rejected('account.closed', 'it is closed', { since: 1 })).toMatchObject({
      name: 'Rejected',
      code: 'account.closed',
      message: 'it is closed',
      details: { since: 1 },
    }));

  it('of the domain are told from all others', () => {
    expect(isRejected(new Rejected('a', 'b'))).toBe(true);
    expect(isRejected(new InvariantBroken('a', 'b'))).toBe(false);
    expect(isRejected({ name: 'Rejected', code: 'a' })).toBe(false);
  });

  it('stop work when what must never be so is so', () => {
    expect(() => invariant(false, 'it must be so', { at: 1 })).toThrow(
      expect.objectContaining({ code: 'kernel.invariant', details: { at: 1 } }),
    );
    expect(() => invariant(true, 'it must be so')).not.toThrow();
  });

  it.each<[unknown, string | number | undefined, string]>([
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'ENOENT', 'no such file'],
    [{ code: 11000, message: 'duplicate' }, 11000, 'duplicate'],
    [{ code: {} }, undefined, '[object Object]'],
    ['text', undefined, 'text'],
    [null, undefined, 'null'],
  ])('of whatever realm give their code and message: %p', (error, code, message) => {
    expect(codeOf(error)).toBe(code);
    expect(messageOf(error)).toBe(message);
  });
});
