import { InvalidArgumentError } from 'commander';

/** Reads an option's value. @throws InvalidArgumentError, which commander tells whoever typed it */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}
