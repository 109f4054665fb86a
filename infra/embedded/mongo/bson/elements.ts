import { BsonType, BsonValue, valueLength } from './value.js';

/** Visits the elements of a document or array in their order; a visitor that returns false ends the visit. */
export function forEachElement(
  container: BsonValue,
  // eslint's void rule wants the union spelled out: most visitors never stop early.
  visit: (name: string, value: BsonValue) => boolean | undefined,
): void {
  const { bytes } = container;
  let position = container.start + 4;
  const end = container.end - 1;
  while (position < end) {
    const type = bytes[position] ?? 0;
    const nameEnd = bytes.indexOf(0, position + 1);
    const start = nameEnd + 1;
    const valueEnd = start + valueLength(type, bytes, start);
    const name = bytes.toString('utf8', position + 1, nameEnd);
    if (visit(name, new BsonValue(type, bytes, start, valueEnd)) === false) return;
    position = valueEnd;
  }
}

/** The elements of a document by name, in order. */
export function fieldsOf(container: BsonValue): Map<string, BsonValue> {
  const fields = new Map<string, BsonValue>();
  forEachElement(container, (name, value) => {
    fields.set(name, value);
    return undefined;
  });
  return fields;
}

/** The items of an array (or the values of a document) in order. */
export function itemsOf(container: BsonValue): BsonValue[] {
  const items: BsonValue[] = [];
  const { bytes } = container;
  let position = container.start + 4;
  const end = container.end - 1;
  while (position < end) {
    const type = bytes[position] ?? 0;
    const start = bytes.indexOf(0, position + 1) + 1;
    const valueEnd = start + valueLength(type, bytes, start);
    items.push(new BsonValue(type, bytes, start, valueEnd));
    position = valueEnd;
  }
  return items;
}

/** Finds one field without decoding any other; the name comes as bytes because hot paths ask for it often. */
export function findField(document: BsonValue, name: Buffer): BsonValue | undefined {
  const { bytes } = document;
  const wanted = name.length;
  let position = document.start + 4;
  const end = document.end - 1;
  while (position < end) {
    const type = bytes[position] ?? 0;
    const nameStart = position + 1;
    let same = true;
    let offset = 0;
    let byte = bytes[nameStart] ?? 0;
    while (byte !== 0) {
      if (byte !== name[offset]) same = false;
      offset += 1;
      byte = bytes[nameStart + offset] ?? 0;
    }
    const start = nameStart + offset + 1;
    const valueEnd = start + valueLength(type, bytes, start);
    if (same && offset === wanted) return new BsonValue(type, bytes, start, valueEnd);
    position = valueEnd;
  }
  return undefined;
}

const ID = Buffer.from('_id');

export function idOf(document: BsonValue): BsonValue | undefined {
  return findField(document, ID);
}

export function isEmptyContainer(container: BsonValue): boolean {
  return container.end - container.start <= 5;
}

/** A container is an object or an array: something with elements. */
export function isContainer(value: BsonValue): boolean {
  return value.type === BsonType.document || value.type === BsonType.array;
}
