import { ValidateBy } from 'class-validator';
import type { ToleranceAmount } from './matching/tolerances.js';

export type { ToleranceAmount } from './matching/tolerances.js';

/** A number, or a decimal as a string; whether it makes sense for its field, the rule of the run judges. */
export function IsToleranceAmount(): PropertyDecorator {
  return ValidateBy({
    name: 'isToleranceAmount',
    validator: {
      validate: (value: unknown): value is ToleranceAmount =>
        (typeof value === 'number' && Number.isFinite(value)) ||
        (typeof value === 'string' && value.length > 0 && value.length <= 64),
      defaultMessage: () => '$property must be a number or a decimal as a string',
    },
  });
}

/** An object whose values are texts. */
export function IsTextTable(): PropertyDecorator {
  return ValidateBy({
    name: 'isTextTable',
    validator: {
      validate: (value: unknown): value is Record<string, string> =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((text) => typeof text === 'string'),
      defaultMessage: () => '$property must be an object of texts',
    },
  });
}
