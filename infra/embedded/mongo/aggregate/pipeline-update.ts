import { fieldsOf, itemsOf } from '../bson/elements.js';
import { type BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { fieldAdder, fieldRemover, projector, rootReplacer } from './field-stages.js';
import { compileStage, parseStage } from './stages.js';

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
        return projector(operand);
      default:
        // One that does not exist is refused as such, before it is refused here.
        compileStage({ name, operand });
        throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    }
  });
  return (document) => steps.reduce((current, step) => step(current), document);
}
