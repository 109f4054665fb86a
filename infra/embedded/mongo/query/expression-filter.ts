import { compileExpression, isTruthy } from '../aggregate/expression.js';
import { type BsonValue } from '../bson/value.js';

/** `$expr`: a document matches when the expression is true of it. */
export function compileExpressionFilter(operand: BsonValue): (document: BsonValue) => boolean {
  const expression = compileExpression(operand);
  return (document) => isTruthy(expression(document));
}
