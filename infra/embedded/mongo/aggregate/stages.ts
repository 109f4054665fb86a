import { fieldsOf } from '../bson/elements.js';
import { documentNode, encodeNode } from '../bson/node.js';
import { int32Value, toPlainNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { type DocumentStream } from '../query/cursors.js';
import { compileFilter } from '../query/matcher.js';
import { sorted } from '../query/run-find.js';
import { parseSort } from '../query/sort-order.js';
import { addFieldsStage, projectStage, rootReplacer, unsetStage } from './field-stages.js';
import { groupStage } from './group-stage.js';
import { mapping, type Stage } from './stage.js';
import { unwindStage } from './unwind-stage.js';

const NOT_DONE = new Set([
  '$bucket',
  '$bucketAuto',
  '$changeStream',
  '$collStats',
  '$currentOp',
  '$densify',
  '$documents',
  '$facet',
  '$fill',
  '$geoNear',
  '$graphLookup',
  '$indexStats',
  '$listLocalSessions',
  '$listSessions',
  '$lookup',
  '$merge',
  '$out',
  '$planCacheStats',
  '$redact',
  '$sample',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$unionWith',
  '$vectorSearch',
]);

const STAGES: Readonly<Record<string, (operand: BsonValue) => Stage>> = {
  $match: matchStage,
  $sort: sortStage,
  $skip: (operand) => skipStage(skipOf(operand)),
  $limit: (operand) => limitStage(limitOf(operand)),
  $count: countStage,
  $group: groupStage,
  $sortByCount: sortByCountStage,
  $project: projectStage,
  $addFields: addFieldsStage,
  $set: addFieldsStage,
  $unset: unsetStage,
  $unwind: unwindStage,
  $replaceRoot: (operand) =>
    mapping(rootReplacer(operand.isDocument ? fieldsOf(operand).get('newRoot') : undefined)),
  $replaceWith: (operand) => mapping(rootReplacer(operand)),
};

export interface NamedStage {
  readonly name: string;
  readonly operand: BsonValue;
}

export function parseStage(stage: BsonValue): NamedStage {
  const fields = stage.isDocument ? [...fieldsOf(stage)] : [];
  const [only, ...others] = fields;
  if (only === undefined || others.length > 0) {
    throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  return { name: only[0], operand: only[1] };
}

export function compileStage({ name, operand }: NamedStage): Stage {
  const make = STAGES[name];
  if (make !== undefined) return make(operand);
  if (NOT_DONE.has(name)) throw notImplemented(`The pipeline stage ${name}`);
  throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

function matchStage(operand: BsonValue): Stage {
  if (!operand.isDocument)
    throw new CommandError(15959, 'the match filter must be an expression in an object');
  const matches = compileFilter(operand);
  return function* (input) {
    for (const document of input) {
      yield document !== undefined && matches(BsonValue.document(document)) ? document : undefined;
    }
  };
}

function sortStage(operand: BsonValue): Stage {
  if (!operand.isDocument) throw new CommandError(15973, 'the $sort key specification must be an object');
  const sort = parseSort(operand);
  if (sort.length === 0) throw new CommandError(15976, '$sort stage must have at least one sort key');
  return (input) => sorted(input, sort, 0);
}

function wholeNumber(name: string, operand: BsonValue, code: number): number {
  const number = toPlainNumber(operand);
  if (number === undefined || !Number.isInteger(number))
    throw new CommandError(code, `invalid argument to ${name} stage: Expected an integer`);
  return number;
}

function skipOf(operand: BsonValue): number {
  const skip = wholeNumber('$skip', operand, 5107200);
  if (skip < 0)
    throw new CommandError(5107200, 'invalid argument to $skip stage: Expected a non-negative number');
  return skip;
}

export function limitOf(operand: BsonValue): number {
  const limit = wholeNumber('$limit', operand, 5107201);
  if (limit < 0)
    throw new CommandError(5107201, 'invalid argument to $limit stage: Expected a non-negative number');
  if (limit === 0) throw new CommandError(15958, 'the limit must be positive');
  return limit;
}

function skipStage(skip: number): Stage {
  return function* (input) {
    let left = skip;
    for (const document of input) {
      if (document !== undefined && left > 0) {
        left -= 1;
        yield undefined;
      } else yield document;
    }
  };
}

function limitStage(limit: number): Stage {
  return function* (input): DocumentStream {
    let left = limit;
    for (const document of input) {
      yield document;
      if (document !== undefined) left -= 1;
      if (left === 0) return;
    }
  };
}

function countStage(operand: BsonValue): Stage {
  if (operand.type !== BsonType.string)
    throw new CommandError(40156, 'the count field must be a non-empty string');
  const name = operand.text();
  if (name === '') throw new CommandError(40157, 'the count field must be a non-empty string');
  if (name.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
  if (name.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
  return function* (input) {
    let n = 0;
    for (const document of input) {
      if (document !== undefined) n += 1;
      yield undefined;
    }
    if (n > 0) yield encodeNode(documentNode([[name, int32Value(n)]]));
  };
}

function sortByCountStage(operand: BsonValue): Stage {
  const group = groupStage(
    BsonValue.document(
      encodeNode(
        documentNode([
          ['_id', operand],
          ['count', BsonValue.from({ $sum: 1 })],
        ]),
      ),
    ),
  );
  return (input) => sorted(group(input), [{ path: 'count', descending: true }], 0);
}
