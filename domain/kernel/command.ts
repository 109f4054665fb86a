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
    const fields = fieldsOf(prototype);
    fieldsByPrototype.set(prototype, { ...fields, generated: [...fields.generated, String(property)] });
  };
}

/** A value that the platform looks up from what the request names. */
export function FilledIn(): PropertyDecorator {
  return (prototype, property) => {
    const fields = fieldsOf(prototype);
    fieldsByPrototype.set(prototype, { ...fields, filledIn: [...fields.filledIn, String(property)] });
  };
}

export function platformFieldsOf(type: new () => object): PlatformFields {
  return fieldsOf(type.prototype as object);
}

function fieldsOf(prototype: object): PlatformFields {
  return fieldsByPrototype.get(prototype) ?? none;
}

type NestedClass = () => new () => object;

const nestedTypes = new WeakMap<object, Map<string, NestedClass>>();

/** Says which class the object in a field is of, so that its own rules are checked too. */
export function NestedType(type: NestedClass): PropertyDecorator {
  return (prototype, property) => {
    nestedTypes.set(
      prototype,
      (nestedTypes.get(prototype) ?? new Map<string, NestedClass>()).set(String(property), type),
    );
  };
}

export function nestedTypesOf(type: new () => object): ReadonlyMap<string, NestedClass> {
  return nestedTypes.get(type.prototype as object) ?? new Map();
}
