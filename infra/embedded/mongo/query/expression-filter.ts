import { compileExpression } from '../aggregate/expression.js';
import { isTrue } from '../aggregate/expressions/truth.js';
import { type BsonValue } from '../bson/value.js';

/** `$expr`: a document matches when the expression is true of it. */
export function compileExpressionFilter(operand: BsonValue): (document: BsonValue) => boolean {
  const expression = compileExpression(operand);
  return (document) => isTrue(expression(document));
}
