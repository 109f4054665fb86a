/**
 * What a command class says of itself beyond its class-validator rules: which fields are no part of a request's
 * body, because the platform fills them.
 */
interface PlatformFields {
  readonly generated: readonly string[];
  readonly filledIn: readonly string[];
}

const none: PlatformFields = { generated: [], filledIn: [] };
const fieldsByPrototype = new WeakMap<object, PlatformFields>();

/** A value made when the command arrives, an id for one; a repeat under the same `Idempotency-Key` gets the same. */
export function Generated(): PropertyDecorator {
  return (prototype, property) => {
    const fields = platformFieldsOf(prototype);
    fieldsByPrototype.set(prototype, { ...fields, generated: [...fields.generated, String(property)] });
  };
}

/** A value that the platform looks up from what the request names. */
export function FilledIn(): PropertyDecorator {
  return (prototype, property) => {
    const fields = platformFieldsOf(prototype);
    fieldsByPrototype.set(prototype, { ...fields, filledIn: [...fields.filledIn, String(property)] });
  };
}

export function platformFieldsOf(prototype: object): PlatformFields {
  return fieldsByPrototype.get(prototype) ?? none;
}
