import { InvalidRequest } from '../../domain/kernel/errors.js';

/** A cursor names the last document of its page; clients are told nothing of that. */
export function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** @throws InvalidRequest `request.bad-cursor` */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (id === '' || encodeCursor(id) !== cursor)
    throw new InvalidRequest('request.bad-cursor', 'a cursor is what `next` of the page before said');
  return id;
}
