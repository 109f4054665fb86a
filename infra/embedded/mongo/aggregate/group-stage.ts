import { identityOf } from '../bson/compare.js';
import { forEachElement } from '../bson/elements.js';
import { DocumentNode, encodeNode } from '../bson/node.js';
import { fieldsOf } from '../bson/elements.js';
import { BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type Accumulator, type AccumulatorMaker, compileAccumulator } from './accumulators.js';
import { compileExpression, type Expression } from './expression.js';
import { type Stage } from './stage.js';

const NULL_VALUE = BsonValue.from(null);

interface Group {
  readonly id: BsonValue;
  readonly accumulators: readonly Accumulator[];
}

export function groupStage(operand: BsonValue): Stage {
  if (!operand.isDocument) throw new CommandError(15947, "a group's fields must be specified in an object");
  let idExpression: Expression | undefined;
  const fields: { readonly name: string; readonly make: AccumulatorMaker }[] = [];
  forEachElement(operand, (name, value) => {
    if (name === '_id') idExpression = compileExpression(value);
    else fields.push({ name, make: accumulatorOf(name, value) });
    return undefined;
  });
  const id = idExpression;
  if (id === undefined) throw new CommandError(15955, 'a group specification must include an _id');
  return function* (input) {
    const groups = new Map<string, Group>();
    for (const bytes of input) {
      if (bytes !== undefined) {
        const document = BsonValue.document(bytes);
        const value = id(document) ?? NULL_VALUE;
        const identity = identityOf(value);
        let group = groups.get(identity);
        if (group === undefined) {
          group = { id: value, accumulators: fields.map(({ make }) => make()) };
          groups.set(identity, group);
        }
        for (const accumulator of group.accumulators) accumulator.add(document);
      }
      yield undefined;
    }
    for (const group of groups.values()) {
      const node = new DocumentNode();
      node.fields.set('_id', group.id);
      for (const [position, { name }] of fields.entries()) {
        const result = group.accumulators[position]?.result();
        if (result !== undefined) node.fields.set(name, result);
      }
      yield encodeNode(node);
    }
  };
}

function accumulatorOf(name: string, value: BsonValue): AccumulatorMaker {
  const operators = value.isDocument ? [...fieldsOf(value)] : [];
  const [only, ...others] = operators;
  if (only === undefined) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  if (others.length > 0) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  return compileAccumulator(only[0], only[1]);
}
