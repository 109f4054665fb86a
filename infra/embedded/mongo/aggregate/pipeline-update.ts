import { fieldsOf, itemsOf } from '../bson/elements.js';
import { type BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { fieldAdder, fieldRemover, rootReplacer } from './field-stages.js';
import { parseStage } from './stages.js';

/** An update written as a pipeline: each stage makes one document of one document. */
export function compilePipelineUpdate(
  pipeline: BsonValue,
  constants: BsonValue | undefined,
): (document: Buffer) => Buffer {
  if (constants !== undefined) throw notImplemented('Constants of a pipeline update');
  const steps = itemsOf(pipeline).map((stage) => {
    const { name, operand } = parseStage(stage);
    switch (name) {
      case '$set':
      case '$addFields':
        return fieldAdder(operand);
      case '$unset':
        return fieldRemover(operand);
      case '$replaceRoot':
        return rootReplacer(operand.isDocument ? fieldsOf(operand).get('newRoot') : undefined);
      case '$replaceWith':
        return rootReplacer(operand);
      case '$project':
        throw notImplemented('$project in an update');
      default:
        throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    }
  });
  return (document) => steps.reduce((current, step) => step(current), document);
}
