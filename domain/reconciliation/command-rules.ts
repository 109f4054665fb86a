import {
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import type { ToleranceAmount } from './matching/tolerances.js';

export type { ToleranceAmount } from './matching/tolerances.js';

const name = '[a-z0-9][a-z0-9._-]{0,63}';

/** What people call sources, tolerance sets and rules. */
export const namePattern = new RegExp(`^${name}$`);

/** `name`, or `name@version`. */
export const referencePattern = new RegExp(`^(${name})(?:@([1-9]\\d{0,5}))?$`);

export function IsName(): PropertyDecorator {
  return Matches(namePattern, {
    message:
      '$property must be a name: 1 to 64 of a-z, 0-9, `.`, `_`, `-`, beginning with a letter or a digit',
  });
}

/** A day of the calendar: YYYY-MM-DD. */
export function IsDay(): PropertyDecorator {
  const options: ValidationOptions = { message: '$property must be a day: YYYY-MM-DD' };
  return all(Matches(/^\d{4}-\d{2}-\d{2}$/, options), IsISO8601({ strict: true }, options));
}

/** A text for people, of which something is left without its blanks. @param longest in UTF-16 units */
export function SaysSomething(longest: number): PropertyDecorator {
  return all(IsString(), Length(1, longest), Matches(/\S/, { message: '$property must say something' }));
}

/** A code of ISO 4217; which of them exist is nobody's to say here. */
export function IsCurrency(): PropertyDecorator {
  return Matches(/^[A-Z]{3}$/, { message: '$property must be a currency: three capital letters' });
}

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

/** Left out means zero. */
export class Tolerances {
  @IsOptional() @IsToleranceAmount() priceBps?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() priceAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() quantityAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() quantityPercent?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() seconds?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() settlementDays?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() feesAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() minConfidence?: ToleranceAmount;
}

function all(...rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (prototype, property) => {
    for (const rule of rules) rule(prototype, property);
  };
}
